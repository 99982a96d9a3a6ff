#include "core/observe/observe.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/observe/delays.h"
#include "core/observe/outcomes.h"
#include "core/observe/streams.h"
#include "core/observe/trial_view.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::array<ObservationKind, 14> kKinds = {{
    {"connect_outcomes", ObservationClass::kSet},
    {"outcome_counts", ObservationClass::kSet},
    {"accept_order", ObservationClass::kOrder},
    {"queue_order", ObservationClass::kOrder},
    {"accepted_by", ObservationClass::kOrder},
    {"recv_sizes", ObservationClass::kDistribution},
    {"recv_histogram", ObservationClass::kDistribution},
    {"recv_calls", ObservationClass::kDistribution},
    {"replies", ObservationClass::kExact},
    {"send_results", ObservationClass::kSet},
    {"stream_end", ObservationClass::kSet},
    {"bytes", ObservationClass::kExact},
    {"steps", ObservationClass::kSet},
    {"connect_ms", ObservationClass::kTiming},
}};

// Connections of clients that the snapshot still called pending.
bool IsLate(const ConnectionFacts& connection, const json& outcomes) {
  return !connection.before_freeze && connection.client &&
         outcomes[*connection.client] == "pending";
}

// Whether a drain found another number of connections than the kernel had counted in the queue.
bool AnyQueueMismatch(const Case& a_case, const TrialView& view, const json& outcomes) {
  for (std::size_t i = 0; i < view.servers.size(); ++i) {
    const std::optional<AcceptQueues>& queue = view.servers[i].queue;
    // libuv holds a connection of its own, which the kernel's queue does not count.
    if (!queue || a_case.servers[i].io == Io::kLibuv) continue;
    std::int64_t drained = 0;
    std::int64_t late = 0;
    for (const ConnectionFacts& connection : view.connections) {
      if (connection.server != i || connection.before_freeze) continue;
      ++drained;
      late += IsLate(connection, outcomes) ? 1 : 0;
    }
    if (drained != queue->length && drained != queue->length + late) return true;
  }
  return false;
}

TrialHealth HealthOf(const Case& a_case, const TrialView& view, const json& outcomes) {
  TrialHealth health;
  health.max_delay_ms = MaxDelayMs(a_case, view);
  health.freeze_gap_ms = NsToMs(view.drained_ns - view.freeze_ns);
  for (const ConnectionFacts& connection : view.connections) {
    health.late += IsLate(connection, outcomes) ? 1 : 0;
    if (connection.client || connection.ours) continue;
    ++(connection.peer.empty() ? health.nameless : health.strangers);
  }
  health.queue_mismatches = AnyQueueMismatch(a_case, view, outcomes) ? 1 : 0;
  health.bytes_conserved = BytesConserved(view);
  return health;
}

// A number, or with several servers a number for each, by name.
template <typename Read>
json OfQueues(const Case& a_case, const TrialView& view, Read read) {
  const auto value = [&](const ServerFacts& server) {
    return server.queue ? json(read(*server.queue)) : json(nullptr);
  };
  if (view.servers.size() == 1) return value(view.servers.front());
  json values = json::object();
  for (std::size_t i = 0; i < view.servers.size(); ++i) {
    values[a_case.servers[i].name] = value(view.servers[i]);
  }
  return values;
}

json EvidenceOf(const Case& a_case, const TrialView& view) {
  json states = json::array();
  for (const ClientFacts& client : view.clients) {
    const bool known = client.state && (*client.state)->argument != 0;
    states.push_back(known ? json(TcpStateName((*client.state)->argument)) : json(nullptr));
  }
  const auto length = [](const AcceptQueues& queue) { return queue.length; };
  const auto limit = [](const AcceptQueues& queue) { return queue.limit; };
  return {{"queue_length", OfQueues(a_case, view, length)},
          {"queue_limit", OfQueues(a_case, view, limit)},
          {"tcp_states", std::move(states)}};
}

}  // namespace

