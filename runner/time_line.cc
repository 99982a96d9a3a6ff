#include "runner/time_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/clock.h"
#include "core/net/address.h"
#include "core/observe/outcomes.h"
#include "core/observe/trial_view.h"
#include "core/scenario/loader.h"
#include "runner/actor_calls.h"

namespace tcplab {
namespace {

using Side = TimeLineRow::Side;

// What the listener did: the only part of a trace that no view has.
std::vector<EventRef> ListenerEvents(const AgentTrace& server) {
  std::vector<EventRef> events;
  for (const RecorderTrace& recorder : server.recorders) {
    for (const Event& event : recorder.events) {
      const bool is_call = event.op != Op::kQueue && event.op != Op::kFreeze;
      if (event.actor == kListenerActor && is_call) events.push_back({&event, &recorder});
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const EventRef& a, const EventRef& b) { return a->begin_ns < b->begin_ns; });
  return events;
}

// Each client's own script: the names of its signals may have its number in them.
std::vector<Script> ClientScripts(const Case& a_case) {
  std::vector<Script> scripts;
  for (const ScheduledClient& client : Schedule(a_case)) {
    const auto index = static_cast<std::int64_t>(scripts.size());
    scripts.push_back(a_case.clients[client.group].script);
    const nlohmann::json::json_pointer at(fmt::format("/clients/{}/script", client.group));
    if (!a_case.document.contains(at)) continue;
    Result<Script> own = LowerScript(a_case.document.at(at), ScriptRole::kClient, index);
    if (own) scripts.back() = std::move(*own);
  }
  return scripts;
}

std::string StateInWords(const ClientFacts& client) {
  const bool was_connected =
      !client.attempts.empty() && client.attempts.back().established_ns.has_value();
  switch (client.socket_state()) {
    case SocketState::kNotStarted:
      return "no connect begun";
    case SocketState::kConnecting:
      return "connecting";
    case SocketState::kEstablished:
      return "established";
    case SocketState::kNotConnected:
      return was_connected ? "no longer connected" : "not connected";
    case SocketState::kClosed:
      return "socket closed";
  }
  return "unknown";
}

// Runs of happenings that repeat, alone or several in turn, with the first of each left: 100 times
// "send, sleep" become one send and one sleep.
class Folding {
 public:
  struct Others {
    std::size_t count = 0;
    std::int64_t last_ns = 0;
    std::int64_t longest_ns = 0;
  };

  explicit Folding(std::vector<Happening> happenings) : happenings_(std::move(happenings)) {}

  // Calls `add(happening, others)` for each that is left, with those that it stands for.
  template <typename Add>
  void Each(const Add& add) const {
    for (std::size_t i = 0; i < happenings_.size();) {
      const std::size_t period = BestPeriod(i);
      const std::size_t covered = period == 0 ? 1 : Covered(i, period);
      const std::size_t step = period == 0 ? 1 : period;
      for (std::size_t k = i; k < i + step; ++k) {
        Others others;
        for (std::size_t other = k + step; other < i + covered; other += step) {
          ++others.count;
          others.last_ns = happenings_[other].at_ns;
          others.longest_ns = std::max(others.longest_ns, happenings_[other].took_ns);
        }
        add(happenings_[k], others);
      }
      i += covered;
    }
  }

 private:
  static constexpr std::size_t kLongestPeriod = 8;
  static constexpr std::size_t kLeastRounds = 3;

  // How many from `first` on are whole rounds of the first `period` of them.
  [[nodiscard]] std::size_t Covered(std::size_t first, std::size_t period) const {
    std::size_t end = first;
    while (end < happenings_.size() && !happenings_[end].like.empty() &&
           (end < first + period || happenings_[end].like == happenings_[end - period].like)) {
      ++end;
    }
    return (end - first) / period * period;
  }

  // The one that covers most; 0 when nothing repeats often enough.
  [[nodiscard]] std::size_t BestPeriod(std::size_t first) const {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t period = 1; period <= kLongestPeriod; ++period) {
      const std::size_t covered = Covered(first, period);
      if (covered < kLeastRounds * period || covered <= most) continue;
      best = period;
      most = covered;
    }
    return best;
  }

  std::vector<Happening> happenings_;
};

class TimeLineBuilder {
 public:
  TimeLineBuilder(const Case& a_case, const TrialTrace& trace, bool every_event)
      : case_(a_case),
        every_event_(every_event),
        trace_(trace),
        view_(BuildTrialView(a_case, trace)),
        scripts_(ClientScripts(a_case)) {}

