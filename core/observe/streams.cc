#include "core/observe/streams.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "core/base/text.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSizes = 10'000;

// Retries say how an endpoint waits, not what TCP did.
bool IsRetry(const Event& event) {
  const std::string_view name = ErrorName(event.error());
  return event.failed() && (name == "EAGAIN" || name == "EINTR");
}

bool IsData(const Event& event, Op op) {
  return event.op == op && !event.failed() && event.result > 0;
}

std::int64_t Sum(std::span<const EventRef> events, Op op) {
  std::int64_t sum = 0;
  for (const EventRef& ref : events) {
    if (IsData(*ref.event, op)) sum += ref->result;
  }
  return sum;
}

// Bytes sent by the freeze. A send that wakes its reader may return after it: what the peer has of
// its bytes was sent all the same.
std::int64_t SentBy(std::span<const EventRef> events, const std::optional<EventRef>& in_flight,
                    std::int64_t received) {
  const std::int64_t sent = Sum(events, Op::kSend);
  if (!in_flight || (*in_flight)->op != Op::kSend) return sent;
  return std::clamp(received, sent, sent + std::int64_t{(*in_flight)->argument});
}

std::span<const ConnectionFacts> Accepted(const TrialView& view) {
  return std::span(view.connections).first(view.accepted);
}

// What the client did on the connection; empty for a stranger's.
std::span<const EventRef> ClientSide(const TrialView& view, const ConnectionFacts& connection) {
  if (!connection.client) return {};
  return view.clients[*connection.client].attempts[*connection.attempt].events;
}

json Text(std::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  return {{"hex", ToHex(bytes)}};
}

// How a reader's stream ended, by what its recvs returned.
json EndOf(std::span<const EventRef> events) {
  std::string end = "open";
  for (const EventRef& ref : events) {
    if (ref->op != Op::kRecv || IsRetry(*ref.event)) continue;
    if (ref->failed()) {
      const std::string_view name = ErrorName(ref->error());
      end = name == "ECONNRESET" ? "reset" : name == "ETIMEDOUT" ? "timeout" : std::string(name);
    } else if (ref->result == 0 && ref->argument > 0 && end == "open") {
      end = "eof";  // after a reset Linux returns 0 as well: the first word stays
    }
  }
  return end;
}

Outcome StepOutcome(const Event& event) {
  Outcome outcome;
  outcome.kind = static_cast<Outcome::Kind>(event.argument);
  if (outcome.kind == Outcome::Kind::kError) {
    outcome.error = event.error();
  } else {
    outcome.value = event.result;
  }
  return outcome;
}

std::string StepWord(const EventRef& ref) {
  const Outcome outcome = StepOutcome(*ref.event);
  const std::string word = outcome.Word();
  return outcome.kind == Outcome::Kind::kText ? word + " " + std::string(ref.data()) : word;
}

bool IsOfStream(const RecvStep& recv) {
  return std::none_of(recv.flags.begin(), recv.flags.end(), [](const std::string& flag) {
    return flag == "MSG_PEEK" || flag == "MSG_OOB";
  });
}

// Re-reads a client's stream as its recv steps did: what a step returned is cut from what the recvs
// brought.
json RepliesOf(const Script& script, const ClientFacts& client) {
  json replies = json::array();
  std::map<std::uint8_t, std::string> streams;  // socket -> what came and was not returned yet
  bool kept = true;
  for (const EventRef& ref : client.events) {
    std::string& stream = streams[ref->socket];
    if (ref->op == Op::kConnect) stream.clear();
    if (IsData(*ref.event, Op::kRecv)) {
      const std::string_view data = ref.data();
      kept = kept && data.size() == static_cast<std::size_t>(ref->result);
      stream.append(data);
    }
    const bool is_step = ref->op == Op::kStep && ref->step < script.size() && ref->result > 0;
    const auto* const recv = is_step ? std::get_if<RecvStep>(&script[ref->step].action) : nullptr;
    // A peek, and urgent data, took nothing from the stream.
    if (recv == nullptr || !IsOfStream(*recv)) continue;
    const auto size = static_cast<std::size_t>(ref->result);
    if (kept && size <= stream.size()) {
      replies.push_back(Text(std::string_view(stream).substr(0, size)));
      stream.erase(0, size);
    } else {
      replies.push_back({{"bytes", size}});  // more came than was kept
    }
  }
  return replies;
}

