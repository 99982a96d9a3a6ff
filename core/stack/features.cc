#include "core/stack/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "core/base/text.h"

namespace tcplab {
namespace {

// The steps by the order of Action's alternatives.
constexpr auto kSteps = std::to_array<std::string_view>(
    {"connect", "bind", "listen", "accept", "send", "recv", "reply", "shutdown", "close", "abort",
     "sleep", "await", "signal", "set", "get", "sample", "repeat", "repeat"});
static_assert(kSteps.size() == std::variant_size_v<Action>);

constexpr auto kBareFeatures =
    std::to_array<std::string_view>({"ipv6", "several_servers", "source_addresses", "stdin"});
constexpr auto kKinds = std::to_array<std::string_view>(
    {"flag", "io", "listeners", "mode", "model", "option", "sample", "step", "worker"});

using Features = std::set<std::string>;

void Add(std::string_view kind, std::string_view name, Features& features) {
  features.insert(fmt::format("{}:{}", kind, name));
}

void AddAddress(std::string_view address, Features& features) {
  if (address.find(':') != std::string_view::npos) features.insert("ipv6");
}

void AddOptions(const std::vector<SetStep::Option>& options, Features& features) {
  for (const SetStep::Option& option : options) Add("option", option.name, features);
}

// What a step's kind does not say.
struct DetailsOf {
  Features& features;

  void operator()(const ConnectStep& step) const {
    AddAddress(step.to.address.value_or(""), features);
  }
  void operator()(const BindStep& step) const {
    AddAddress(step.to.address.value_or(""), features);
  }
  void operator()(const SendStep& step) const {
    if (step.from_stdin) features.insert("stdin");
    for (const std::string& flag : step.flags) Add("flag", flag, features);
  }
  void operator()(const RecvStep& step) const {
    for (const std::string& flag : step.flags) Add("flag", flag, features);
  }
  void operator()(const SetStep& step) const { AddOptions(step.options, features); }
  void operator()(const GetStep& step) const { Add("option", step.name, features); }
  void operator()(const SampleStep& step) const { Add("sample", step.field, features); }
  template <typename Other>
  void operator()(const Other& /*step*/) const {}
};

void AddScript(const Script& script, Features& features) {
  for (const Step& step : script) {
    Add("step", kSteps.at(step.action.index()), features);
    std::visit(DetailsOf{features}, step.action);
  }
}

void AddServer(const ServerSpec& server, Features& features) {
  Add("io", IoName(server.io), features);
  Add("model", AcceptModelName(server.accept.model), features);
  if (server.accept.workers > 1 || server.accept.worker == WorkerKind::kProcess) {
    Add("worker", server.accept.worker == WorkerKind::kProcess ? "process" : "thread", features);
  }
  if (server.accept.own_listeners) Add("listeners", "own", features);
  if (server.listen.mode == ListenMode::kBound) Add("mode", "bound", features);
  AddAddress(server.listen.address, features);
  AddOptions(server.listen.options, features);
  AddScript(server.script, features);
}

}  // namespace

std::set<std::string> FeaturesOf(const Case& a_case) {
  Features features;
  if (a_case.servers.size() > 1) features.insert("several_servers");
  for (const ServerSpec& server : a_case.servers) AddServer(server, features);
  for (const ClientGroup& group : a_case.clients) {
    Add("io", IoName(group.io), features);
    if (group.source) features.insert("source_addresses");
    AddScript(group.script, features);
  }
  return features;
}

const Inability* WhatIsMissing(const Case& a_case, const std::vector<Inability>& cannot) {
  if (cannot.empty()) return nullptr;
  const Features features = FeaturesOf(a_case);
  const auto found = std::find_if(cannot.begin(), cannot.end(), [&](const Inability& inability) {
    return features.contains(inability.feature);
  });
  return found == cannot.end() ? nullptr : &*found;
}

std::string WhyNoFeature(std::string_view feature) {
  if (std::find(kBareFeatures.begin(), kBareFeatures.end(), feature) != kBareFeatures.end()) {
    return {};
  }
  const std::size_t colon = feature.find(':');
  const std::string_view kind = feature.substr(0, colon);
  const bool has_name = colon != std::string_view::npos && colon + 1 < feature.size();
  const bool known = std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
  const bool step = kind == "step" && has_name;
  if (step && std::find(kSteps.begin(), kSteps.end(), feature.substr(colon + 1)) == kSteps.end()) {
    return "a step after \"step:\": " + JoinWords({kSteps.begin(), kSteps.end() - 1});
  }
  if (known && has_name) return {};
  return fmt::format("{}, or {} with a name, as in \"option:TCP_CORK\"",
                     JoinWords(kBareFeatures, "or"), JoinWords(kKinds));
}

}  // namespace tcplab
