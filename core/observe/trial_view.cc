#include "core/observe/trial_view.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace tcplab {
namespace {

bool Ended(const Event& event, std::int64_t freeze_ns) {
  return event.finished() && event.end_ns <= freeze_ns;
}

// Sorts one event of an actor: over by the freeze, in flight at it, or later than it.
template <typename Facts>
void Sort(Facts& facts, const EventRef& ref, std::int64_t freeze_ns) {
  if (ref->op == Op::kState) {
    facts.state = ref;
  } else if (Ended(*ref.event, freeze_ns)) {
    facts.events.push_back(ref);
  } else if (ref->op == Op::kStep) {
    if (!facts.later_step) facts.later_step = ref;
  } else if (ref->begin_ns <= freeze_ns && !facts.open) {
    facts.open = ref;
  }
}

// The connection is still being made (connect(2), EINPROGRESS and EINTR).
bool GoesOn(ErrorCode error) {
  const std::string_view name = ErrorName(error);
  return name == "EINPROGRESS" || name == "EINTR";
}

// Notes what an event tells of the connect that its socket made last.
void Learn(Attempt& attempt, const EventRef& ref) {
  switch (ref->op) {
    case Op::kConnect:
      if (!ref->failed()) {
        attempt.established_ns = ref->end_ns;
      } else if (!GoesOn(ref->error())) {
        attempt.error = ref->error();
      }
      break;
    case Op::kSoError:
      if (ref->failed()) {
        attempt.error = ref->error();
      } else {
        attempt.established_ns = ref->end_ns;
      }
      break;
    case Op::kGetSockName:
      attempt.local = std::string(ref.data());
      break;
    case Op::kStep: {
      const bool timed_out = ref->argument == static_cast<std::uint32_t>(Outcome::Kind::kTimeout);
      if (timed_out && !attempt.established_ns) attempt.deadline_passed = true;
      break;
    }
    default:
      break;
  }
}

// Whom the connect of this step goes to.
std::optional<std::size_t> ServerOfStep(const Case& a_case, const Script& script,
                                        std::uint16_t step) {
  const auto* const connect =
      step < script.size() ? std::get_if<ConnectStep>(&script[step].action) : nullptr;
  return connect == nullptr ? std::optional<std::size_t>(0) : ServerOf(a_case, connect->to);
}

// What a client's connects came to, in the order in which they were made.
void FindAttempts(ClientFacts& client, const Case& a_case, const Script& script) {
  std::map<std::uint8_t, std::size_t> current;  // socket -> its last attempt
  for (const EventRef& ref : client.events) {
    if (ref->op == Op::kConnect) {
      current[ref->socket] = client.attempts.size();
      Attempt& attempt = client.attempts.emplace_back();
      attempt.begin_ns = ref->begin_ns;
      attempt.socket = ref->socket;
      attempt.server = ServerOfStep(a_case, script, ref->step);
    }
    const auto found = current.find(ref->socket);
    if (found == current.end()) continue;
    Attempt& attempt = client.attempts[found->second];
    Learn(attempt, ref);
    attempt.events.push_back(ref);
  }
}

// The freeze found the last connect unfinished by the client's own account: the kernel's word
// counts.
void ApplyState(ClientFacts& client, const Case& a_case, const Script& script,
                std::int64_t freeze_ns) {
  if (client.open && (*client.open)->op == Op::kConnect) {
    Attempt& attempt = client.attempts.emplace_back();
    attempt.begin_ns = (*client.open)->begin_ns;
    attempt.socket = (*client.open)->socket;
    attempt.server = ServerOfStep(a_case, script, (*client.open)->step);
  }
  if (client.attempts.empty() || !client.state) return;
  const std::uint8_t primary = client.attempts.front().socket;
  const auto last = std::find_if(client.attempts.rbegin(), client.attempts.rend(),
                                 [&](const Attempt& a) { return a.socket == primary; });
  if (last->local.empty()) last->local = std::string(client.state->data());
  const bool unfinished =
      !last->established_ns && last->error == ErrorCode::kNone && !last->deadline_passed;
  if (!unfinished || client.socket_state() != SocketState::kEstablished) return;
  last->established_ns = freeze_ns;
  last->by_kernels_word = true;
}

void SortFleetEvents(TrialView& view, const AgentTrace& fleet) {
  for (const RecorderTrace& recorder : fleet.recorders) {
    for (const Event& event : recorder.events) {
      if (event.actor >= view.clients.size()) continue;
      ClientFacts& client = view.clients[event.actor];
      Sort(client, {&event, &recorder}, view.freeze_ns);
      if (event.op != Op::kState && !client.first_begin_ns) client.first_begin_ns = event.begin_ns;
    }
  }
}

// A connection as the server had it first.
struct AcceptedOne {
  std::size_t server = 0;
  EventRef accept;
};

// What the listeners of a server say of themselves.
void ReadListeners(TrialView& view, ServerFacts& facts, const Event& event) {
  if (event.op == Op::kQueue) {
    if (!facts.queue) facts.queue.emplace().at_ns = event.begin_ns;
    facts.queue->length += event.result;
    facts.queue->limit += event.argument;
  }
  if (event.begin_ns > view.freeze_ns) return;
  // One that ended later found the queue read and drained already.
  // Of several that closed it (workers), the last ended the listening.
  if (event.op == Op::kClose && Ended(event, view.freeze_ns)) {
    facts.closed_ns = std::max(facts.closed_ns.value_or(event.end_ns), event.end_ns);
  }
  if (event.op == Op::kAccept) {
    facts.first_accept_ns =
        std::min(facts.first_accept_ns.value_or(event.begin_ns), event.begin_ns);
  }
}

// Every accept that returned a connection to its server, by the time it did. Those that a script's
// own step made are not among them.
std::vector<AcceptedOne> Accepts(TrialView& view, const TrialTrace& trace) {
  std::vector<AcceptedOne> accepts;
  for (std::size_t server = 0; server < trace.servers.size(); ++server) {
    for (const RecorderTrace& recorder : trace.servers[server].recorders) {
      for (const Event& event : recorder.events) {
        if (event.actor != kListenerActor) continue;
        ReadListeners(view, view.servers[server], event);
        if (event.op != Op::kAccept || !event.finished()) continue;
        const bool of_drain = event.begin_ns > view.freeze_ns;
        if (of_drain) view.drained_ns = std::max(view.drained_ns, event.end_ns);
        if (!event.failed()) accepts.push_back({server, {&event, &recorder}});
      }
    }
  }
  std::stable_sort(accepts.begin(), accepts.end(), [](const AcceptedOne& a, const AcceptedOne& b) {
    return a.accept->end_ns < b.accept->end_ns;
  });
  return accepts;
}

void SortServerEvents(TrialView& view, const TrialTrace& trace) {
  // A server's number of a connection -> the connection's place.
  std::map<std::pair<std::size_t, std::uint32_t>, std::size_t> by_number;
  for (const auto& [server, accept] : Accepts(view, trace)) {
    ConnectionFacts connection;
    connection.server = server;
    connection.accepted_ns = accept->end_ns;
    connection.before_freeze = accept->end_ns <= view.freeze_ns;
    connection.peer = std::string(accept.data());
    if (connection.before_freeze) {
      by_number[{server, accept->argument}] = view.connections.size();
      ++view.accepted;
    }
    view.connections.push_back(std::move(connection));
  }
  for (std::size_t server = 0; server < trace.servers.size(); ++server) {
    for (const RecorderTrace& recorder : trace.servers[server].recorders) {
      for (const Event& event : recorder.events) {
        const auto found = by_number.find({server, event.actor});
        if (event.actor == kListenerActor || found == by_number.end()) continue;
        Sort(view.connections[found->second], {&event, &recorder}, view.freeze_ns);
      }
    }
  }
  for (ConnectionFacts& connection : view.connections) {
    std::copy_if(connection.events.begin(), connection.events.end(),
                 std::back_inserter(connection.stream),
                 [](const EventRef& ref) { return ref->socket == kMainSocket; });
  }
}

// Each server has a stamp of its own; what counts is what had ended by the first of them.
std::int64_t FreezeOf(const TrialTrace& trace) {
  std::int64_t first = trace.servers.front().freeze_ns;
  for (const AgentTrace& server : trace.servers) first = std::min(first, server.freeze_ns);
  return first;
}

// Addresses that the handlers of our own servers connected from: no strangers to each other.
void AddHandlerAddresses(const TrialView& view, std::set<std::string_view>& addresses) {
  for (const ConnectionFacts& connection : view.connections) {
    for (const EventRef& ref : connection.events) {
      if (ref->op == Op::kGetSockName && !ref.data().empty()) addresses.insert(ref.data());
    }
  }
}

// Connects that were made from one address to one server (nothing: to an address of the script's
// own, which may be any server's), and the next that a connection belongs to.
struct Connects {
  struct One {
    std::int64_t begin_ns = 0;
    std::size_t client = 0;
    std::size_t attempt = 0;
  };
  std::vector<One> list;
  std::size_t used = 0;
};
// The same local port may be connected to several servers at once (ip(7), tcp(7): a connection is
// named by both ends).
using ConnectsByAddress =
    std::map<std::pair<std::optional<std::size_t>, std::string_view>, Connects>;

ConnectsByAddress FindConnects(const TrialView& view) {
  ConnectsByAddress connects;
  for (std::size_t client = 0; client < view.clients.size(); ++client) {
    const std::vector<Attempt>& attempts = view.clients[client].attempts;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      if (attempts[i].local.empty() || attempts[i].error != ErrorCode::kNone) continue;
      connects[{attempts[i].server, attempts[i].local}].list.push_back(
          {attempts[i].begin_ns, client, i});
    }
  }
  for (auto& [key, made] : connects) {
    std::stable_sort(
        made.list.begin(), made.list.end(),
        [](const Connects::One& a, const Connects::One& b) { return a.begin_ns < b.begin_ns; });
  }
  return connects;
}