std::string_view ObservationClassName(ObservationClass observation_class) {
  switch (observation_class) {
    case ObservationClass::kSet:
      return "set";
    case ObservationClass::kOrder:
      return "order";
    case ObservationClass::kDistribution:
      return "distribution";
    case ObservationClass::kExact:
      return "exact";
    case ObservationClass::kTiming:
      return "timing";
  }
  TCPLAB_CHECK(false);
  return {};
}

std::span<const ObservationKind> ObservationKinds() { return kKinds; }

bool NeedsServer(std::string_view observation) {
  constexpr auto kOfServer =
      std::to_array<std::string_view>({"accept_order", "accepted_by", "bytes", "queue_order",
                                       "recv_calls", "recv_histogram", "recv_sizes"});
  return std::find(kOfServer.begin(), kOfServer.end(), observation) != kOfServer.end();
}

bool NeedsSeveralServers(std::string_view observation) { return observation == "accepted_by"; }

Result<TrialObservations> Observe(const Case& a_case, const TrialTrace& trace) {
  if (Status whole = Verify(trace); !whole) return Forward(whole);
  if (Status fits = CheckServers(a_case, trace); !fits) return Forward(fits);
  const TrialView view = BuildTrialView(a_case, trace);
  TrialObservations observed;
  auto& values = observed.values;
  const json outcomes = ConnectOutcomes(view);
  values["connect_outcomes"] = outcomes;
  values["outcome_counts"] = OutcomeCounts(outcomes);
  values["accept_order"] = AcceptOrder(view);
  values["queue_order"] = QueueOrder(view);
  values["accepted_by"] = AcceptedBy(a_case, view);
  values["recv_sizes"] = RecvSizes(view);
  values["recv_histogram"] = RecvHistogram(view);
  values["recv_calls"] = RecvCalls(view);
  values["replies"] = Replies(a_case, view);
  values["send_results"] = SendResults(view);
  values["stream_end"] = StreamEnd(view);
  values["bytes"] = Bytes(view);
  values["steps"] = LabelledSteps(a_case, view);
  values["connect_ms"] = ConnectMs(view);
  TCPLAB_CHECK(values.size() == kKinds.size());
  observed.health = HealthOf(a_case, view, outcomes);
  observed.evidence = EvidenceOf(a_case, view);
  return observed;
}

std::optional<LocalFault> FindLocalFault(const TrialTrace& trace) {
  struct Row {
    std::string_view error;
    const char* code;
    bool clients_only;
  };
  constexpr std::array<Row, 5> kFaults = {{{"EMFILE", "descriptors", false},
                                           {"ENFILE", "descriptors", false},
                                           {"ENOMEM", "memory", false},
                                           {"ENOBUFS", "memory", false},
                                           {"EADDRNOTAVAIL", "local_address", true}}};
  const auto look = [&](const AgentTrace& agent, bool client) -> std::optional<LocalFault> {
    for (const RecorderTrace& recorder : agent.recorders) {
      for (const Event& event : recorder.events) {
        if (!event.failed() || event.op == Op::kStep) continue;
        for (const Row& row : kFaults) {
          // Handlers may connect as clients do.
          const bool as_client = client || event.op == Op::kConnect;
          if (ErrorName(event.error()) != row.error || (row.clients_only && !as_client)) continue;
          return LocalFault{row.code, "the " + agent.name + " agent's " +
                                          std::string(OpName(event.op)) + " returned " +
                                          std::string(row.error)};
        }
      }
    }
    return std::nullopt;
  };
  for (const AgentTrace& server : trace.servers) {
    if (auto fault = look(server, false)) return fault;
  }
  for (const AgentTrace& fleet : trace.fleets) {
    if (auto fault = look(fleet, true)) return fault;
  }
  return std::nullopt;
}

}  // namespace tcplab