// The step that an actor was in at the freeze: one that ended later, or else where it was found.
template <typename Facts>
std::optional<std::uint16_t> StepAtFreeze(const Facts& facts, std::int64_t freeze_ns) {
  if (facts.later_step) {
    const bool begun = (*facts.later_step)->begin_ns <= freeze_ns;
    return begun ? std::optional((*facts.later_step)->step) : std::nullopt;
  }
  return facts.state ? std::optional((*facts.state)->step) : std::nullopt;
}

// Outcomes of an actor's steps with this label, in the order in which they came.
template <typename Facts>
json OutcomesOf(const Script& script, const std::string& label, const Facts& facts,
                std::int64_t freeze_ns) {
  const auto has_label = [&](std::uint16_t pc) {
    return pc < script.size() && script[pc].label == label;
  };
  json outcomes = json::array();
  for (const EventRef& ref : facts.events) {
    if (ref->op == Op::kStep && has_label(ref->step)) {
      outcomes.push_back(StepWord(ref));
    }
  }
  const std::optional<std::uint16_t> under_way = StepAtFreeze(facts, freeze_ns);
  if (under_way && has_label(*under_way)) outcomes.push_back("unfinished");
  return outcomes;
}

std::set<std::string> LabelsOf(const Script& script) {
  std::set<std::string> labels;
  for (const Step& step : script) {
    if (!step.label.empty()) labels.insert(step.label);
  }
  return labels;
}

}  // namespace

json RecvSizes(const TrialView& view) {
  json sizes = json::array();
  std::size_t count = 0;
  for (const ConnectionFacts& connection : Accepted(view)) {
    json of_connection = json::array();
    for (const EventRef& ref : connection.stream) {
      if (!IsData(*ref.event, Op::kRecv)) continue;
      if (++count > kMostSizes) return nullptr;
      of_connection.push_back(ref->result);
    }
    sizes.push_back(std::move(of_connection));
  }
  return sizes;
}

json RecvHistogram(const TrialView& view) {
  std::map<std::int64_t, std::uint64_t> histogram;
  for (const ConnectionFacts& connection : Accepted(view)) {
    for (const EventRef& ref : connection.stream) {
      if (IsData(*ref.event, Op::kRecv)) ++histogram[ref->result];
    }
  }
  json counts = json::object();
  for (const auto& [size, count] : histogram) counts[std::to_string(size)] = count;
  return counts;
}

json RecvCalls(const TrialView& view) {
  json calls = json::array();
  for (const ConnectionFacts& connection : Accepted(view)) {
    std::uint64_t count = 0;
    for (const EventRef& ref : connection.stream) count += IsData(*ref.event, Op::kRecv) ? 1 : 0;
    calls.push_back(count);
  }
  return calls;
}

json Bytes(const TrialView& view) {
  json bytes = json::array();
  for (const ConnectionFacts& connection : Accepted(view)) {
    const std::int64_t at_server = Sum(connection.stream, Op::kRecv);
    json to_server = {nullptr, at_server};
    json to_client = {Sum(connection.stream, Op::kSend), nullptr};
    if (connection.client) {
      const std::span<const EventRef> client = ClientSide(view, connection);
      const std::int64_t at_client = Sum(client, Op::kRecv);
      to_server[0] = SentBy(client, view.clients[*connection.client].open, at_server);
      to_client = {SentBy(connection.stream, connection.open, at_client), at_client};
    }
    bytes.push_back({{"to_server", std::move(to_server)}, {"to_client", std::move(to_client)}});
  }
  return bytes;
}

json Replies(const Case& a_case, const TrialView& view) {
  json replies = json::array();
  const std::vector<ScheduledClient> schedule = Schedule(a_case);
  for (std::size_t i = 0; i < view.clients.size(); ++i) {
    replies.push_back(RepliesOf(a_case.clients[schedule[i].group].script, view.clients[i]));
  }
  return replies;
}

