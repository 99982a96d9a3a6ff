#include "core/compare/when.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {
namespace {

using nlohmann::json;

bool IsWithin(const VersionBound& bound, std::vector<std::uint32_t> version) {
  if (version.empty()) return false;
  version.resize(bound.version.size());  // "6" is 6.0
  switch (bound.relation) {
    case VersionBound::Relation::kLess:
      return version < bound.version;
    case VersionBound::Relation::kAtMost:
      return version <= bound.version;
    case VersionBound::Relation::kEqual:
      return version == bound.version;
    case VersionBound::Relation::kAtLeast:
      return version >= bound.version;
    case VersionBound::Relation::kMore:
      return version > bound.version;
  }
  return false;
}

bool IsOneOf(const std::vector<std::string>& words, const json& word) {
  return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
}

bool HasFacets(const json& wanted, const json& facets) {
  if (!wanted.is_object()) return true;
  return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& entry) {
    const auto facet = facets.find(entry.key());
    if (facet == facets.end()) return false;
    // A list is the value of a facet that is one, or several values of any other.
    const json& values = entry.value();
    if (*facet == values) return true;
    return values.is_array() && std::find(values.begin(), values.end(), *facet) != values.end();
  });
}

}  // namespace

std::vector<std::uint32_t> LeadingVersion(std::string_view text) {
  std::vector<std::uint32_t> parts;
  const char* here = text.data();
  const char* const end = here + text.size();
  for (;;) {
    std::uint32_t number = 0;
    const auto [after, error] = std::from_chars(here, end, number);
    if (error != std::errc()) return parts;
    parts.push_back(number);
    if (after == end || *after != '.') return parts;
    here = after + 1;
  }
}

bool Holds(const EnvironmentCondition& condition, const json& environment) {
  const auto at = [&](const char* key) { return environment.value(key, json()); };
  if (!IsOneOf(condition.os, at("os")) || !IsOneOf(condition.stack, at("stack"))) return false;
  const json facets = environment.value("facets", json::object());
  const json kernel = facets.value("kernel", json());
  const auto version =
      LeadingVersion(kernel.is_string() ? kernel.get_ref<const std::string&>() : std::string());
  const bool within =
      std::all_of(condition.kernel.begin(), condition.kernel.end(),
                  [&](const VersionBound& bound) { return IsWithin(bound, version); });
  return within && HasFacets(condition.facets, facets);
}

}  // namespace tcplab
