#include "core/agent/worker_pool.h"

#include <array>
#include <chrono>
#include <utility>

#include "core/base/clock.h"
#include "core/net/placement.h"
#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kSpareWorkerEvents = 64;
// Beyond it, numbers of connections (FirstNumberOf) would come round again.
constexpr std::size_t kMostWorkerProcesses = 4000;

// Workers are made of the program that this agent is.
std::vector<std::string> OwnCommand() {
  std::array<char, 4096> path{};
  std::size_t size = path.size();
  if (uv_exepath(path.data(), &size) != 0) return {};
  return {std::string(path.data(), size), "agent"};
}

}  // namespace

struct WorkerPool::Worker {
  std::uint32_t number = 0;  // from 1 on
  bool ready = false;
  bool has_socket = false;
  bool has_answered = false;  // its trace is here
  std::unique_ptr<AgentProcess> process;
};

WorkerPool::WorkerPool(ServerContext& context, LoopThread& thread, std::function<void()> on_idle)
    : context_(context), thread_(thread), on_idle_(std::move(on_idle)), command_(OwnCommand()) {
  context_.signals.OnSignal([this](const std::string& name) { OnSignal(name); });
}

WorkerPool::~WorkerPool() = default;

Status WorkerPool::Start(std::size_t count, const nlohmann::json& server) {
  server_ = server;
  thread_.Run([&] {
    for (std::size_t i = 0; i < count; ++i) Spawn();
  });
  if (!AwaitCount(ready_, count)) return HarnessFault("the worker processes did not get ready");
  return {};
}

void WorkerPool::StartOne() { Spawn(); }

void WorkerPool::Spawn() {
  if (workers_.size() >= kMostWorkerProcesses) return Fail("too many worker processes");
  auto worker = std::make_unique<Worker>();
  Worker& raw = *worker;
  raw.number = static_cast<std::uint32_t>(workers_.size()) + 1;
  AgentProcess::Callbacks callbacks;
  callbacks.on_frame = [this, &raw](const Frame& frame) { OnFrame(raw, frame); };
  callbacks.on_gone = [this, &raw](const std::string& why) { OnGone(raw, why); };
  auto process = AgentProcess::StartWorker(thread_.loop(), command_, std::move(callbacks));
  if (!process) return Fail(process.error().message);
  raw.process = std::move(*process);
  workers_.push_back(std::move(worker));

  ServerPlan plan;
  plan.server = server_;
  // A state at the freeze for each connection that it may be serving by then.
  const std::size_t own = kSpareWorkerEvents + context_.expected_connections;
  plan.listener = {.events = own, .addresses = kSpareWorkerEvents, .payload = 0};
  plan.handlers = ForOneOf(context_.handler_capacity, context_.spec.accept.workers);
  plan.connection = context_.connection_capacity;
  plan.connections = context_.expected_connections;
  plan.worker = raw.number;
  raw.process->Send(FrameKind::kPlan, ToPayload(plan, MachineTerms{CurrentTicks(), PlacedFrom()}));
  if (!go_.empty()) raw.process->Send(FrameKind::kGo, go_);
  for (const std::string& signal : signals_) raw.process->Send(FrameKind::kSignal, signal);
}

void WorkerPool::OnFrame(Worker& worker, const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::kReady: {
      const bool first = !std::exchange(worker.ready, true);
      if (first) {
        idle_.push_back(&worker);
      } else {
        worker.process->SocketArrived();
      }
      Count(ready_);
      if (first) on_idle_();
      return;
    }
    case FrameKind::kFrozen:
      return Count(frozen_);
    case FrameKind::kSignal:
      giving_ = &worker;  // it knows of it
      context_.signals.Give(frame.payload);
      giving_ = nullptr;
      return;
    case FrameKind::kTrace: {
      Result<AgentTrace> trace = DecodeAgentTrace(frame.payload);
      if (!trace) return Fail("a worker's trace: " + trace.error().message);
      const std::lock_guard lock(mutex_);
      for (RecorderTrace& taken : trace->recorders) taken_.push_back(std::move(taken));
      worker.has_answered = true;
      ++traces_;
      changed_.notify_all();
      return;
    }
    case FrameKind::kFault:
      return Fail(FaultFromPayload(frame.payload).message);
    default:
      return Fail("a worker sent a frame that is not for its server agent");
  }
}

