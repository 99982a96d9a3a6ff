#include "core/agent/server_agent.h"

#include <memory>
#include <utility>

#include "core/agent/blocking_server.h"
#include "core/agent/libuv_server.h"
#include "core/agent/loop_server.h"
#include "core/agent/process_server.h"
#include "core/agent/server_model.h"
#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/scenario/loader.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

std::unique_ptr<ServerModel> MakeServerModel(ServerContext& context) {
  const AcceptSpec& accept = context.spec.accept;
  if (accept.model == AcceptModel::kProcessPerConnection || accept.worker == WorkerKind::kProcess) {
    // A worker process itself is told of none.
    return std::make_unique<ProcessServer>(context);
  }
  switch (context.spec.io) {
    case Io::kBlocking:
      return std::make_unique<BlockingServer>(context);
    case Io::kPoll:
      return std::make_unique<LoopServer>(context);
    case Io::kLibuv:
      return std::make_unique<LibuvServer>(context);
  }
  TCPLAB_CHECK(false);
  return nullptr;
}

namespace {

class ServerAgent {
 public:
  ServerAgent(FramePipe& pipe, ServerSpec spec, const ServerPlan& plan)
      : pipe_(pipe),
        signals_([this](const std::string& name) { pipe_.Write(FrameKind::kSignal, name); }),
        recorder_(plan.listener),
        context_(std::move(spec), plan, recorder_, signals_),
        model_(MakeServerModel(context_)) {
    context_.on_fault = [this](const AgentFault& fault) { pipe_.Fail(fault); };
  }

  [[noreturn]] void Run() {
    const Result<Address> address = model_->Open();
    if (!address) pipe_.Fail({"listen_failed", address.error().message});
    pipe_.Write(FrameKind::kReady, ToPayload(GoMessage{0, {{context_.spec.name, *address}}}));
    for (;;) Handle(pipe_.Read());
  }

 private:
  void Handle(const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::kGo:
        return Go(frame.payload);
      case FrameKind::kSignal:
        return signals_.Receive(frame.payload);
      case FrameKind::kFreeze:
        return Freeze(frame.payload);
      case FrameKind::kClock:
        return pipe_.TellClock();
      case FrameKind::kDrain:
        model_->Drain();
        return pipe_.Write(FrameKind::kDrained);
      case FrameKind::kTake:
        Take();
      case FrameKind::kPlan:
      case FrameKind::kReady:
      case FrameKind::kDone:
      case FrameKind::kFrozen:
      case FrameKind::kDrained:
      case FrameKind::kTrace:
      case FrameKind::kInputWanted:
      case FrameKind::kInput:
      case FrameKind::kFault:
        pipe_.Fail({"protocol", "a server agent was sent a frame that is not for it"});
    }
  }

  void Go(const std::string& payload) {
    const Result<GoMessage> go = GoFromPayload(payload);
    if (!go) pipe_.Fail({"protocol", go.error().message});
    context_.Go(Targets(go->targets));
    if (Status begun = model_->Go(go->go_ns); !begun)
      pipe_.Fail({"server_failed", begun.error().message});
  }

  // With a payload when it says: then it was sent early, over a way that takes its time.
  void Freeze(const std::string& payload) {
    if (!payload.empty()) {
      const Result<GoMessage> due = GoFromPayload(payload);
      if (!due) pipe_.Fail({"protocol", due.error().message});
      SysSleepUntil(due->go_ns);
    }
    freeze_ns_ = MonotonicNs();
    context_.frozen.store(true);
    recorder_.Add(Op::kFreeze, {}, 0, freeze_ns_, freeze_ns_, 0);
    model_->Freeze();
    pipe_.Write(FrameKind::kFrozen, ToPayload(GoMessage{freeze_ns_, {}}));
  }

  [[noreturn]] void Take() {
    model_->Finish();
    AgentTrace trace{context_.spec.name, "monotonic", freeze_ns_, model_->Take()};
    trace.recorders.insert(trace.recorders.begin(), recorder_.Take());
    pipe_.Write(FrameKind::kTrace, Encode(trace));
    SysExitNow(0);
  }

  FramePipe& pipe_;
  SignalBoard signals_;
  Recorder recorder_;
  ServerContext context_;
  std::unique_ptr<ServerModel> model_;
  std::int64_t freeze_ns_ = 0;
};

}  // namespace

void RunServerAgent(FramePipe& pipe, const ServerPlan& plan) {
  Result<ServerSpec> spec = LowerServer(plan.server);
  if (!spec) pipe.Fail({"plan_rejected", spec.error().message});
  // Never destroyed: the process ends with threads of its own still in their calls.
  auto* const agent = new ServerAgent(pipe, std::move(*spec), plan);
  agent->Run();
}

}  // namespace tcplab
