#include "core/agent/process_server.h"

#include <algorithm>
#include <utility>

#include "core/base/clock.h"

namespace tcplab {

ProcessServer::ProcessServer(ServerContext& context)
    : context_(context),
      recorder_(context.handler_capacity),
      calls_(recorder_),
      pool_(context, thread_, [this] {
        if (accepting_ && !context_.frozen.load()) BeginAccepting();
      }) {}

bool ProcessServer::AcceptsItself() const {
  return context_.spec.accept.model == AcceptModel::kProcessPerConnection;
}

// What a worker is told: one acceptor, in its own process, on the listener it is given.
nlohmann::json ProcessServer::WorkersSpec() const {
  nlohmann::json server = context_.document;
  if (AcceptsItself()) return server;
  for (const char* key : {"workers", "worker", "listeners"}) server["accept"].erase(key);
  // Their listening ends with the agent's shutdown, or else when each has closed it.
  if (server.contains("listen") && SysShutdownEndsListening()) {
    server["listen"].erase("close_after_ms");
  }
  return server;
}

Result<Address> ProcessServer::Open() {
  const Blocking mode =
      AcceptsItself() || context_.spec.io == Io::kPoll ? Blocking::kNo : Blocking::kYes;
  Result<Address> address = listeners_.Open(context_.spec, mode, context_.main_calls);
  if (!address) return address;
  if (Status started = thread_.Start(); !started) return Forward(started);
  if (context_.spec.listen.mode != ListenMode::kListen) return address;
  // Past this many, workers are started when they are needed.
  constexpr std::size_t kMostBeforehand = 64;
  const std::size_t count =
      AcceptsItself() ? std::clamp<std::size_t>(context_.expected_connections, 1, kMostBeforehand)
                      : context_.spec.accept.workers;
  if (Status started = pool_.Start(count, WorkersSpec()); !started) return Forward(started);
  if (AcceptsItself()) return address;
  std::vector<NativeSocket> sockets;
  for (std::size_t i = 0; i < listeners_.size(); ++i) sockets.push_back(listeners_.of(i).native());
  if (Status passed = pool_.PassListeners(sockets); !passed) return Forward(passed);
  return address;
}

Status ProcessServer::Go(std::int64_t go_ns) {
  pool_.Go({go_ns, context_.targets.list()});
  const AcceptSpec& accept = context_.spec.accept;
  const bool accepts = AcceptsItself() && context_.spec.listen.mode == ListenMode::kListen;
  thread_.Run([&] {
    if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
      close_timer_.emplace(thread_.loop(), [this] { CloseListeners(); });
      close_timer_->Set(go_ns + MsToNs(*close_after_ms));
    }
    if (!accepts) return;
    watcher_.emplace(thread_.loop(), listeners_.of(0).native(), [this] { OnListenerReadable(); });
    accept_timer_.emplace(thread_.loop(), [this] { BeginAccepting(); });
    if (accept.await) return;
    if (accept.after_ms > 0) return accept_timer_->Set(go_ns + MsToNs(accept.after_ms));
    BeginAccepting();
  });
  return accepts && accept.await ? AwaitSignal() : Status();
}

Status ProcessServer::AwaitSignal() {
  Result<Thread> thread = Thread::Start([this] {
    context_.signals.WaitUntil(*context_.spec.accept.await, 1, 0);
    const std::int64_t from_ns = MonotonicNs() + MsToNs(context_.spec.accept.after_ms);
    thread_.Run([this, from_ns] { accept_timer_->Set(from_ns); });
  });
  if (!thread) return Forward(thread);
  opener_.emplace(std::move(*thread));
  return {};
}

void ProcessServer::BeginAccepting() {
  accepting_ = true;
  if (watcher_ && !listeners_.closed()) watcher_->Arm(SocketWatcher::kReadable);
}

void ProcessServer::OnListenerReadable() {
  WorkerPool::Worker* const worker = context_.frozen.load() ? nullptr : pool_.TakeIdle();
  if (worker == nullptr || !context_.MayAccept()) {
    watcher_->Disarm();
    if (worker != nullptr) {
      pool_.PutBack(*worker);
    } else if (!context_.frozen.load()) {
      pool_.StartOne();  // goes on when that is ready
    }
    return;
  }
  Address peer;
  const CallResult accepted =
      calls_.Accept(listeners_.of(0).native(), Blocking::kNo, WorkerPool::NumberOf(*worker), peer);
  if (!accepted.ok()) {
    context_.DidNotAccept();
    pool_.PutBack(*worker);
    if (accepted.error != errors::kAgain && !AcceptGoesOn(accepted.error)) watcher_->Disarm();
    return;
  }
  pool_.Pass(*worker, static_cast<NativeSocket>(accepted.value));
}

void ProcessServer::CloseListeners() {
  if (context_.frozen.load()) return;
  watcher_.reset();  // libuv must let go of a descriptor before it is closed
  // Workers hold it too, and it would go on listening for as long as they do: where shutdown does
  // not end that, each closes its own (WorkersSpec).
  if (!AcceptsItself()) listeners_.Shutdown(calls_);
  listeners_.Close(calls_);
}

void ProcessServer::Freeze() {
  pool_.Freeze();
  listeners_.RecordQueue(context_.main_calls);
}

void ProcessServer::Drain() {
  thread_.Run([] {});  // the loop is through with what it was doing
  pool_.AwaitFrozen();
  listeners_.Drain(context_.main_calls, context_.next_number.load());
}

void ProcessServer::Finish() { listeners_.Shutdown(context_.main_calls); }

std::vector<RecorderTrace> ProcessServer::Take() {
  std::vector<RecorderTrace> traces = pool_.Take();
  traces.push_back(recorder_.Take());
  return traces;
}

}  // namespace tcplab
