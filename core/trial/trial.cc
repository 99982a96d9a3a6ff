#include "core/trial/trial.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/check.h"
#include "core/base/clock.h"

namespace tcplab {
namespace {

// From "go" being sent to the clients' schedule: both agents have it by then, and their threads
// stand ready.
constexpr std::int64_t kLeadNs = 3 * kNsPerMs;

// Machines on which agents are that are not on ours; agents of one share its clock.
constexpr int kServersPlace = 0;
constexpr int kClientsPlace = 1;

// What no clock says: sums of two of these cannot overflow.
constexpr std::int64_t kLatestNs = std::int64_t{1} << 61U;

// A read of standard input: what a pipe holds on Linux. All of it together: as much as a script may
// send otherwise.
constexpr std::size_t kMostPieceBytes = std::size_t{64} << 10U;
constexpr std::size_t kMostInputBytes = std::size_t{256} << 20U;

const char* StateName(int state) {
  constexpr std::array<const char*, 11> kNames = {"being started",
                                                  "reading the agents' clocks",
                                                  "running",
                                                  "freezing the servers",
                                                  "freezing the clients",
                                                  "draining the queue",
                                                  "reading the agents' clocks again",
                                                  "taking the clients' trace",
                                                  "ending the clients",
                                                  "taking the servers' traces",
                                                  "over"};
  return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace

Trial::Trial(Loop& loop, Setup setup, std::function<void()> on_over)
    : loop_(loop),
      setup_(std::move(setup)),
      on_over_(std::move(on_over)),
      record_(std::move(setup_.record)),
      timer_(loop, [this] { OnTimer(); }) {}

void Trial::Start() {
  const bool elsewhere = setup_.servers_elsewhere || setup_.clients_elsewhere;
  if (!elsewhere) counters_before_ = ReadKernelCounters();  // ours say nothing of another machine's
  Enter(State::kStarting);
  StartAgents();
}

void Trial::Enter(State state) {
  state_ = state;
  for (Server& server : servers_) server.answered = false;
  if (state != State::kRunning) timer_.Set(MonotonicNs() + MsToNs(setup_.patience_ms));
}

void Trial::StartAgents() {
  if (!setup_.foreign) servers_.resize(setup_.plans->servers.size());  // and never again
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (Status started = StartServer(i); !started) {
      return Fail("agent_not_started", started.error().message);
    }
  }
  if (Status started = StartFleet(); !started) {
    return Fail("agent_not_started", started.error().message);
  }
}

Status Trial::StartServer(std::size_t index) {
  Server& server = servers_[index];
  const ServerPlan& plan = setup_.plans->servers[index];
  server.title = "the server agent";
  if (servers_.size() > 1) {
    server.title = "the agent of the server \"" + plan.server.value("name", "server") + "\"";
  }
  AgentProcess::Callbacks callbacks;
  callbacks.on_frame = [this, &server](const Frame& frame) { OnServerFrame(server, frame); };
  callbacks.on_gone = [this, &server](const std::string& why) {
    const bool through = state_ == State::kTakingServers && server.answered;
    if (!through) OnGone(server.title, why);
  };
  auto started = AgentProcess::Start(loop_, setup_.server_agent, std::move(callbacks));
  if (!started) return Forward(started);
  server.process = std::move(*started);
  const MachineTerms elsewhere{std::nullopt, setup_.terms.first_processor};  // and its own clock
  if (setup_.servers_elsewhere) clocks_.Add(server.process.get(), kServersPlace);
  server.process->Send(FrameKind::kPlan,
                       ToPayload(plan, setup_.servers_elsewhere ? elsewhere : setup_.terms));
  return {};
}

Status Trial::StartFleet() {
  AgentProcess::Callbacks callbacks;
  callbacks.on_frame = [this](const Frame& frame) { OnFleetFrame(frame); };
  callbacks.on_gone = [this](const std::string& why) { OnFleetGone(why); };
  auto started = AgentProcess::Start(loop_, setup_.agent_command, std::move(callbacks));
  if (!started) return Forward(started);
  fleet_ = std::move(*started);
  const MachineTerms elsewhere{std::nullopt, setup_.terms.first_processor};
  if (setup_.clients_elsewhere) {
    clocks_.Add(fleet_.get(), setup_.share_one_clock ? kServersPlace : kClientsPlace);
  }
  fleet_->Send(FrameKind::kPlan,
               ToPayload(setup_.plans->fleet, setup_.clients_elsewhere ? elsewhere : setup_.terms));
  return {};
}

// What any agent may say at any time. Returns whether the frame was one of these.
bool Trial::OnCommonFrame(const AgentProcess* from, const std::string& title, const Frame& frame) {
  if (frame.kind == FrameKind::kFault) {
    const AgentFault fault = FaultFromPayload(frame.payload);
    Fail(fault.code, title + ": " + fault.message);
    return true;
  }
  if (frame.kind == FrameKind::kClock) {
    timer_.Set(MonotonicNs() + MsToNs(setup_.patience_ms));  // for each answer anew
    if (!clocks_.TakeAnswer(from, frame.payload)) {
      Fail("protocol", title + " told its clock out of turn, or no time");
    }
    return true;
  }
  if (frame.kind != FrameKind::kSignal) return false;
  for (Server& server : servers_) {
    if (server.process.get() != from) server.process->Send(FrameKind::kSignal, frame.payload);
  }
  if (fleet_ != nullptr && fleet_.get() != from) fleet_->Send(FrameKind::kSignal, frame.payload);
  return true;
}

void Trial::OnServerFrame(Server& server, const Frame& frame) {
  if (state_ == State::kOver || OnCommonFrame(server.process.get(), server.title, frame)) return;
  struct Answer {
    State state;
    FrameKind kind;
  };
  constexpr std::array<Answer, 4> kAnswers = {{{State::kStarting, FrameKind::kReady},
                                               {State::kFreezingServers, FrameKind::kFrozen},
                                               {State::kDraining, FrameKind::kDrained},
                                               {State::kTakingServers, FrameKind::kTrace}}};
  const bool in_turn = std::any_of(kAnswers.begin(), kAnswers.end(), [&](const Answer& answer) {
    return answer.state == state_ && answer.kind == frame.kind;
  });
  if (!in_turn || server.answered)
    return Fail("protocol", server.title + " sent a frame out of turn");
  server.answered = true;
  OnAnswer(server, frame);
}

// The trial goes on when all servers have answered.
void Trial::OnAnswer(Server& server, const Frame& frame) {
  switch (state_) {
    case State::kStarting:
      if (Status known = LearnAddress(server, frame.payload); !known) {
        return Fail("protocol", known.error().message);
      }
      return OnReady();
    case State::kFreezingServers:
      if (Status known = LearnFreeze(server, frame.payload); !known) {
        return Fail("protocol", known.error().message);
      }
      if (AllAnswered()) FreezeFleet();
      return;
    case State::kDraining:
      if (AllAnswered()) TakeFleet();
      return;
    default:
      if (Status added = AddServerTrace(server, frame.payload); !added) {
        return Fail("trace_broken", added.error().message);
      }
      if (AllAnswered()) OnServersTaken();
  }
}

void Trial::OnFleetFrame(const Frame& frame) {
  if (state_ == State::kOver || OnCommonFrame(fleet_.get(), "the fleet agent", frame)) return;
  if (frame.kind == FrameKind::kReady && state_ == State::kStarting && !fleet_ready_) {
    fleet_ready_ = true;
    return OnReady();
  }
  if (frame.kind == FrameKind::kDone) {
    // Also while the freeze is under way: the scripts may end at the same time as the window.
    if (state_ == State::kRunning) FreezeServers();
    return;
  }
  const bool has_input = setup_.input != nullptr || setup_.given_input;
  if (frame.kind == FrameKind::kInputWanted && has_input) return ReadInput();
  if (frame.kind == FrameKind::kFrozen && state_ == State::kFreezingFleet) {
    if (servers_.empty()) return TakeFleet();
    Enter(State::kDraining);
    return ToServers(FrameKind::kDrain);
  }
  if (frame.kind == FrameKind::kTrace && state_ == State::kTakingFleet)
    return OnFleetTrace(frame.payload);
  Fail("protocol", "the fleet agent sent a frame out of turn");
}

bool Trial::AllAnswered() const {
  return std::all_of(servers_.begin(), servers_.end(),
                     [](const Server& server) { return server.answered; });
}

void Trial::ToServers(FrameKind kind, const std::string& payload) {
  for (Server& server : servers_) server.process->Send(kind, payload);
}

// Read only when a client is to send it, and not once the window is over: the rest stays where it
// is.
void Trial::ReadInput() {
  if (state_ != State::kRunning) return;
  if (setup_.given_input) {
    const std::string& given = *setup_.given_input;
    return OnInput(given.substr(std::min(input_bytes_, given.size()), kMostPieceBytes));
  }
  setup_.input->Ask(kMostPieceBytes, [this](const Result<std::string>& piece) { OnInput(piece); });
}

void Trial::OnInput(const Result<std::string>& piece) {
  if (state_ != State::kRunning) return;
  if (!piece) return Fail("input", piece.error().message);
  input_bytes_ += piece->size();
  if (input_bytes_ > kMostInputBytes) {
    return Fail("input",
                "standard input holds more than 256 MiB, which is as much as one trial sends");
  }
  fleet_->Send(FrameKind::kInput, *piece);
}

Status Trial::LearnAddress(Server& server, const std::string& payload) {
  const Result<GoMessage> ready = GoFromPayload(payload);
  if (!ready || ready->targets.empty() || !ready->targets.front().address.valid()) {
    return HarnessFault(server.title + " named no address");
  }
  server.target = ready->targets.front();
  if (!server.target.address.is_wildcard()) return {};
  if (setup_.server_address) {
    const std::uint16_t port = server.target.address.port();
    server.target.address = *setup_.server_address;
    server.target.address.set_port(port);
    return {};
  }
  // Clients of a server that listens everywhere come over the loopback.
  const Address& everywhere = server.target.address;
  Result<Address> loopback =
      Address::Parse(everywhere.is_ipv6() ? "::1" : "127.0.0.1", everywhere.port());
  TCPLAB_CHECK(loopback.has_value());
  server.target.address = *loopback;
  return {};
}

void Trial::OnReady() {
  if (!AllAnswered() || !fleet_ready_) return;
  if (clocks_.empty()) return Go();
  Enter(State::kReadingClocks);
  clocks_.Ask([this] { Go(); });
}

void Trial::Go() {
  trace_.go_ns = MonotonicNs() + kLeadNs + clocks_.slowest_ns() + setup_.phase_ns;
  GoMessage message{trace_.go_ns, {}};
  for (const Server& server : servers_) message.targets.push_back(server.target);
  if (setup_.foreign) {
    const nlohmann::json& ours = setup_.plans->servers.front().server;
    message.targets.push_back({ours.value("name", "server"), *setup_.foreign});
  }
  const auto send = [&](AgentProcess& agent) {
    message.go_ns = clocks_.There(&agent, trace_.go_ns);
    agent.Send(FrameKind::kGo, ToPayload(message));
  };
  for (const Server& server : servers_) send(*server.process);
  send(*fleet_);
  Enter(State::kRunning);
  // What has to be far away in time is sent so much earlier. Servers that are here freeze when
  // told.
  const std::int64_t way_ns = setup_.servers_elsewhere ? clocks_.slowest_ns() : 0;
  timer_.Set(trace_.go_ns + MsToNs(setup_.window_ms) - way_ns);
}

// At once, or when it is due, which only matters where it takes time to say so. A foreign server
// freezes nothing: then the stamp that counts is ours.
void Trial::FreezeServers(std::optional<std::int64_t> due_ns) {
  if (!servers_.empty()) {
    Enter(State::kFreezingServers);
    if (!due_ns || !setup_.servers_elsewhere) return ToServers(FrameKind::kFreeze);
    for (const Server& server : servers_) {
      const std::int64_t there_ns = clocks_.There(server.process.get(), *due_ns);
      server.process->Send(FrameKind::kFreeze, ToPayload(GoMessage{there_ns, {}}));
    }
    return;
  }
  freeze_ns_ = MonotonicNs();
  FreezeFleet();
}

// Each server notes a stamp of its own; the first of them cuts all traces.
Status Trial::LearnFreeze(const Server& server, const std::string& payload) {
  const Result<GoMessage> frozen = GoFromPayload(payload);
  if (!frozen) return Forward(frozen);
  if (frozen->go_ns < 0 || frozen->go_ns > kLatestNs) {
    return HarnessFault(server.title + " froze at no time that there is");
  }
  const std::int64_t freeze_ns = clocks_.Here(server.process.get(), frozen->go_ns);
  freeze_ns_ = freeze_ns_ == 0 ? freeze_ns : std::min(freeze_ns_, freeze_ns);
  return {};
}

void Trial::FreezeFleet() {
  Enter(State::kFreezingFleet);
  fleet_->Send(FrameKind::kFreeze,
               ToPayload(GoMessage{clocks_.There(fleet_.get(), freeze_ns_), {}}));
}

// The clients' sockets still live, so that nothing of what is measured waits for the clocks.
void Trial::TakeFleet() {
  const auto take = [this] {
    const bool all_elsewhere =
        setup_.clients_elsewhere && (setup_.servers_elsewhere || servers_.empty());
    if (!clocks_.empty()) record_.clock_bound_ns = clocks_.bound_ns(!all_elsewhere);
    Enter(State::kTakingFleet);
    fleet_->Send(FrameKind::kTake);
  };
  if (clocks_.empty()) return take();
  Enter(State::kReadingClocksAgain);
  clocks_.Ask(take);
}

Result<AgentTrace> Trial::OnOurClock(const AgentProcess* agent, const std::string& payload) const {
  Result<AgentTrace> trace = DecodeAgentTrace(payload);
  const std::int64_t by_ns = clocks_.Here(agent, 0);
  if (!trace || by_ns == 0) return trace;
  if (Status whole = Verify(*trace); !whole) return Forward(whole);
  if (!ShiftClock(*trace, by_ns)) return HarnessFault("a stamp in it is no time that there is");
  return trace;
}

// What the server saw is not known: its trace has no name and nothing in it.
void Trial::EndWithoutServer() {
  trace_.servers.push_back({"", "monotonic", trace_.fleets.front().freeze_ns, {}});
  OnServersTaken();
}

void Trial::OnFleetTrace(const std::string& payload) {
  Result<AgentTrace> trace = OnOurClock(fleet_.get(), payload);
  if (!trace) return Fail("trace_broken", "the fleet agent's trace: " + trace.error().message);
  trace_.fleets.push_back(std::move(*trace));
  // The clients' sockets are gone only once their process is: what the server sees of that comes
  // after the freeze.
  Enter(State::kEndingFleet);
}

Status Trial::AddServerTrace(const Server& server, const std::string& payload) {
  Result<AgentTrace> trace = OnOurClock(server.process.get(), payload);
  if (!trace) return HarnessFault(server.title + ": its trace: " + trace.error().message);
  trace_.servers.resize(servers_.size());
  trace_.servers[static_cast<std::size_t>(&server - servers_.data())] = std::move(*trace);
  return {};
}

void Trial::OnServersTaken() {
  if (Status whole = Verify(trace_); !whole) return Fail("lost_events", whole.error().message);
  record_.trace = std::move(trace_);
  Finish();
}

void Trial::OnFleetGone(const std::string& why) {
  if (state_ != State::kEndingFleet) return OnGone("the fleet agent", why);
  if (servers_.empty()) return EndWithoutServer();
  Enter(State::kTakingServers);
  ToServers(FrameKind::kTake);
}

void Trial::OnGone(const std::string& title, const std::string& why) {
  if (state_ == State::kOver) return;
  Fail("agent_died",
       title + " " + why + " while the trial was " + StateName(static_cast<int>(state_)));
}

void Trial::OnTimer() {
  if (state_ == State::kOver) return;
  if (state_ == State::kRunning) {
    return FreezeServers(trace_.go_ns + MsToNs(setup_.window_ms));
  }
  Fail("timeout", "no answer for " + std::to_string(static_cast<int>(setup_.patience_ms)) +
                      " ms while the trial was " + StateName(static_cast<int>(state_)));
}

void Trial::Fail(std::string code, std::string message) {
  if (state_ == State::kOver) return;
  record_.error = TrialError{std::move(code), std::move(message)};
  record_.trace.reset();
  Finish();
}

void Trial::Finish() {
  state_ = State::kOver;
  timer_.Clear();
  if (setup_.input != nullptr) setup_.input->Forget();
  if (!setup_.servers_elsewhere && !setup_.clients_elsewhere) {
    record_.counters = Moved(counters_before_, ReadKernelCounters());
  }
  on_over_();
}

void Trial::Abandon() {
  state_ = State::kOver;
  timer_.Clear();
  if (setup_.input != nullptr) setup_.input->Forget();
}

std::vector<std::unique_ptr<AgentProcess>> Trial::TakeAgents() {
  std::vector<std::unique_ptr<AgentProcess>> agents;
  for (Server& server : servers_) agents.push_back(std::move(server.process));
  agents.push_back(std::move(fleet_));
  std::erase(agents, nullptr);
  for (const std::unique_ptr<AgentProcess>& agent : agents) agent->Abandon();
  return agents;
}

}  // namespace tcplab