// The n-th connection that came to a server from an address belongs to the n-th connect that was
// made from it to that server.
void Join(TrialView& view) {
  ConnectsByAddress connects = FindConnects(view);
  std::set<std::string_view> addresses;  // of all that our clients had at the freeze
  for (const ClientFacts& client : view.clients) {
    if (client.state && !client.state->data().empty()) addresses.insert(client.state->data());
  }
  AddHandlerAddresses(view, addresses);
  for (std::size_t i = 0; i < view.connections.size(); ++i) {
    ConnectionFacts& connection = view.connections[i];
    connection.ours = addresses.contains(connection.peer);
    for (const std::optional<std::size_t>& server :
         {std::optional(connection.server), std::optional<std::size_t>()}) {
      const auto found = connects.find({server, connection.peer});
      if (found == connects.end() || found->second.used >= found->second.list.size()) continue;
      const Connects::One& one = found->second.list[found->second.used++];
      connection.client = one.client;
      connection.attempt = one.attempt;
      view.clients[one.client].attempts[one.attempt].connection = i;
      break;
    }
  }
}

}  // namespace

const Attempt* ClientFacts::last_attempt() const {
  if (attempts.empty()) return nullptr;
  const auto last = std::find_if(attempts.rbegin(), attempts.rend(), [&](const Attempt& a) {
    return a.socket == attempts.front().socket;
  });
  return &*last;
}

Status CheckServers(const Case& a_case, const TrialTrace& trace) {
  if (a_case.servers.size() == trace.servers.size()) return {};
  return HarnessFault("the trace is of another number of servers than the case has");
}

TrialView BuildTrialView(const Case& a_case, const TrialTrace& trace) {
  TrialView view;
  view.go_ns = trace.go_ns;
  view.freeze_ns = FreezeOf(trace);
  view.foreign_server = trace.servers.front().name.empty();
  view.servers.resize(trace.servers.size());
  view.drained_ns = view.freeze_ns;
  const std::vector<ScheduledClient> schedule = Schedule(a_case);
  view.clients.resize(schedule.size());
  for (const AgentTrace& fleet : trace.fleets) SortFleetEvents(view, fleet);
  for (std::size_t i = 0; i < view.clients.size(); ++i) {
    ClientFacts& client = view.clients[i];
    const Script& script = a_case.clients[schedule[i].group].script;
    FindAttempts(client, a_case, script);
    ApplyState(client, a_case, script, view.freeze_ns);
  }
  SortServerEvents(view, trace);
  Join(view);
  return view;
}

}  // namespace tcplab
