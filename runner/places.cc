#include "runner/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/net/address.h"
#include "core/net/syscalls.h"
#include "core/result/result_path.h"
#include "core/stack/platform_features.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/measure_in.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr const char* kScratch = "{scratch}";

// What a runner says of itself and its machine.
struct Told {
  Environment environment;
  std::vector<Inability> cannot;
};

json ToJson(const Environment& environment) {
  return {{"id", environment.id},
          {"os", environment.os},
          {"stack", environment.stack},
          {"facets", environment.facets}};
}

tl::unexpected<Error> Fault(const Stack& stack, const std::string& what) {
  return HarnessFault(fmt::format("stack {}: {}", Printable(stack.name), what));
}

Result<Told> ReadTold(const Stack& stack, const std::string& text) {
  try {
    const json answer = json::parse(text);
    const auto version = answer.at("version").get<std::string>();
    if (version != TCPLAB_VERSION) {
      return Fault(stack, fmt::format("its runner is version {}, and this one {}",
                                      Printable(version), TCPLAB_VERSION));
    }
    const json& said = answer.at("environment");
    Told told;
    told.environment = {said.at("id").get<std::string>(), said.at("os").get<std::string>(),
                        said.at("stack").get<std::string>(), said.at("facets")};
    for (const json& each : answer.at("cannot")) {
      told.cannot.push_back({each.at(0).get<std::string>(), each.at(1).get<std::string>()});
    }
    if (!IsEnvironmentId(told.environment.id)) return Fault(stack, "its environment has no id");
    return told;
  } catch (const json::exception&) {
    return Fault(stack, "its runner did not say what it is: " + Printable(text, 200));
  }
}

Result<Told> AskIn(const Stack& stack, const std::string& own_path) {
  const Result<InsideOutput> answer = RunRunnerIn(stack, own_path, {"here"});
  if (!answer) return Forward(answer);
  Result<Told> told = ReadTold(stack, answer->out);
  if (!told) return told;
  if (const auto why = WhyNotRecognised(stack, ToJson(told->environment))) {
    return Fault(stack, *why);
  }
  return told;
}

std::vector<std::string> AgentIn(const Stack& stack, const std::string& own_path) {
  std::vector<std::string> command = StackCommand(stack, {"", own_path});
  command.push_back("agent");
  return command;
}

void AddInabilities(const std::vector<Inability>& more, MeasureOptions& measure) {
  measure.cannot.insert(measure.cannot.end(), more.begin(), more.end());
}

// Where servers listen for clients that are not where they are.
std::string AddressOf(const Places& places) {
  if (!places.server_address.empty()) return places.server_address;
  return places.servers ? places.servers->address : "";
}

Status UseAddress(const std::string& text, MeasureOptions& measure) {
  const Result<Address> address = Address::Parse(text, 0);
  if (!address) return Forward(address);
  measure.controller.server_address = *address;
  measure.environment.facets["server_address"] = text;
  if (text.starts_with("127.")) return {};  // a loopback that both share
  AddInabilities({{"ipv6", "the servers' address there is an IPv4 one"},
                  {"source_addresses", "nobody answers to 127.0.0.2 across a network"}},
                 measure);
  return {};
}

void UseForServers(const Stack& stack, const Told& told, const std::string& own_path,
                   MeasureOptions& measure) {
  measure.controller.server_agent = AgentIn(stack, own_path);
  measure.controller.servers_elsewhere = true;
  measure.run.server_in = stack.name;
  AddInabilities(told.cannot, measure);
  AddInabilities(stack.cannot, measure);
  measure.environment = told.environment;
}

void UseForClients(const Stack& stack, const Told& told, const std::string& own_path,
                   MeasureOptions& measure) {
  // A server that stays here is still started as it was.
  if (measure.controller.server_agent.empty()) {
    measure.controller.server_agent = measure.controller.agent_command;
  }
  measure.controller.agent_command = AgentIn(stack, own_path);
  measure.controller.clients_elsewhere = true;
  measure.run.clients_in = stack.name;
  AddInabilities(told.cannot, measure);
  AddInabilities(stack.cannot, measure);
}