  TimeLine Build() {
    for (std::size_t i = 0; i < view_.clients.size(); ++i) AddClient(i);
    for (std::size_t i = 0; i < view_.servers.size(); ++i) AddListener(i);
    for (std::size_t i = 0; i < view_.accepted; ++i) AddConnection(i);
    for (std::size_t i = 0; i < view_.servers.size(); ++i) AddQueue(i);
    AddEnd();
    for (auto* rows : {&line_.rows, &line_.last_rows}) {
      std::stable_sort(rows->begin(), rows->end(),
                       [](const TimeLineRow& a, const TimeLineRow& b) { return a.ms < b.ms; });
    }
    return std::move(line_);
  }

 private:
  void AddClient(std::size_t number);
  void AddListener(std::size_t server);
  void AddConnection(std::size_t index);
  void AddQueue(std::size_t server);
  void AddEnd();

  void AddRows(Side side, const std::string& who, std::vector<Happening> happenings);
  void AddLast(Side side, const std::string& who, std::int64_t at_ns, std::string what);
  template <typename Facts>
  void AddWhereItStood(Side side, const std::string& who, const Script& script, const Facts& facts);
  template <typename Facts>
  [[nodiscard]] std::string StillIn(const Script& script, const Facts& facts) const;
  [[nodiscard]] std::string OutcomeInWords(std::size_t number) const;
  [[nodiscard]] std::string Stood(std::size_t number) const;
  // Below the line that says that the trial has ended.
  [[nodiscard]] std::string StillInWords(const std::string& in, std::int64_t since_ns) const {
    return fmt::format("... still in {} ({})", in, DurationInWords(view_.freeze_ns - since_ns));
  }
  [[nodiscard]] double Ms(std::int64_t ns) const { return NsToMs(ns - view_.go_ns); }
  [[nodiscard]] std::string PeerInWords(const ConnectionFacts& connection) const;
  [[nodiscard]] std::string Accepted(std::size_t server, const EventRef& accept) const;

