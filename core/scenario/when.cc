#include "core/scenario/when.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

constexpr auto kSystems = std::to_array<std::string_view>({"linux", "macos", "freebsd", "windows"});

// Those with dots are settings of macOS and FreeBSD by their own names, and exist there alone.
constexpr auto kFacetNames =
    std::to_array<std::string_view>({"arch",
                                     "congestion_control",
                                     "container",
                                     "cpu_count",
                                     "descriptor_limit",
                                     "ip_local_port_range",
                                     "kern.ipc.maxsockbuf",
                                     "kern.ipc.soacceptqueue",
                                     "kern.ipc.somaxconn",
                                     "kern.ipc.soqlencomp",
                                     "kern.ipc.soqlimitcompat",
                                     "kern.timecounter.alloweddeviation",
                                     "kernel",
                                     "libuv",
                                     "loopback_mtu",
                                     "net.inet.tcp.always_keepalive",
                                     "net.inet.tcp.blackhole",
                                     "net.inet.tcp.delacktime",
                                     "net.inet.tcp.delayed_ack",
                                     "net.inet.tcp.fast_finwait2_recycle",
                                     "net.inet.tcp.functions_default",
                                     "net.inet.tcp.keepidle",
                                     "net.inet.tcp.keepinit",
                                     "net.inet.tcp.msl",
                                     "net.inet.tcp.mssdflt",
                                     "net.inet.tcp.nolocaltimewait",
                                     "net.inet.tcp.recvspace",
                                     "net.inet.tcp.rexmit_initial",
                                     "net.inet.tcp.sendspace",
                                     "net.inet.tcp.syncache.rst_on_sock_fail",
                                     "net.inet6.ip6.v6only",
                                     "os",
                                     "os_release",
                                     "somaxconn",
                                     "tcp_abort_on_overflow",
                                     "tcp_autocorking",
                                     "tcp_rmem",
                                     "tcp_syn_linear_timeouts",
                                     "tcp_syn_retries",
                                     "tcp_syncookies",
                                     "tcp_wmem",
                                     "vm"});

// Calls `read` for the value, or for each of a list of them.
template <typename Read>
void ForEachValue(const Node& node, std::string_view what, Read read) {
  if (!node.value().is_array()) return read(node);
  if (node.value().empty()) node.Mismatch(fmt::format("at least one {}", what));
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    read(node.Element(i));
  }
}

// "6.5" in parts; nothing when it is no version.
std::optional<std::vector<std::uint32_t>> ParseVersion(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  std::vector<std::uint32_t> parts;
  for (const std::string_view part : Split(text, '.')) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool whole = error == std::errc() && end == part.data() + part.size();
    if (!whole || part.size() > kMostDigits) return std::nullopt;
    parts.push_back(number);
  }
  return parts;
}

std::optional<VersionBound> ParseBound(std::string_view text) {
  using Relation = VersionBound::Relation;
  // The longer ones first: ">" begins ">=" too.
  constexpr std::array<std::pair<std::string_view, Relation>, 5> kRelations = {
      {{">=", Relation::kAtLeast},
       {"<=", Relation::kAtMost},
       {">", Relation::kMore},
       {"<", Relation::kLess},
       {"=", Relation::kEqual}}};
  for (const auto& [sign, relation] : kRelations) {
    if (!text.starts_with(sign)) continue;
    auto version = ParseVersion(text.substr(sign.size()));
    if (!version) return std::nullopt;
    return VersionBound{relation, std::move(*version)};
  }
  return std::nullopt;
}

void ReadSystems(const Node& node, EnvironmentCondition& condition) {
  ForEachValue(node, "system", [&](const Node& place) {
    if (const auto index = ReadWordIndex(place, kSystems)) {
      condition.os.emplace_back(kSystems[*index]);
    }
  });
}

bool IsStackName(const json& value) {
  constexpr std::size_t kLongest = 64;
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  if (!value.is_string()) return false;
  const auto& name = value.get_ref<const std::string&>();
  return !name.empty() && name.size() <= kLongest &&
         name.find_first_not_of(kLetters) == std::string::npos;
}

void ReadStacks(const Node& node, EnvironmentCondition& condition) {
  ForEachValue(node, "stack", [&](const Node& place) {
    if (IsStackName(place.value())) {
      condition.stack.push_back(place.value().get<std::string>());
    } else {
      place.Mismatch("a stack's name of 1 to 64 letters, digits, - and _, such as \"gvisor\"");
    }
  });
}

void ReadKernel(const Node& node, EnvironmentCondition& condition) {
  ForEachValue(node, "version", [&](const Node& place) {
    std::optional<VersionBound> bound;
    if (place.value().is_string()) bound = ParseBound(place.value().get_ref<const std::string&>());
    if (!bound) {
      place.Mismatch("a bound on the kernel's version such as \">=6.5\", \"<5.10\" or \"=4.4\"");
      return;
    }
    condition.kernel.push_back(std::move(*bound));
  });
}

void ReadFacetValues(const Node& node, EnvironmentCondition& condition) {
  if (!node.value().is_object() || node.value().empty()) {
    node.Mismatch("an object of facets and the values that they have");
    return;
  }
  for (const auto& [name, value] : node.value().items()) {
    if (node.problems().full()) break;
    const Node place = node.Member(name);
    if (std::find(kFacetNames.begin(), kFacetNames.end(), name) == kFacetNames.end()) {
      place.KeyError(fmt::format("an environment has no facet {}; expected {}{}", Quoted(name),
                                 JoinWords(kFacetNames), DidYouMean(name, kFacetNames)));
    } else if (value.is_null() || (value.is_array() && value.empty())) {
      place.Mismatch("a value, or a list of at least one");
    }
  }
  condition.facets = node.value();
}

constexpr auto kWhenKeys = std::to_array<Field<EnvironmentCondition>>({
    {"os", ReadSystems},
    {"stack", ReadStacks},
    {"kernel", ReadKernel},
    {"facets", ReadFacetValues},
});

}  // namespace

void ReadWhen(const Node& node, EnvironmentCondition& condition) {
  if (!ReadObject<EnvironmentCondition>(node, "\"when\"", kWhenKeys, condition)) return;
  if (node.value().empty())
    node.Mismatch("at least one of \"os\", \"stack\", \"kernel\" and \"facets\"");
}

std::span<const std::string_view> FacetNames() { return kFacetNames; }

}  // namespace tcplab::internal