void WorkerPool::OnGone(const Worker& worker, const std::string& why) {
  const bool owes_a_trace = worker.has_socket && !worker.has_answered;
  if (taking_ && !owes_a_trace) return;  // it has been asked to end
  Fail("worker " + std::to_string(worker.number) + " " + why);
}

void WorkerPool::Fail(const std::string& message) const {
  context_.on_fault({"worker_failed", message});
}

// On the thread that gives or receives the signal: the loop's own, for a worker's.
void WorkerPool::OnSignal(const std::string& name) {
  if (thread_.IsCurrent()) return Tell(name);
  thread_.Run([&] { Tell(name); });
}

void WorkerPool::Tell(const std::string& signal) {
  signals_.push_back(signal);
  for (const auto& worker : workers_) {
    if (worker.get() != giving_) worker->process->Send(FrameKind::kSignal, signal);
  }
}

void WorkerPool::Count(std::size_t& counted) {
  const std::lock_guard lock(mutex_);
  ++counted;
  changed_.notify_all();
}

bool WorkerPool::AwaitCount(const std::size_t& counted, std::size_t wanted) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return counted >= wanted; });
}

WorkerPool::Worker* WorkerPool::TakeIdle() {
  if (idle_.empty()) return nullptr;
  Worker* const worker = idle_.front();
  idle_.pop_front();
  return worker;
}

std::uint32_t WorkerPool::NumberOf(const Worker& worker) { return FirstNumberOf(worker.number); }

void WorkerPool::PutBack(Worker& worker) { idle_.push_front(&worker); }

void WorkerPool::Pass(Worker& worker, NativeSocket socket) {
  worker.has_socket = true;
  if (Status passed = worker.process->PassSocket(thread_.loop(), socket); !passed) {
    Fail(passed.error().message);
  }
}

Status WorkerPool::PassListeners(const std::vector<NativeSocket>& listeners) {
  std::size_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    before = ready_;
  }
  std::size_t count = 0;
  bool duplicated = true;
  thread_.Run([&] {
    count = workers_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const CallResult copy = SysDuplicate(listeners[i % listeners.size()]);
      duplicated = duplicated && copy.ok();
      if (copy.ok()) Pass(*workers_[i], static_cast<NativeSocket>(copy.value));
    }
  });
  if (!duplicated) return HarnessFault("a listener could not be passed to a worker");
  if (AwaitCount(ready_, before + count)) return {};
  return HarnessFault("the worker processes did not take the listener");
}

void WorkerPool::Go(const GoMessage& go) {
  const std::string payload = ToPayload(go);
  thread_.Run([&] {
    go_ = payload;
    for (const auto& worker : workers_) worker->process->Send(FrameKind::kGo, payload);
  });
}

void WorkerPool::Freeze() {
  thread_.Run([this] {
    for (const auto& worker : workers_) {
      if (!worker->has_socket) continue;
      ++asked_to_freeze_;
      worker->process->Send(FrameKind::kFreeze);
    }
  });
}

void WorkerPool::AwaitFrozen() {
  if (!AwaitCount(frozen_, asked_to_freeze_)) Fail("a worker did not answer the freeze");
}

std::vector<RecorderTrace> WorkerPool::Take() {
  std::size_t asked = 0;
  thread_.Run([&] {
    taking_ = true;
    for (const auto& worker : workers_) {
      if (!worker->has_socket) continue;
      ++asked;
      worker->process->Send(FrameKind::kTake);
    }
  });
  if (!AwaitCount(traces_, asked)) Fail("a worker did not hand over its trace");
  AwaitEnds();
  const std::lock_guard lock(mutex_);
  return std::move(taken_);
}

// Whoever ends before its children leaves them to a process that may not reap them.
void WorkerPool::AwaitEnds() {
  std::size_t count = 0;
  thread_.Run([&] {
    count = workers_.size();
    for (const auto& worker : workers_) {
      worker->process->Abandon();
      if (worker->process->ended()) {
        Count(ended_);
      } else {
        worker->process->OnEnded([this] { Count(ended_); });
      }
    }
  });
  if (!AwaitCount(ended_, count)) Fail("a worker process does not end");
}

}  // namespace tcplab
