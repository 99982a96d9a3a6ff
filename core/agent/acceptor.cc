#include "core/agent/acceptor.h"

#include <utility>

#include "core/net/placement.h"

namespace tcplab {

Acceptor::Acceptor(ServerContext& context, Listener& listener, const Recorder::Capacity& capacity,
                   LiveConnections& live, ConnectionThreads* threads,
                   std::function<void()> await_go)
    : context_(context),
      listener_(listener),
      live_(live),
      threads_(threads),
      await_go_(std::move(await_go)),
      recorder_(capacity),
      calls_(recorder_) {}

Status Acceptor::Start(std::size_t processor) {
  over_.store(false);
  Result<Thread> thread = Thread::Start([this, processor] { Loop(processor); });
  if (!thread) return Forward(thread);
  thread_.emplace(std::move(*thread));
  return {};
}

void Acceptor::Loop(std::size_t processor) {
  SysMinimiseTimerSlack();
  StartOn(processor);
  await_go_();
  while (!context_.frozen.load() && !listener_.closed() && AcceptOne()) {
  }
  over_.store(true);
}

CallResult Acceptor::Accept(std::uint32_t number) {
  Address peer;
  in_accept_.store(true);
  // Looked at again: who closes the listener lets it be known first, and then sees to those that
  // are in an accept.
  CallResult accepted{-1, ErrorCodeOf("EBADF")};
  if (!listener_.closed()) {
    accepted = calls_.Accept(listener_.native(), Blocking::kYes, number, peer);
  }
  in_accept_.store(false);
  return accepted;
}

bool Acceptor::AcceptOne() {
  if (threads_ == nullptr && !service_) service_.emplace(context_, context_.next_number++, calls_);
  if (threads_ != nullptr && place_ == nullptr) place_ = &threads_->Next();
  if (!context_.MayAccept()) return false;
  const CallResult accepted = Accept(service_ ? service_->number() : place_->service.number());
  if (!accepted.ok()) {
    // Shut down, or out of descriptors: what the trace shows is judged later.
    context_.DidNotAccept();
    return AcceptGoesOn(accepted.error);
  }
  context_.AwaitGo();
  if (context_.frozen.load()) return false;  // counted by its stamp, served by nobody
  const auto socket = static_cast<NativeSocket>(accepted.value);
  if (service_) {
    service_->Serve(socket, live_);
    service_.reset();
  } else {
    threads_->Start(*std::exchange(place_, nullptr), socket);
  }
  return true;
}

}  // namespace tcplab