json SendResults(const TrialView& view) {
  json results = json::array();
  for (const ClientFacts& client : view.clients) {
    json counts = json::object();
    const auto count = [&counts](const std::string& word) {
      json& entry = counts[word];
      entry = entry.is_null() ? 1 : entry.get<std::uint64_t>() + 1;
    };
    for (const EventRef& ref : client.events) {
      if (ref->op != Op::kSend || IsRetry(*ref.event)) continue;
      count(ref->failed() ? Outcome::Failed(ref->error()).Word()
                          : Outcome::Bytes(ref->result).Word());
    }
    if (client.open && (*client.open)->op == Op::kSend) count("unfinished");
    results.push_back(std::move(counts));
  }
  return results;
}

json StreamEnd(const TrialView& view) {
  json clients = json::array();
  for (const ClientFacts& client : view.clients) {
    const Attempt* const attempt = client.last_attempt();
    const bool connected = attempt != nullptr && attempt->established_ns;
    clients.push_back(connected ? EndOf(attempt->events) : json(nullptr));
  }
  json servers = json::array();
  for (const ConnectionFacts& connection : Accepted(view))
    servers.push_back(EndOf(connection.stream));
  return {{"client", std::move(clients)}, {"server", std::move(servers)}};
}

// Per connection, in the order of accept, of the servers whose scripts have the label.
void AddHandlerSteps(const Case& a_case, const TrialView& view, json& steps) {
  std::vector<std::set<std::string>> labels;  // of each server
  for (const ServerSpec& server : a_case.servers) {
    labels.push_back(LabelsOf(server.script));
    for (const std::string& label : labels.back()) steps.emplace(label, json::array());
  }
  for (const ConnectionFacts& connection : Accepted(view)) {
    const Script& script = a_case.servers[connection.server].script;
    for (const std::string& label : labels[connection.server]) {
      steps[label].push_back(OutcomesOf(script, label, connection, view.freeze_ns));
    }
  }
}

json LabelledSteps(const Case& a_case, const TrialView& view) {
  json steps = json::object();
  const std::vector<ScheduledClient> schedule = Schedule(a_case);
  std::set<std::string> client_labels;
  for (const ClientGroup& group : a_case.clients) client_labels.merge(LabelsOf(group.script));
  for (const std::string& label : client_labels) {
    json& per_actor = steps[label] = json::array();
    for (std::size_t i = 0; i < view.clients.size(); ++i) {
      const Script& script = a_case.clients[schedule[i].group].script;
      per_actor.push_back(OutcomesOf(script, label, view.clients[i], view.freeze_ns));
    }
  }
  AddHandlerSteps(a_case, view, steps);
  return steps;
}

bool BytesConserved(const TrialView& view) {
  const auto one_way = [](std::span<const EventRef> sender,
                          const std::optional<EventRef>& in_flight,
                          std::span<const EventRef> receiver) {
    const bool sending =
        in_flight && ((*in_flight)->op == Op::kSend || (*in_flight)->op == Op::kSendUrgent);
    const std::int64_t sent = Sum(sender, Op::kSend) + Sum(sender, Op::kSendUrgent);
    const std::int64_t may_be_sent = sent + (sending ? std::int64_t{(*in_flight)->argument} : 0);
    const std::int64_t received = Sum(receiver, Op::kRecv) + Sum(receiver, Op::kRecvUrgent);
    if (received > may_be_sent) return false;
    // An urgent byte that nobody asked for by MSG_OOB is no part of the stream (RFC 6093 section
    // 3).
    const auto urgent = std::count_if(sender.begin(), sender.end(), [](const EventRef& ref) {
      return IsData(*ref.event, Op::kSendUrgent);
    });
    return EndOf(receiver) != "eof" || received >= sent - urgent;
  };
  for (const ConnectionFacts& connection : Accepted(view)) {
    if (!connection.client) continue;
    const ClientFacts& client = view.clients[*connection.client];
    const std::span<const EventRef> client_events = ClientSide(view, connection);
    if (!one_way(client_events, client.open, connection.stream)) return false;
    if (!one_way(connection.stream, connection.open, client_events)) return false;
  }
  return true;
}

}  // namespace tcplab
