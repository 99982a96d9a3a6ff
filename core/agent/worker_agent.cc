#include "core/agent/worker_agent.h"

#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/agent/agent_process.h"
#include "core/agent/connection_threads.h"
#include "core/agent/server_agent.h"
#include "core/agent/server_model.h"
#include "core/agent/socket_pipe.h"
#include "core/base/clock.h"
#include "core/scenario/loader.h"
#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

class WorkerAgent {
 public:
  WorkerAgent(FramePipe& pipe, ServerSpec spec, const ServerPlan& plan)
      : pipe_(pipe),
        signals_([this](const std::string& name) { pipe_.Write(FrameKind::kSignal, name); }),
        recorder_(plan.listener),
        context_(std::move(spec), plan, recorder_, signals_),
        handlers_(context_, live_),
        sockets_([this](const Result<NativeSocket>& socket) { OnSocket(socket); }) {
    context_.next_number = FirstNumberOf(plan.worker);
    if (ServesOne()) {
      context_.expected_connections = 1;
      handlers_.Prepare();
    }
    context_.on_fault = [this](const AgentFault& fault) { pipe_.Fail(fault); };
  }

  [[noreturn]] void Run() {
    if (Status started = sockets_.Start(kSocketPipe); !started) {
      pipe_.Fail({"worker_failed", started.error().message});
    }
    pipe_.Write(FrameKind::kReady);
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
        context_.frozen.store(true);
        live_.RecordStates(recorder_);
        if (model_ != nullptr) model_->Freeze();
        return pipe_.Write(FrameKind::kFrozen);
      case FrameKind::kTake:
        Take();
      default:
        pipe_.Fail({"protocol", "a worker was sent a frame that is not for it"});
    }
  }

  bool ServesOne() const {
    return context_.spec.accept.model == AcceptModel::kProcessPerConnection;
  }

  // On the thread of the pipe. Both kinds wait for "go", which comes another way and names the
  // servers that a script may connect to.
  void OnSocket(const Result<NativeSocket>& socket) {
    if (!socket) pipe_.Fail({"worker_failed", socket.error().message});
    if (!ServesOne()) {
      context_.passed_listener = *socket;
      passed_.count_down();
      return pipe_.Write(FrameKind::kReady);
    }
    if (!SysSentSocketsAreSafe()) pipe_.Write(FrameKind::kReady);  // it may be closed there now
    context_.AwaitGo();
    // The pipe made it non-blocking.
    SysSetBlocking(*socket, Blocking::kYes);
    handlers_.Start(handlers_.Next(), *socket);
  }

  void Go(const std::string& payload) {
    const Result<GoMessage> go = GoFromPayload(payload);
    if (!go) pipe_.Fail({"protocol", go.error().message});
    context_.Go(Targets(go->targets));
    if (ServesOne()) return;
    passed_.wait();  // long since: "go" comes after all have said so
    model_ = MakeServerModel(context_);
    const Result<Address> opened = model_->Open();
    if (!opened) pipe_.Fail({"worker_failed", opened.error().message});
    if (Status begun = model_->Go(go->go_ns); !begun) {
      pipe_.Fail({"worker_failed", begun.error().message});
    }
  }

  [[noreturn]] void Take() {
    AgentTrace trace{"worker", "monotonic", 0, {}};
    trace.recorders.push_back(recorder_.Take());
    for (RecorderTrace& taken : handlers_.Take()) trace.recorders.push_back(std::move(taken));
    if (model_ != nullptr) {
      model_->Finish();
      for (RecorderTrace& taken : model_->Take()) trace.recorders.push_back(std::move(taken));
    }
    pipe_.Write(FrameKind::kTrace, Encode(trace));
    SysExitNow(0);
  }

  FramePipe& pipe_;
  SignalBoard signals_;
  Recorder recorder_;
  ServerContext context_;
  LiveConnections live_;
  std::latch passed_{1};                // opened when the listener is here
  ConnectionThreads handlers_;          // of a connection that was passed
  std::unique_ptr<ServerModel> model_;  // on a listener that was passed
  SocketPipe sockets_;
};

}  // namespace

void RunWorkerAgent(FramePipe& pipe, const ServerPlan& plan) {
  Result<ServerSpec> spec = LowerServer(plan.server);
  if (!spec) pipe.Fail({"plan_rejected", spec.error().message});
  // Never destroyed: the process ends with threads of its own still in their calls.
  auto* const agent = new WorkerAgent(pipe, std::move(*spec), plan);
  agent->Run();
}

}  // namespace tcplab
