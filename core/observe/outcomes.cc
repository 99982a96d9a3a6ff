#include "core/observe/outcomes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/clock.h"

namespace tcplab {
namespace {

using nlohmann::json;

// Younger than this, a connection that the server does not know may only be on its way.
constexpr std::int64_t kPhantomAgeNs = 50 * kNsPerMs;

constexpr std::array<std::string_view, 9> kWords = {"accepted", "connected", "not_started",
                                                    "pending",  "phantom",   "queued",
                                                    "refused",  "reset",     "timed_out"};

bool IsReset(ErrorCode error) {
  const std::string_view name = ErrorName(error);
  return name == "ECONNRESET" || name == "ECONNABORTED";
}

// Whether the client was told of a reset, or the kernel shows that there was one.
bool SawReset(const ClientFacts& client, const Attempt& attempt) {
  for (const EventRef& ref : attempt.events) {
    const Event& event = *ref.event;
    const bool data = event.op == Op::kRecv || event.op == Op::kSend;
    if (data && event.failed() && (IsReset(event.error()) || ErrorName(event.error()) == "EPIPE"))
      return true;
  }
  return client.socket_state() == SocketState::kNotConnected;
}

// Whether anything came from the peer: then somebody there has the connection, or had it.
bool Heard(const Attempt& attempt) {
  return std::any_of(attempt.events.begin(), attempt.events.end(),
                     [](const EventRef& ref) { return ref->op == Op::kRecv && !ref->failed(); });
}

// The client is established by its own account; what does the server say?
std::string EstablishedOutcome(const TrialView& view, const ClientFacts& client,
                               const Attempt& attempt) {
  if (attempt.connection && view.connections[*attempt.connection].before_freeze) return "accepted";
  if (SawReset(client, attempt)) return "reset";
  if (attempt.connection) return "queued";
  if (view.foreign_server || !attempt.server) return "connected";
  const bool old_enough = view.freeze_ns - *attempt.established_ns >= kPhantomAgeNs;
  const bool lasts = client.socket_state() == SocketState::kEstablished;
  return old_enough && lasts && !Heard(attempt) ? "phantom" : "connected";
}

double Milliseconds(std::int64_t ns) { return std::round(NsToMs(ns) * 1000) / 1000; }

json Order(const TrialView& view, bool before_freeze) {
  json order = json::array();
  for (const ConnectionFacts& connection : view.connections) {
    if (connection.before_freeze != before_freeze || !connection.client) continue;
    order.push_back(*connection.client);
  }
  return order;
}

}  // namespace

std::string ClientOutcome(const TrialView& view, std::size_t number) {
  const ClientFacts& client = view.clients[number];
  if (client.attempts.empty()) return "not_started";
  const Attempt& attempt = *client.last_attempt();
  const std::string_view error = ErrorName(attempt.error);
  if (error == "ECONNREFUSED") return "refused";
  if (error == "ETIMEDOUT") return "timed_out";
  if (IsReset(attempt.error)) return "reset";
  if (attempt.error != ErrorCode::kNone) return "failed:" + std::string(error);
  if (attempt.established_ns) return EstablishedOutcome(view, client, attempt);
  // No answer yet and no peer: the kernel may know of the end before the client does.
  const bool failed_unseen =
      !attempt.deadline_passed && client.socket_state() == SocketState::kNotConnected;
  return failed_unseen ? "reset" : "pending";
}

json ConnectOutcomes(const TrialView& view) {
  json outcomes = json::array();
  for (std::size_t i = 0; i < view.clients.size(); ++i) outcomes.push_back(ClientOutcome(view, i));
  return outcomes;
}

json OutcomeCounts(const json& outcomes) {
  json counts = json::object();
  for (const std::string_view word : kWords) counts[std::string(word)] = 0;
  for (const json& outcome : outcomes) {
    json& count = counts[outcome.get<std::string>()];
    count = count.is_null() ? 1 : count.get<int>() + 1;
  }
  return counts;
}

json AcceptOrder(const TrialView& view) { return Order(view, true); }
json QueueOrder(const TrialView& view) { return Order(view, false); }

json AcceptedBy(const Case& a_case, const TrialView& view) {
  json names = json::array();
  if (view.foreign_server) return names;
  for (std::size_t i = 0; i < view.accepted; ++i) {
    names.push_back(a_case.servers[view.connections[i].server].name);
  }
  return names;
}

json ConnectMs(const TrialView& view) {
  json milliseconds = json::array();
  for (const ClientFacts& client : view.clients) {
    const Attempt* const attempt = client.last_attempt();
    const bool known = attempt != nullptr && attempt->established_ns && !attempt->by_kernels_word;
    milliseconds.push_back(known ? json(Milliseconds(*attempt->established_ns - attempt->begin_ns))
                                 : json(nullptr));
  }
  return milliseconds;
}

}  // namespace tcplab
