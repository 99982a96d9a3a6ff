#include "core/agent/loop_acceptor.h"

#include <utility>

#include "core/script/sockets.h"

namespace tcplab {

LoopAcceptor::LoopAcceptor(ServerContext& context, Listener& listener,
                           const Recorder::Capacity& capacity)
    : context_(context), listener_(listener), recorder_(capacity), calls_(recorder_) {}

LoopAcceptor::~LoopAcceptor() { thread_.Stop(); }

Status LoopAcceptor::Start() {
  host_.emplace(thread_.loop(), context_.signals);
  handlers_.emplace(context_, *host_, recorder_, [this] { OnHandlerFree(); });
  return thread_.Start();
}

void LoopAcceptor::AcceptFrom(std::int64_t when_ns) {
  thread_.Run([this, when_ns] {
    if (released_) return;
    watcher_.emplace(thread_.loop(), listener_.native(), [this] { OnListenerReadable(); });
    if (when_ns == 0) return BeginAccepting();
    timer_.emplace(thread_.loop(), [this] { BeginAccepting(); });
    timer_->Set(when_ns);
  });
}

void LoopAcceptor::BeginAccepting() {
  accepting_ = true;
  if (watcher_) watcher_->Arm(SocketWatcher::kReadable);
}

void LoopAcceptor::OnListenerReadable() {
  const bool busy = context_.spec.accept.model == AcceptModel::kIterative && handlers_->busy();
  if (context_.frozen.load() || busy || !context_.MayAccept()) {
    watcher_->Disarm();
    return;
  }
  // One call a wake: the watcher stays armed and wakes again while the queue is not empty.
  Address peer;
  if (!number_) number_ = context_.next_number++;
  const CallResult accepted = calls_.Accept(listener_.native(), Blocking::kNo, *number_, peer);
  if (!accepted.ok()) {
    context_.DidNotAccept();
    const bool goes_on = accepted.error == errors::kAgain || AcceptGoesOn(accepted.error);
    if (!goes_on)
      watcher_->Disarm();  // out of descriptors, say: what the trace shows is judged later
    return;
  }
  const std::uint32_t number = *std::exchange(number_, std::nullopt);
  if (context_.frozen.load()) return;  // counted by its stamp, served by nobody
  auto view = std::make_unique<ActorView>(context_.program.socket_count());
  Sockets sockets = MakeRawSockets(calls_, *view, &host_->watchers());
  sockets.front()->Adopt(static_cast<NativeSocket>(accepted.value));
  handlers_->Serve(number, std::move(sockets), std::move(view));
}

void LoopAcceptor::OnHandlerFree() {
  if (accepting_ && !context_.frozen.load()) BeginAccepting();
}

void LoopAcceptor::Release() {
  thread_.Run([this] {
    released_ = true;
    watcher_.reset();
  });
}

void LoopAcceptor::Sync() {
  thread_.Run([] {});
}

void LoopAcceptor::RecordStates() {
  thread_.Run([this] { handlers_->RecordStates(recorder_); });
}

}  // namespace tcplab
