#include "core/compare/baseline.h"

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/compare/when.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string TextAt(const json& object, std::string_view key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

json FacetsOf(const json& environment) { return environment.value("facets", json::object()); }

// How many facets have the same value in both.
std::size_t FacetsAlike(const json& a, const json& b) {
  std::size_t alike = 0;
  for (const auto& [name, value] : a.items()) {
    const auto other = b.find(name);
    alike += other != b.end() && *other == value ? 1 : 0;
  }
  return alike;
}

// Of two versions; a part of the first counts for more than any of the second.
std::int64_t Distance(const std::string& a, const std::string& b) {
  constexpr std::int64_t kMajor = 1000;
  constexpr std::int64_t kUnknown = INT64_MAX;
  const std::vector<std::uint32_t> first = LeadingVersion(a);
  const std::vector<std::uint32_t> second = LeadingVersion(b);
  if (first.empty() || second.empty()) return kUnknown;
  const auto number = [](const std::vector<std::uint32_t>& version) {
    return version[0] * kMajor + (version.size() > 1 ? version[1] : 0);
  };
  return std::llabs(number(first) - number(second));
}

// Compared from the first part on: larger is nearer.
struct Likeness {
  bool same_id = false;
  bool same_os = false;
  bool same_arch = false;
  std::int64_t nearness = 0;  // of the kernels
  std::size_t facets = 0;

  auto operator<=>(const Likeness&) const = default;
};

Likeness LikenessOf(const json& here, const json& there) {
  const json ours = FacetsOf(here);
  const json theirs = FacetsOf(there);
  Likeness likeness;
  likeness.same_id = TextAt(here, "id") == TextAt(there, "id");
  likeness.same_os = TextAt(here, "os") == TextAt(there, "os");
  likeness.same_arch = TextAt(ours, "arch") == TextAt(theirs, "arch");
  likeness.nearness = -Distance(TextAt(ours, "kernel"), TextAt(theirs, "kernel"));
  likeness.facets = FacetsAlike(ours, theirs);
  return likeness;
}

std::string Why(const json& here, const json& there, const Likeness& likeness, std::size_t count) {
  if (likeness.same_id) return "the same environment";
  std::string text = count == 1 ? "the only one" : fmt::format("the nearest of {}", count);
  for (const char* facet : {"os", "arch", "kernel"}) {
    const std::string ours = TextAt(FacetsOf(here), facet);
    const std::string theirs = TextAt(FacetsOf(there), facet);
    if (ours != theirs) text += fmt::format("; {} {} there, {} here", facet, theirs, ours);
  }
  return text;
}

}  // namespace

std::optional<NearestEnvironment> FindNearest(const json& here,
                                              std::span<const json> environments) {
  std::optional<std::size_t> nearest;
  Likeness best;
  std::size_t count = 0;
  for (std::size_t i = 0; i < environments.size(); ++i) {
    if (TextAt(environments[i], "stack") != TextAt(here, "stack")) continue;
    // A network lies between the servers of one and its clients, and not of the other.
    const auto split = [](const json& one) { return FacetsOf(one).contains("server_address"); };
    if (split(environments[i]) != split(here)) continue;
    ++count;
    const Likeness likeness = LikenessOf(here, environments[i]);
    if (nearest && likeness <= best) continue;
    nearest = i;
    best = likeness;
  }
  if (!nearest) return std::nullopt;
  return NearestEnvironment{*nearest, Why(here, environments[*nearest], best, count)};
}

}  // namespace tcplab
