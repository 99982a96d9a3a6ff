#include "core/agent/plan.h"

namespace tcplab {
namespace {

using nlohmann::json;

json CapacityToJson(const Recorder::Capacity& capacity) {
  return {{"events", capacity.events},
          {"addresses", capacity.addresses},
          {"payload", capacity.payload}};
}

Recorder::Capacity CapacityFromJson(const json& document) {
  Recorder::Capacity capacity;
  capacity.events = document.at("events").get<std::size_t>();
  capacity.addresses = document.at("addresses").get<std::size_t>();
  capacity.payload = document.at("payload").get<std::size_t>();
  return capacity;
}

FleetPlan FleetFromJson(const json& document) {
  FleetPlan plan;
  plan.groups = document.at("groups");
  plan.each = CapacityFromJson(document.at("each"));
  for (const json& client : document.at("clients")) {
    plan.clients.push_back({client.at(0).get<std::size_t>(), client.at(1).get<std::uint32_t>(),
                            client.at(2).get<double>()});
  }
  return plan;
}

json WithTerms(json document, const MachineTerms& terms) {
  document["first_processor"] = terms.first_processor;
  if (const auto& ticks = terms.ticks) {
    document["ticks"] = {ticks->ticks, ticks->ns, ticks->ns_per_tick};
  }
  return document;
}

std::optional<TickMap> TicksFromJson(const json& document) {
  const auto found = document.find("ticks");
  if (found == document.end()) return std::nullopt;
  return TickMap{found->at(0).get<std::uint64_t>(), found->at(1).get<std::int64_t>(),
                 found->at(2).get<double>()};
}

// Binary JSON would not be smaller here, and text can be read in a debugger.
template <typename Parse>
auto Guarded(const char* what, Parse&& parse) -> Result<decltype(parse())> {
  try {
    return parse();
  } catch (const json::exception& error) {
    return HarnessFault(std::string(what) + " could not be read: " + error.what());
  }
}

}  // namespace

std::string ToPayload(const ServerPlan& plan, const MachineTerms& terms) {
  return WithTerms({{"server", plan.server},
                    {"listener", CapacityToJson(plan.listener)},
                    {"handlers", CapacityToJson(plan.handlers)},
                    {"connection", CapacityToJson(plan.connection)},
                    {"connections", plan.connections},
                    {"worker", plan.worker}},
                   terms)
      .dump();
}

std::string ToPayload(const FleetPlan& plan, const MachineTerms& terms) {
  json clients = json::array();
  for (const FleetPlan::Client& client : plan.clients) {
    clients.push_back({client.group, client.number, client.start_ms});
  }
  return WithTerms(
             {{"groups", plan.groups}, {"clients", clients}, {"each", CapacityToJson(plan.each)}},
             terms)
      .dump();
}

std::string ToPayload(const GoMessage& go) {
  json document{{"go_ns", go.go_ns}};
  json& targets = document["targets"] = json::array();
  for (const Target& target : go.targets) {
    json bytes = json::array();
    for (const char c : target.address.Encoded()) bytes.push_back(static_cast<unsigned char>(c));
    targets.push_back({target.server, std::move(bytes)});
  }
  return document.dump();
}

Result<GoMessage> GoFromPayload(const std::string& payload) {
  return Guarded("a go message", [&] {
    const json document = json::parse(payload);
    GoMessage go;
    go.go_ns = document.at("go_ns").get<std::int64_t>();
    for (const json& target : document.at("targets")) {
      std::string encoded;
      for (const json& byte : target.at(1)) encoded += static_cast<char>(byte.get<int>());
      go.targets.push_back({target.at(0).get<std::string>(), Address::Decode(encoded)});
    }
    return go;
  });
}

Result<AnyPlan> PlanFromPayload(const std::string& payload) {
  return Guarded("a plan", [&] {
    const json document = json::parse(payload);
    AnyPlan plan;
    plan.terms = {TicksFromJson(document), document.at("first_processor").get<std::size_t>()};
    plan.is_server = document.contains("server");
    if (plan.is_server) {
      plan.server = {document.at("server"),
                     CapacityFromJson(document.at("listener")),
                     CapacityFromJson(document.at("handlers")),
                     CapacityFromJson(document.at("connection")),
                     document.at("connections").get<std::size_t>(),
                     document.at("worker").get<std::uint32_t>()};
    } else {
      plan.fleet = FleetFromJson(document);
    }
    return plan;
  });
}

std::string ToPayload(const AgentFault& fault) {
  return json{{"code", fault.code}, {"message", fault.message}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
}

AgentFault FaultFromPayload(const std::string& payload) {
  const json document = json::parse(payload, nullptr, false);
  const auto text = [&document](const char* key, const char* otherwise) {
    const bool there = document.is_object() && document.contains(key) && document[key].is_string();
    return there ? document[key].get<std::string>() : std::string(otherwise);
  };
  return {text("code", "agent_fault"), text("message", "an agent failed and could not say why")};
}

}  // namespace tcplab
