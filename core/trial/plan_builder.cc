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

}  // namespace

CasePlans BuildPlans(const Case& a_case) {
  CasePlans plans;
  const std::size_t clients = ClientCount(a_case);

  // What all clients may send, and what one client may get back: at most what it sent, and what
  // handlers say of themselves.
  TraceBound sent;
  TraceBound largest;
  for (const ClientGroup& group : a_case.clients) {
    const TraceBound one = BoundOf(group.script, 0);
    sent.sent_bytes += std::min(one.sent_bytes, kMostEvents) * group.count;
    sent.connections += std::min(one.connections, kMostEvents) * group.count;
    largest.sent_bytes = std::max(largest.sent_bytes, one.sent_bytes);
    largest.connections = std::max(largest.connections, one.connections);
  }
  const TraceBound handler_alone = BoundOf(a_case.server.script, 0);
  // "0" is answered by "not prime": of many short messages the answers are much longer.
  const std::size_t beyond =
      BoundOf(a_case.server.script, std::min(kMostEvents, largest.sent_bytes)).reply_bytes;
  const std::size_t incoming =
      std::min(kMostEvents, largest.sent_bytes) + std::min(kMostEvents, beyond) +
      std::min(kMostEvents, handler_alone.sent_bytes) *
          std::max<std::size_t>(1, std::min(kMostEvents, largest.connections));

  TraceBound each;
  for (const ClientGroup& group : a_case.clients) {
    const TraceBound one = BoundOf(group.script, std::min(kMostEvents, incoming));
    each.events = std::max(each.events, one.events);
    each.addresses = std::max(each.addresses, one.addresses);
    each.received_bytes = std::max(each.received_bytes, one.received_bytes);
  }
  const std::size_t share = std::max<std::size_t>(1, clients);
  plans.fleet.each.events = std::min(each.events + kSpareEvents, kMostEvents / share);
  plans.fleet.each.addresses = std::min(each.addresses + 4, kMostEvents / share);
  plans.fleet.each.payload = std::min({std::min(kMostEvents, each.received_bytes) * kPayloadPerByte,
                                       kMostPayloadEach, kMostPayload / share});

  // One bound for all handlers together: what each can record by itself, and what comes in from all
  // clients.
  const std::size_t handled = std::max<std::size_t>(1, sent.connections);
  const TraceBound handlers = BoundOf(a_case.server.script, std::min(kMostEvents, sent.sent_bytes));
  const std::size_t fixed =
      std::min(kMostEvents, handler_alone.events + 4) * std::min(kMostEvents, handled);
  plans.server.handlers.events = std::min(handlers.events + fixed + kSpareEvents, kMostEvents);
  plans.server.handlers.addresses = std::min(handled + kSpareEvents, kMostEvents);
  plans.server.handlers.payload = 0;
  const TraceBound one = BoundOf(a_case.server.script, std::min(kMostEvents, largest.sent_bytes));
  plans.server.connections = std::min(handled, kMostEvents);
  plans.server.connection.events =
      std::min(one.events + kSpareEvents, kMostEvents / plans.server.connections + kSpareEvents);
  plans.server.connection.addresses = std::min(one.addresses + 4, kMostEvents);
  plans.server.handlers.addresses = std::min(
      plans.server.handlers.addresses + one.addresses * plans.server.connections, kMostEvents);
  constexpr std::size_t kCallsOfAListener = 16;
  plans.server.listener.events = std::min(
      2 * handled + kSpareEvents + kCallsOfAListener * a_case.server.accept.workers, kMostEvents);
  plans.server.listener.addresses = plans.server.listener.events;

  plans.server.server = a_case.document.at("server");
  plans.fleet.groups = a_case.document.at("clients");
  std::uint32_t number = 0;
  for (const ScheduledClient& client : Schedule(a_case)) {
    plans.fleet.clients.push_back({client.group, number++, client.start_ms});
  }
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