  const Case& case_;
  bool every_event_;
  const TrialTrace& trace_;
  TrialView view_;
  std::vector<Script> scripts_;
  TimeLine line_;
};

void TimeLineBuilder::AddRows(Side side, const std::string& who,
                              std::vector<Happening> happenings) {
  const auto add = [&](const Happening& happening, const Folding::Others& others) {
    const double until_ms = others.count > 0 ? Ms(others.last_ns) : 0;
    line_.rows.push_back({Ms(happening.at_ns), side, who, happening.what, others.count, until_ms,
                          others.longest_ns});
  };
  if (!every_event_) return Folding(std::move(happenings)).Each(add);
  for (const Happening& happening : happenings) add(happening, {});
}

void TimeLineBuilder::AddLast(Side side, const std::string& who, std::int64_t at_ns,
                              std::string what) {
  line_.last_rows.push_back({Ms(at_ns), side, who, std::move(what)});
}

// The call or step that it had not come back from; empty when its script was over.
template <typename Facts>
std::string TimeLineBuilder::StillIn(const Script& script, const Facts& facts) const {
  if (facts.open) return OpenCallInWords(script, *facts.open);
  const bool in_step = facts.state && (*facts.state)->step != kNoStep;
  return in_step ? StepInWords(script, (*facts.state)->step) : "";
}

template <typename Facts>
void TimeLineBuilder::AddWhereItStood(Side side, const std::string& who, const Script& script,
                                      const Facts& facts) {
  const std::string in = StillIn(script, facts);
  if (in.empty() || (!facts.open && facts.events.empty())) return;
  const std::int64_t since_ns = facts.open ? (*facts.open)->begin_ns : facts.events.back()->end_ns;
  AddLast(side, who, view_.freeze_ns, StillInWords(in, since_ns));
}

void TimeLineBuilder::AddClient(std::size_t number) {
  const ClientFacts& client = view_.clients[number];
  const std::string who = fmt::format("client {}", number);
  ActorReading reading;
  reading.script = &scripts_[number];
  reading.from_ns = client.first_begin_ns.value_or(view_.go_ns);
  reading.every_event = every_event_;
  AddRows(Side::kClients, who, ReadCalls(reading, client.events, client.open));
  AddWhereItStood(Side::kClients, who, scripts_[number], client);
  line_.clients.push_back({number, OutcomeInWords(number), Stood(number)});
}

std::string TimeLineBuilder::OutcomeInWords(std::size_t number) const {
  std::string outcome = ClientOutcome(view_, number);
  if (outcome != "accepted") return outcome;
  return fmt::format("accepted as connection {}",
                     *view_.clients[number].attempts.back().connection);
}

std::string TimeLineBuilder::Stood(std::size_t number) const {
  const ClientFacts& client = view_.clients[number];
  if (!client.first_begin_ns) return "its turn had not come";
  std::string stood;
  const auto join = [&stood](const std::string& part) {
    stood += (stood.empty() ? "" : "; ") + part;
  };
  if (client.state) join(StateInWords(client));
  const std::string in = StillIn(scripts_[number], client);
  if (!in.empty()) {
    join("still in " + in);
  } else if (client.state && !client.events.empty()) {
    join(fmt::format("its script ended at {:.3f} ms", Ms(client.events.back()->end_ns)));
  }
  return stood;
}

std::string TimeLineBuilder::PeerInWords(const ConnectionFacts& connection) const {
  if (connection.client) return fmt::format("client {}", *connection.client);
  if (connection.peer.empty()) return "accept did not tell whose, as of one that was reset before";
  const std::string address = Address::Decode(connection.peer).ToString();
  return connection.ours ? "one of our own, " + address : "a stranger, " + address;
}

std::string TimeLineBuilder::Accepted(std::size_t server, const EventRef& accept) const {
  for (std::size_t i = 0; i < view_.connections.size(); ++i) {
    const ConnectionFacts& connection = view_.connections[i];
    if (connection.server != server) continue;
    if (connection.accepted_ns != accept->end_ns || connection.peer != accept.data()) continue;
    return fmt::format("connection {} ({})", i, PeerInWords(connection));
  }
  return "a connection";
}

void TimeLineBuilder::AddListener(std::size_t server) {
  const ServerSpec& spec = case_.servers[server];
  std::vector<EventRef> events;
  for (const EventRef& ref : ListenerEvents(trace_.servers[server])) {
    const bool over = ref->finished() && ref->end_ns <= view_.freeze_ns;
    const bool in_flight = !over && ref->begin_ns <= view_.freeze_ns;
    const bool bound_as_asked = ref->op == Op::kBind && !ref->failed();
    if (over && (every_event_ || !bound_as_asked)) events.push_back(ref);
    // One that came back after the freeze with a connection is told of with the queue.
    if (in_flight && (!ref->finished() || ref->failed())) {
      AddLast(
          Side::kServer, spec.name, view_.freeze_ns,
          StillInWords(OpenCallInWords(spec.script, ref), std::max(ref->begin_ns, view_.go_ns)));
    }
  }
  ActorReading reading;
  reading.script = &spec.script;
  reading.from_ns = view_.go_ns;
  reading.every_event = every_event_;
  reading.accepted = [&](const EventRef& accept) { return Accepted(server, accept); };
  AddRows(Side::kServer, spec.name, ReadCalls(reading, events, std::nullopt));
}

void TimeLineBuilder::AddConnection(std::size_t index) {
  const ConnectionFacts& connection = view_.connections[index];
  const std::string who = fmt::format("conn {}", index);
  ActorReading reading;
  const Script& script = case_.servers[connection.server].script;
  reading.script = &script;
  reading.from_ns = connection.accepted_ns;
  reading.every_event = every_event_;
  AddRows(Side::kServer, who, ReadCalls(reading, connection.events, connection.open));
  AddWhereItStood(Side::kServer, who, script, connection);
}

void TimeLineBuilder::AddQueue(std::size_t server) {
  const std::string& name = case_.servers[server].name;
  if (const std::optional<AcceptQueues>& queue = view_.servers[server].queue) {
    AddLast(Side::kServer, name, queue->at_ns,
            fmt::format("accept queue holds {} (backlog {})", queue->length, queue->limit));
  }
  for (const ConnectionFacts& connection : view_.connections) {
    if (connection.before_freeze || connection.server != server) continue;
    const bool came_late =
        connection.client && ClientOutcome(view_, *connection.client) == "pending";
    AddLast(Side::kServer, name, connection.accepted_ns,
            "in the queue: " + PeerInWords(connection) + (came_late ? ", only just there" : ""));
  }
}

void TimeLineBuilder::AddEnd() {
  line_.end_ms = Ms(view_.freeze_ns);
  line_.why_it_ended = line_.end_ms >= case_.window_ms
                           ? fmt::format("window of {:g} ms", case_.window_ms)
                           : "all scripts have ended";
}

}  // namespace

TimeLine BuildTimeLine(const Case& a_case, const TrialTrace& trace, bool every_event) {
  return TimeLineBuilder(a_case, trace, every_event).Build();
}

}  // namespace tcplab
