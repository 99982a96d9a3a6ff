#include "core/trial/plan_builder.h"

#include <algorithm>

#include "core/script/program.h"

namespace tcplab {
namespace {

// An agent's recorders together: 160 MB of events at the most. What is beyond is a lost event, and
// so an error trial.
constexpr std::size_t kMostEvents = 4UL << 20U;
constexpr std::size_t kMostPayload = 64UL << 20U;
constexpr std::size_t kMostPayloadEach = 64UL << 10U;  // what is kept of one client's replies
constexpr std::size_t kPayloadPerByte = 5;  // a kept recv of one byte takes a length as well

constexpr std::size_t kSpareEvents = 32;

// Descriptors of an agent that are no client's: standard streams, the loop's, a listener.
constexpr std::uint64_t kOwnDescriptors = 32;

std::size_t ClientCount(const Case& a_case) {
  std::size_t count = 0;
  for (const ClientGroup& group : a_case.clients) count += group.count;
  return count;
}

// What the actors of a case may send and connect at the most, by their scripts.
struct Traffic {
  std::vector<std::size_t> handled;  // connections of each server
  std::size_t handler_bytes = 0;     // that reach the handlers of one server together
  std::size_t reaches_handler = 0;   // ... and one of them
  std::size_t reaches_client = 0;
};

std::size_t Capped(std::size_t number) { return std::min(kMostEvents, number); }

// How often a script connects to this server, when so many bytes come in.
std::size_t ConnectsTo(const Case& a_case, Script script, std::size_t server, std::size_t bytes) {
  for (Step& step : script) {
    const auto* const connect = std::get_if<ConnectStep>(&step.action);
    // An address of its own may be any server's.
    const bool another =
        connect != nullptr && ServerOf(a_case, connect->to).value_or(server) != server;
    const bool own = connect != nullptr && connect->to.whose && connect->to.whose->socket;
    if (another || own) step.action = SleepStep{};
  }
  return Capped(BoundOf(script, Capped(bytes)).connections);
}

// Connections of each server: clients', and those of handlers, who are clients of other servers. As
// many rounds as there are servers find all of them, save where servers connect in a circle.
std::vector<std::size_t> HandledBy(const Case& a_case, std::size_t reaches_handler) {
  const std::size_t servers = a_case.servers.size();
  std::vector<std::size_t> of_clients(servers, 0);
  std::vector<std::vector<std::size_t>> onward(servers, std::vector<std::size_t>(servers, 0));
  for (std::size_t to = 0; to < servers; ++to) {
    for (const ClientGroup& group : a_case.clients) {
      of_clients[to] += ConnectsTo(a_case, group.script, to, 0) * group.count;
    }
    for (std::size_t from = 0; from < servers; ++from) {
      onward[from][to] = ConnectsTo(a_case, a_case.servers[from].script, to, reaches_handler);
    }
  }
  std::vector<std::size_t> handled = of_clients;
  for (std::size_t round = 0; round < servers; ++round) {
    std::vector<std::size_t> next = of_clients;
    for (std::size_t to = 0; to < servers; ++to) {
      for (std::size_t from = 0; from < servers; ++from) {
        next[to] = Capped(next[to] + Capped(handled[from]) * onward[from][to]);
      }
    }
    handled = std::move(next);
  }
  for (std::size_t& number : handled) number = std::max<std::size_t>(1, Capped(number));
  return handled;
}

// What comes back from the servers for `bytes` sent over so many connections: at most these bytes,
// by which the answers are longer ("0" is answered by "not prime"), and what handlers say of
// themselves.
std::size_t Answered(const Case& a_case, std::size_t bytes, std::size_t connections) {
  std::size_t total = Capped(bytes);
  for (const ServerSpec& server : a_case.servers) {
    const std::size_t beyond = BoundOf(server.script, Capped(bytes)).reply_bytes;
    const std::size_t unasked = BoundOf(server.script, 0).sent_bytes;
    total += Capped(beyond) + Capped(unasked) * std::max<std::size_t>(1, Capped(connections));
  }
  return Capped(total);
}

Traffic TrafficOf(const Case& a_case) {
  Traffic traffic;
  TraceBound largest;  // of one client
  std::size_t sent = 0;
  for (const ClientGroup& group : a_case.clients) {
    const TraceBound one = BoundOf(group.script, 0);
    sent += Capped(one.sent_bytes) * group.count;
    largest.sent_bytes = std::max(largest.sent_bytes, one.sent_bytes);
    largest.connections = std::max(largest.connections, one.connections);
  }
  traffic.handler_bytes = Capped(sent);
  traffic.reaches_handler = Capped(largest.sent_bytes);
  traffic.handled = HandledBy(a_case, traffic.reaches_handler);
  traffic.reaches_client = Answered(a_case, traffic.reaches_handler, largest.connections);
  // Handlers that pass on what they got hear the answers of whom they passed it to.
  for (std::size_t from = 0; from < a_case.servers.size(); ++from) {
    const TraceBound handler = BoundOf(a_case.servers[from].script, traffic.reaches_handler);
    if (handler.connections == 0) continue;
    traffic.handler_bytes = Answered(a_case, traffic.handler_bytes, traffic.handled[from]);
    traffic.reaches_handler =
        Answered(a_case, traffic.reaches_handler, Capped(handler.connections));
    traffic.reaches_client = Answered(a_case, traffic.reaches_client, Capped(handler.connections));
  }
  return traffic;
}

ServerPlan PlanOf(const Case& a_case, std::size_t index, const Traffic& traffic) {
  const ServerSpec& server = a_case.servers[index];
  const std::size_t handled = traffic.handled[index];
  ServerPlan plan;
  // One bound for all handlers together: what each can record by itself, and what comes in from all
  // clients.
  const TraceBound alone = BoundOf(server.script, 0);
  const TraceBound all = BoundOf(server.script, traffic.handler_bytes);
  const TraceBound one = BoundOf(server.script, traffic.reaches_handler);
  const std::size_t fixed = Capped(alone.events + 4) * handled;
  plan.handlers.events = Capped(all.events + fixed + kSpareEvents);
  plan.handlers.addresses = Capped(handled + kSpareEvents + Capped(one.addresses) * handled);
  plan.handlers.payload = 0;
  plan.connections = handled;
  // An equal share of the memory of all; but never less than a handler needs by itself.
  const std::size_t share = kMostEvents / handled + kSpareEvents;
  plan.connection.events =
      std::min(one.events + kSpareEvents, std::max(share, Capped(alone.events) + kSpareEvents));
  plan.connection.addresses =
      std::min(one.addresses + 4, std::max(share, Capped(alone.addresses) + 4));
  constexpr std::size_t kCallsOfAListener = 16;
  plan.listener.events =
      Capped(2 * handled + kSpareEvents + kCallsOfAListener * server.accept.workers);
  plan.listener.addresses = plan.listener.events;
  plan.server = ServerDocument(a_case, index);
  return plan;
}

FleetPlan FleetPlanOf(const Case& a_case, const Traffic& traffic) {
  FleetPlan plan;
  TraceBound each;
  for (const ClientGroup& group : a_case.clients) {
    const TraceBound one = BoundOf(group.script, traffic.reaches_client);
    each.events = std::max(each.events, one.events);
    each.addresses = std::max(each.addresses, one.addresses);
    each.received_bytes = std::max(each.received_bytes, one.received_bytes);
  }
  const std::size_t share = std::max<std::size_t>(1, ClientCount(a_case));
  plan.each.events = std::min(each.events + kSpareEvents, kMostEvents / share);
  plan.each.addresses = std::min(each.addresses + 4, kMostEvents / share);
  plan.each.payload = std::min(
      {Capped(each.received_bytes) * kPayloadPerByte, kMostPayloadEach, kMostPayload / share});
  plan.groups = a_case.document.at("clients");
  std::uint32_t number = 0;
  for (const ScheduledClient& client : Schedule(a_case)) {
    plan.clients.push_back({client.group, number++, client.start_ms});
  }
  return plan;
}

}  // namespace

CasePlans BuildPlans(const Case& a_case) {
  const Traffic traffic = TrafficOf(a_case);
  CasePlans plans;
  for (std::size_t i = 0; i < a_case.servers.size(); ++i) {
    plans.servers.push_back(PlanOf(a_case, i, traffic));
  }
  plans.fleet = FleetPlanOf(a_case, traffic);
  return plans;
}

Status CheckDescriptors(const Scenario& scenario, std::uint64_t descriptor_limit) {
  if (descriptor_limit == 0) return {};  // not known here
  const std::uint64_t fit =
      descriptor_limit > kOwnDescriptors ? descriptor_limit - kOwnDescriptors : 0;
  for (const Case& a_case : scenario.cases) {
    const std::size_t clients = ClientCount(a_case);
    if (clients <= fit) continue;
    return HarnessFault(scenario.file + ": case " + a_case.parameters.dump() + " has " +
                        std::to_string(clients) + " clients; " + std::to_string(fit) +
                        " fit into the " + std::to_string(descriptor_limit) +
                        " descriptors that a process may open here");
  }
  return {};
}

}  // namespace tcplab
