#include "core/trial/trial.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/base/check.h"
#include "core/base/clock.h"

namespace tcplab {
namespace {

// From "go" being sent to the clients' schedule: both agents have it by then, and their threads
// stand ready.
constexpr std::int64_t kLeadNs = 3 * kNsPerMs;

// A read of standard input: what a pipe holds on Linux. All of it together: as much as a script may
// send otherwise.
constexpr std::size_t kMostPieceBytes = std::size_t{64} << 10U;
constexpr std::size_t kMostInputBytes = std::size_t{256} << 20U;

const char* StateName(int state) {
  constexpr std::array<const char*, 9> kNames = {"being started",
                                                 "running",
                                                 "freezing the server",
                                                 "freezing the clients",
                                                 "draining the queue",
                                                 "taking the clients' trace",
                                                 "ending the clients",
                                                 "taking the server's trace",
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
  counters_before_ = ReadKernelCounters();
  Enter(State::kStarting);
  StartAgents();
}

void Trial::Enter(State state) {
  state_ = state;
  if (state != State::kRunning) timer_.Set(MonotonicNs() + MsToNs(setup_.patience_ms));
}

void Trial::StartAgents() {
  const auto start = [this](const char* who, void (Trial::*on_frame)(const Frame&)) {
    AgentProcess::Callbacks callbacks;
    callbacks.on_frame = [this, on_frame](const Frame& frame) { (this->*on_frame)(frame); };
    callbacks.on_gone = [this, who](const std::string& why) { OnGone(who, why); };
    return AgentProcess::Start(loop_, setup_.agent_command, std::move(callbacks));
  };
  if (setup_.foreign) {
    target_ = *setup_.foreign;
  } else {
    Result<std::unique_ptr<AgentProcess>> server = start("server", &Trial::OnServerFrame);
    if (!server) return Fail("agent_not_started", server.error().message);
    server_ = std::move(*server);
    server_->Send(FrameKind::kPlan, ToPayload(setup_.plans->server, setup_.ticks));
  }
  Result<std::unique_ptr<AgentProcess>> fleet = start("fleet", &Trial::OnFleetFrame);
  if (!fleet) return Fail("agent_not_started", fleet.error().message);
  fleet_ = std::move(*fleet);
  fleet_->Send(FrameKind::kPlan, ToPayload(setup_.plans->fleet, setup_.ticks));
}

// What either agent may say at any time. Returns whether the frame was one of these.
bool Trial::OnCommonFrame(const char* who, const Frame& frame) {
  if (frame.kind == FrameKind::kFault) {
    const AgentFault fault = FaultFromPayload(frame.payload);
    Fail(fault.code, std::string(who) + " agent: " + fault.message);
    return true;
  }
  if (frame.kind != FrameKind::kSignal) return false;
  AgentProcess* other = who == std::string_view("server") ? fleet_.get() : server_.get();
  if (other != nullptr) other->Send(FrameKind::kSignal, frame.payload);
  return true;
}

void Trial::OnServerFrame(const Frame& frame) {
  if (state_ == State::kOver || OnCommonFrame("server", frame)) return;
  if (frame.kind == FrameKind::kReady && state_ == State::kStarting && !target_.valid()) {
    return OnServerReady(frame.payload);
  }
  if (frame.kind == FrameKind::kFrozen && state_ == State::kFreezingServer)
    return OnServerFrozen(frame.payload);
  if (frame.kind == FrameKind::kDrained && state_ == State::kDraining) {
    Enter(State::kTakingFleet);
    return fleet_->Send(FrameKind::kTake);
  }
  if (frame.kind == FrameKind::kTrace && state_ == State::kTakingServer)
    return OnServerTrace(frame.payload);
  Fail("protocol", "the server agent sent a frame out of turn");
}

void Trial::OnFleetFrame(const Frame& frame) {
  if (state_ == State::kOver || OnCommonFrame("fleet", frame)) return;
  if (frame.kind == FrameKind::kReady && state_ == State::kStarting && !fleet_ready_) {
    fleet_ready_ = true;
    if (target_.valid()) Go();
    return;
  }
  if (frame.kind == FrameKind::kDone) {
    // Also while the freeze is under way: the scripts may end at the same time as the window.
    if (state_ == State::kRunning) FreezeServer();
    return;
  }
  if (frame.kind == FrameKind::kInputWanted && setup_.input != nullptr) return ReadInput();
  if (frame.kind == FrameKind::kFrozen && state_ == State::kFreezingFleet) {
    if (server_ == nullptr) {
      Enter(State::kTakingFleet);
      return fleet_->Send(FrameKind::kTake);
    }
    Enter(State::kDraining);
    return server_->Send(FrameKind::kDrain);
  }
  if (frame.kind == FrameKind::kTrace && state_ == State::kTakingFleet)
    return OnFleetTrace(frame.payload);
  Fail("protocol", "the fleet agent sent a frame out of turn");
}

// Read only when a client is to send it, and not once the window is over: the rest stays where it
// is.
void Trial::ReadInput() {
  if (state_ != State::kRunning) return;
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

void Trial::OnServerReady(const std::string& payload) {
  const Result<GoMessage> ready = GoFromPayload(payload);
  if (!ready || ready->targets.empty() || !ready->targets.front().address.valid())
    return Fail("protocol", "the server agent named no address");
  target_ = ready->targets.front().address;
  target_name_ = ready->targets.front().server;
  if (target_.is_wildcard()) {
    // Clients of a server that listens everywhere come over the loopback.
    Result<Address> loopback =
        Address::Parse(target_.is_ipv6() ? "::1" : "127.0.0.1", target_.port());
    TCPLAB_CHECK(loopback.has_value());
    target_ = *loopback;
  }
  if (fleet_ready_) Go();
}

void Trial::Go() {
  trace_.go_ns = MonotonicNs() + kLeadNs;
  const std::string go = ToPayload(GoMessage{trace_.go_ns, {{target_name_, target_}}});
  if (server_ != nullptr) server_->Send(FrameKind::kGo, go);
  fleet_->Send(FrameKind::kGo, go);
  Enter(State::kRunning);
  timer_.Set(trace_.go_ns + MsToNs(setup_.window_ms));
}

// A foreign server freezes nothing: then the stamp that counts is ours.
void Trial::FreezeServer() {
  if (server_ != nullptr) {
    Enter(State::kFreezingServer);
    return server_->Send(FrameKind::kFreeze);
  }
  Enter(State::kFreezingFleet);
  fleet_->Send(FrameKind::kFreeze, ToPayload(GoMessage{MonotonicNs(), {}}));
}

// What the server saw is not known: its trace has no name and nothing in it.
void Trial::EndWithoutServer() {
  trace_.server = AgentTrace{"", "monotonic", trace_.fleets.front().freeze_ns, {}};
  if (Status whole = Verify(trace_); !whole) return Fail("lost_events", whole.error().message);
  record_.trace = std::move(trace_);
  Finish();
}

void Trial::OnServerFrozen(const std::string& payload) {
  const Result<GoMessage> frozen = GoFromPayload(payload);
  if (!frozen) return Fail("protocol", frozen.error().message);
  Enter(State::kFreezingFleet);
  fleet_->Send(FrameKind::kFreeze, payload);  // with the server's stamp, which cuts both traces
}

void Trial::OnFleetTrace(const std::string& payload) {
  Result<AgentTrace> trace = DecodeAgentTrace(payload);
  if (!trace) return Fail("trace_broken", "the fleet agent's trace: " + trace.error().message);
  trace_.fleets.push_back(std::move(*trace));
  // The clients' sockets are gone only once their process is: what the server sees of that comes
  // after the freeze.
  Enter(State::kEndingFleet);
}

void Trial::OnServerTrace(const std::string& payload) {
  Result<AgentTrace> trace = DecodeAgentTrace(payload);
  if (!trace) return Fail("trace_broken", "the server agent's trace: " + trace.error().message);
  trace_.server = std::move(*trace);
  if (Status whole = Verify(trace_); !whole) return Fail("lost_events", whole.error().message);
  record_.trace = std::move(trace_);
  Finish();
}

void Trial::OnGone(const char* who, const std::string& why) {
  if (state_ == State::kOver) return;
  if (state_ == State::kEndingFleet && who == std::string_view("fleet")) {
    if (server_ == nullptr) return EndWithoutServer();
    Enter(State::kTakingServer);
    return server_->Send(FrameKind::kTake);
  }
  Fail("agent_died", std::string("the ") + who + " agent " + why + " while the trial was " +
                         StateName(static_cast<int>(state_)));
}

void Trial::OnTimer() {
  if (state_ == State::kOver) return;
  if (state_ == State::kRunning) return FreezeServer();
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
  record_.counters = Moved(counters_before_, ReadKernelCounters());
  on_over_();
}

void Trial::Abandon() {
  state_ = State::kOver;
  timer_.Clear();
  if (setup_.input != nullptr) setup_.input->Forget();
}

std::vector<std::unique_ptr<AgentProcess>> Trial::TakeAgents() {
  std::vector<std::unique_ptr<AgentProcess>> agents;
  for (std::unique_ptr<AgentProcess>* agent : {&server_, &fleet_}) {
    if (*agent == nullptr) continue;
    (*agent)->Abandon();
    agents.push_back(std::move(*agent));
  }
  return agents;
}

}  // namespace tcplab
