#include "core/trial/serve.h"

#include <csignal>
#include <memory>
#include <utility>

#include "core/agent/agent_process.h"
#include "core/agent/plan.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/signal_watcher.h"
#include "core/net/syscalls.h"
#include "core/trace/trial_trace.h"
#include "core/trial/plan_builder.h"

namespace tcplab {
namespace {

Served Summary(const AgentTrace& trace) {
  Served served;
  for (const RecorderTrace& recorder : trace.recorders) {
    served.complete = served.complete && recorder.dropped == 0;
    for (const Event& event : recorder.events) {
      const bool counts = event.finished() && event.end_ns <= trace.freeze_ns && !event.failed();
      if (!counts) continue;
      const bool accepted = event.op == Op::kAccept && event.actor == kListenerActor;
      served.connections += accepted ? 1 : 0;
      if (event.op == Op::kRecv) served.received += static_cast<std::uint64_t>(event.result);
      if (event.op == Op::kSend) served.sent += static_cast<std::uint64_t>(event.result);
    }
  }
  return served;
}

// One server agent, from its plan to its trace.
class Serving {
 public:
  Serving(const Case& a_case, const ServeOptions& options)
      : options_(options),
        plan_(BuildPlans(a_case).servers.at(options.server)),
        on_interrupt_(loop_, SIGINT, [this](int) { End(); }),
        on_terminate_(loop_, SIGTERM, [this](int) { End(); }),
        timer_(loop_, [this] { OnTimer(); }) {
    if (options.port) plan_.server["listen"]["port"] = *options.port;
  }

  Result<Served> Play() {
    AgentProcess::Callbacks callbacks;
    callbacks.on_frame = [this](const Frame& frame) { OnFrame(frame); };
    callbacks.on_gone = [this](const std::string& why) { Fail("the server agent " + why); };
    Result<std::unique_ptr<AgentProcess>> agent =
        AgentProcess::Start(loop_, options_.agent_command, std::move(callbacks));
    if (!agent) return Forward(agent);
    agent_ = std::move(*agent);
    agent_->Send(FrameKind::kPlan, ToPayload(plan_));
    loop_.Run();
    agent_->Abandon();
    if (!agent_->ended()) {
      agent_->OnEnded([this] { loop_.Stop(); });
      loop_.Run();
    }
    return std::move(result_);
  }

 private:
  void OnFrame(const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::kReady:
        return OnReady(frame.payload);
      case FrameKind::kSignal:
        return;  // there is no other agent that could wait for it
      case FrameKind::kFrozen:
        return agent_->Send(FrameKind::kDrain);
      case FrameKind::kDrained:
        return agent_->Send(FrameKind::kTake);
      case FrameKind::kTrace:
        return OnTrace(frame.payload);
      case FrameKind::kFault:
        return Fail("the server agent: " + FaultFromPayload(frame.payload).message);
      default:
        return Fail("the server agent sent a frame that is not for its controller");
    }
  }

  void OnReady(const std::string& payload) {
    const Result<GoMessage> ready = GoFromPayload(payload);
    if (!ready || ready->targets.empty()) return Fail("the server agent named no address");
    agent_->Send(FrameKind::kGo, ToPayload(GoMessage{MonotonicNs(), ready->targets}));
    listening_ = true;
    if (options_.ms) timer_.Set(MonotonicNs() + MsToNs(*options_.ms));
    options_.on_ready(ready->targets.front().address);
  }

  // Asked twice, it does not wait for the agent.
  void End() {
    if (!listening_ || ending_) return Fail("it was ended before it was through");
    ending_ = true;
    agent_->Send(FrameKind::kFreeze);
    constexpr std::int64_t kPatienceNs = 10'000 * kNsPerMs;
    timer_.Set(MonotonicNs() + kPatienceNs);
  }

  void OnTimer() {
    if (ending_) return Fail("the server agent did not answer");
    End();
  }

  void OnTrace(const std::string& payload) {
    const Result<AgentTrace> trace = DecodeAgentTrace(payload);
    if (!trace) return Fail("the server agent's trace: " + trace.error().message);
    result_ = Summary(*trace);
    Stop();
  }

  void Fail(const std::string& message) {
    if (over_) return;  // that the agent ended is known to the loop in the same round as its trace
    result_ = HarnessFault(message);
    Stop();
  }

  void Stop() {
    over_ = true;
    loop_.Stop();
  }

  const ServeOptions& options_;
  ServerPlan plan_;
  Result<Served> result_;
  bool listening_ = false;
  bool ending_ = false;
  bool over_ = false;
  Loop loop_;
  SignalWatcher on_interrupt_;
  SignalWatcher on_terminate_;
  DeadlineTimer timer_;
  std::unique_ptr<AgentProcess> agent_;
};

}  // namespace

Result<Served> Serve(const Case& a_case, const ServeOptions& options) {
  SysIgnoreSigpipe();  // an agent that died is told by its exit, not by a signal to us
  SysRaiseDescriptorLimit();
  return Serving(a_case, options).Play();
}

}  // namespace tcplab
