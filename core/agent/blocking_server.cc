#include "core/agent/blocking_server.h"

#include <algorithm>
#include <utility>

#include "core/base/clock.h"

namespace tcplab {
namespace {

constexpr std::int64_t kPatienceNs = 100 * kNsPerMs;
constexpr std::int64_t kLookNs = kNsPerMs / 20;
constexpr Recorder::Capacity kCloserCapacity{.events = 1024, .addresses = 0, .payload = 0};

}  // namespace

BlockingServer::BlockingServer(ServerContext& context)
    : context_(context), closer_recorder_(kCloserCapacity), closer_calls_(closer_recorder_) {}

Result<Address> BlockingServer::Open() {
  Result<Address> address = context_.OpenListeners(listeners_, Blocking::kYes);
  if (!address) return address;
  const bool listens = context_.spec.listen.mode == ListenMode::kListen;
  if (listens && context_.spec.accept.model != AcceptModel::kNever) {
    if (Status started = StartAcceptors(); !started) return Forward(started);
  }
  return address;
}

Status BlockingServer::StartAcceptors() {
  if (context_.spec.accept.model == AcceptModel::kThreadPerConnection) {
    threads_.emplace(context_, live_);
    threads_->Prepare();
  }
  const std::size_t workers = context_.spec.accept.workers;
  const Recorder::Capacity capacity = ForOneOf(context_.handler_capacity, workers);
  for (std::size_t i = 0; i < workers; ++i) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        context_, listeners_.of(i), capacity, live_, threads_ ? &*threads_ : nullptr,
        [this] { gate_.Await(context_.spec.accept, context_.signals); }));
    if (Status started = acceptors_.back()->Start(i); !started) return started;
  }
  return {};
}

Status BlockingServer::Go(std::int64_t go_ns) {
  gate_.Go(go_ns);
  if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
    const std::int64_t when_ns = go_ns + MsToNs(*close_after_ms);
    Result<Thread> thread = Thread::Start([this, when_ns] { CloseListenersAt(when_ns); });
    if (!thread) return Forward(thread);
    closer_.emplace(std::move(*thread));
  }
  return {};
}

void BlockingServer::CloseListenersAt(std::int64_t when_ns) {
  SysMinimiseTimerSlack();
  SysSleepUntil(when_ns);
  if (context_.frozen.load()) return;
  listeners_.StopAccepting();
  // While a thread sits in accept, close alone would leave the socket listening: the call holds it
  // open.
  if (SysShutdownEndsListening()) {
    if (AnyInAccept()) listeners_.Shutdown(closer_calls_);
  } else {
    const std::int64_t until_ns = MonotonicNs() + kPatienceNs;
    while (AnyInAccept() && MonotonicNs() < until_ns) InterruptAcceptors();
  }
  listeners_.Close(closer_calls_);
}

bool BlockingServer::AnyInAccept() const {
  return std::any_of(acceptors_.begin(), acceptors_.end(),
                     [](const auto& acceptor) { return acceptor->in_accept(); });
}

// Those that are just about to begin their call are not reached by it, but by the next time.
void BlockingServer::InterruptAcceptors() {
  for (const auto& acceptor : acceptors_) acceptor->Interrupt();
  SysSleepUntil(MonotonicNs() + kLookNs);
}

void BlockingServer::Freeze() {
  live_.RecordStates(context_.main_calls.recorder());
  listeners_.RecordQueue(context_.main_calls);
}

void BlockingServer::Drain() { listeners_.Drain(context_.main_calls, context_.next_number.load()); }

void BlockingServer::Finish() {
  listeners_.Shutdown(context_.main_calls);
  // Usually at once. A handler that still sleeps or awaits keeps its thread: the process ends
  // without it.
  const std::int64_t until_ns = MonotonicNs() + kPatienceNs;
  const auto all_over = [this] {
    return std::all_of(acceptors_.begin(), acceptors_.end(),
                       [](const auto& acceptor) { return acceptor->over(); });
  };
  while (!all_over() && MonotonicNs() < until_ns) {
    if (SysShutdownEndsListening()) {
      SysSleepUntil(MonotonicNs() + kLookNs);
    } else {
      InterruptAcceptors();
    }
  }
}

std::vector<RecorderTrace> BlockingServer::Take() {
  std::vector<RecorderTrace> traces;
  for (const auto& acceptor : acceptors_) traces.push_back(acceptor->Take());
  if (threads_) {
    for (RecorderTrace& trace : threads_->Take()) traces.push_back(std::move(trace));
  }
  traces.push_back(closer_recorder_.Take());
  return traces;
}

}  // namespace tcplab