// Who the clients are, and what is otherwise where they are.
void AddClients(const Environment& clients, Environment& environment) {
  json otherwise = json::object();
  for (const auto& [name, value] : clients.facets.items()) {
    if (!environment.facets.contains(name) || environment.facets[name] != value) {
      otherwise[name] = value;
    }
  }
  environment.id += "-from-" + clients.id;
  environment.facets["clients"] = clients.id;
  if (!otherwise.empty()) environment.facets["clients_otherwise"] = std::move(otherwise);
}

// A stack that is named for both is one place.
bool SamePlace(const Places& places) {
  return places.servers && places.clients && places.servers->name == places.clients->name;
}

void FewerJobs(const Stack& stack, std::size_t& jobs) {
  if (stack.jobs != 0) jobs = jobs == 0 ? stack.jobs : std::min(jobs, stack.jobs);
}

}  // namespace

Status IsFitForAgents(const Stack& stack, const std::string& option) {
  const auto is_scratch = [](const std::string& word) {
    return word.find(kScratch) != std::string::npos;
  };
  const std::string what = fmt::format("{} {}: ", option, Printable(stack.name));
  if (!stack.server_agent.empty()) {
    return Invalid(what + "its servers are a program's of its own, and run with --in");
  }
  if (is_scratch(stack.runner) ||
      std::any_of(stack.command.begin(), stack.command.end(), is_scratch)) {
    return Invalid(what + "its command takes a folder {scratch}, for one whole run (--in)");
  }
  return {};
}

Status CanMeet(const Places& places, bool foreign) {
  const std::string address = AddressOf(places);
  if (!address.empty()) {
    const Result<Address> parsed = Address::Parse(address, 0);
    if (parsed && !parsed->is_ipv6() && !parsed->is_wildcard()) return {};
    return Invalid(fmt::format("--server-address {}: expected an IPv4 address that servers have",
                               Printable(address)));
  }
  if (foreign || SamePlace(places)) return {};
  return Invalid(fmt::format(
      "clients {} do not know where servers {} are; expected --server-address IP, or \"address\" "
      "in the servers' stack (127.0.0.1 where both have one loopback)",
      places.clients ? "in " + Printable(places.clients->name) : "here",
      places.servers ? "in " + Printable(places.servers->name) : "here"));
}

Status UsePlaces(const Places& places, const std::string& own_path, bool foreign,
                 MeasureOptions& measure) {
  Environment clients = measure.environment;
  std::size_t jobs = 0;
  if (places.servers) {
    const Result<Told> told = AskIn(*places.servers, own_path);
    if (!told) return Forward(told);
    UseForServers(*places.servers, *told, own_path, measure);
    FewerJobs(*places.servers, jobs);
  }
  if (places.clients) {
    const Result<Told> told = AskIn(*places.clients, own_path);
    if (!told) return Forward(told);
    clients = told->environment;
    UseForClients(*places.clients, *told, own_path, measure);
    FewerJobs(*places.clients, jobs);
  }
  measure.controller.share_one_clock = SamePlace(places);
  if (measure.controller.jobs == 0) measure.controller.jobs = jobs;
  // These would be so on this machine alone.
  measure.realtime = false;
  measure.keep_awake = false;
  if (foreign) {  // of whom nothing is known
    measure.environment = std::move(clients);
    return {};
  }
  AddClients(clients, measure.environment);
  if (const std::string address = AddressOf(places); !address.empty()) {
    return UseAddress(address, measure);
  }
  return {};
}

ExitCode HereCommand(const Arguments& /*arguments*/) {
  SysRaiseDescriptorLimit();  // as its agents will; the environment tells of it
  json cannot = json::array();
  for (const Inability& inability : PlatformInabilities()) {
    cannot.push_back({inability.feature, inability.reason});
  }
  const json answer = {{"version", TCPLAB_VERSION},
                       {"environment", ToJson(EnvironmentHere())},
                       {"cannot", std::move(cannot)}};
  const Status written = WriteOut(answer.dump() + "\n");
  return written ? ExitCode::kOk : Complained(written.error());
}

}  // namespace tcplab
