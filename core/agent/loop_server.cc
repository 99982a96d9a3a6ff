#include "core/agent/loop_server.h"

#include <algorithm>
#include <utility>

#include "core/base/clock.h"

namespace tcplab {
namespace {

constexpr Recorder::Capacity kLoopCloserCapacity{.events = 1024, .addresses = 0, .payload = 0};

}  // namespace

LoopServer::LoopServer(ServerContext& context)
    : context_(context), closer_recorder_(kLoopCloserCapacity), closer_calls_(closer_recorder_) {}

Result<Address> LoopServer::Open() {
  Result<Address> address = context_.OpenListeners(listeners_, Blocking::kNo);
  if (!address) return address;
  const std::size_t workers = context_.spec.accept.workers;
  for (std::size_t i = 0; i < workers; ++i) {
    acceptors_.push_back(std::make_unique<LoopAcceptor>(
        context_, listeners_.of(i), ForOneOf(context_.handler_capacity, workers)));
    if (Status started = acceptors_.back()->Start(); !started) return Forward(started);
  }
  return address;
}

Status LoopServer::Go(std::int64_t go_ns) {
  if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
    if (Status timed = CloseListeners(go_ns + MsToNs(*close_after_ms)); !timed) return timed;
  }
  const bool listens = context_.spec.listen.mode == ListenMode::kListen;
  if (!listens || context_.spec.accept.model == AcceptModel::kNever) return {};
  return BeginAccepting(go_ns);
}

Status LoopServer::BeginAccepting(std::int64_t go_ns) {
  const AcceptSpec& accept = context_.spec.accept;
  const auto from = [this](std::int64_t when_ns) {
    for (const auto& acceptor : acceptors_) acceptor->AcceptFrom(when_ns);
  };
  if (!accept.await) {
    from(accept.after_ms > 0 ? go_ns + MsToNs(accept.after_ms) : 0);
    return {};
  }
  Result<Thread> thread = Thread::Start([this, from] {
    const AcceptSpec& spec = context_.spec.accept;
    context_.signals.WaitUntil(*spec.await, 1, 0);
    from(spec.after_ms > 0 ? MonotonicNs() + MsToNs(spec.after_ms) : 0);
  });
  if (!thread) return Forward(thread);
  opener_.emplace(std::move(*thread));
  return {};
}

Status LoopServer::CloseListeners(std::int64_t when_ns) {
  Result<Thread> thread = Thread::Start([this, when_ns] {
    SysMinimiseTimerSlack();
    SysSleepUntil(when_ns);
    if (context_.frozen.load()) return;
    for (const auto& acceptor : acceptors_) acceptor->Release();
    listeners_.Close(closer_calls_);
  });
  if (!thread) return Forward(thread);
  closer_.emplace(std::move(*thread));
  return {};
}

void LoopServer::Freeze() {
  for (const auto& acceptor : acceptors_) acceptor->RecordStates();
  listeners_.RecordQueue(context_.main_calls);
}

void LoopServer::Drain() {
  // What an acceptor is just doing comes first: its connections have numbers already.
  for (const auto& acceptor : acceptors_) acceptor->Sync();
  listeners_.Drain(context_.main_calls, context_.next_number.load());
}

void LoopServer::Finish() { listeners_.Shutdown(context_.main_calls); }

std::vector<RecorderTrace> LoopServer::Take() {
  std::vector<RecorderTrace> traces;
  for (const auto& acceptor : acceptors_) traces.push_back(acceptor->Take());
  traces.push_back(closer_recorder_.Take());
  return traces;
}

}  // namespace tcplab
