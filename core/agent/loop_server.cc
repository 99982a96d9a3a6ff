#include "core/agent/loop_server.h"

#include <utility>

#include "core/base/clock.h"
#include "core/script/sockets.h"

namespace tcplab {

LoopServer::LoopServer(ServerContext& context)
    : context_(context), recorder_(context.handler_capacity), calls_(recorder_) {}

LoopServer::~LoopServer() { thread_.Stop(); }

Result<Address> LoopServer::Open() {
  Result<Address> address =
      listener_.Open(context_.spec.listen, Blocking::kNo, context_.main_calls);
  if (!address) return address;
  host_.emplace(thread_.loop(), context_.signals);
  handlers_.emplace(context_, *host_, recorder_, [this] { OnHandlerFree(); });
  if (Status started = thread_.Start(); !started) return Forward(started);
  return address;
}

Status LoopServer::Go(std::int64_t go_ns) {
  const bool listens = context_.spec.listen.mode == ListenMode::kListen;
  const bool accepts = listens && context_.spec.accept.model != AcceptModel::kNever;
  thread_.Run([this, go_ns, accepts] {
    if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
      close_timer_.emplace(thread_.loop(), [this] { CloseListener(); });
      close_timer_->Set(go_ns + MsToNs(*close_after_ms));
    }
    if (!accepts) return;
    watcher_.emplace(thread_.loop(), listener_.native(), [this] { OnListenerReadable(); });
    if (context_.spec.accept.after_ms > 0) {
      accept_timer_.emplace(thread_.loop(), [this] { BeginAccepting(); });
      accept_timer_->Set(go_ns + MsToNs(context_.spec.accept.after_ms));
    } else {
      BeginAccepting();
    }
  });
  return {};
}

void LoopServer::BeginAccepting() {
  if (watcher_ && !listener_.closed()) watcher_->Arm(SocketWatcher::kReadable);
}

void LoopServer::OnListenerReadable() {
  const bool busy = context_.spec.accept.model == AcceptModel::kIterative && handlers_->busy();
  if (context_.frozen.load() || busy) {
    watcher_->Disarm();
    return;
  }
  // One call a wake: the watcher stays armed and wakes again while the queue is not empty.
  Address peer;
  const std::uint32_t number = next_number_;
  const CallResult accepted = calls_.Accept(listener_.native(), Blocking::kNo, number, peer);
  if (!accepted.ok()) {
    const bool goes_on = accepted.error == errors::kAgain || AcceptGoesOn(accepted.error);
    if (!goes_on)
      watcher_->Disarm();  // out of descriptors, say: what the trace shows is judged later
    return;
  }
  ++next_number_;
  if (context_.frozen.load()) return;  // counted by its stamp, served by nobody
  auto view = std::make_unique<ActorView>(context_.program.socket_count());
  Sockets sockets = MakeRawSockets(calls_, *view, &host_->watchers());
  sockets.front()->Adopt(static_cast<NativeSocket>(accepted.value));
  handlers_->Serve(number, std::move(sockets), std::move(view));
}

void LoopServer::OnHandlerFree() {
  if (!context_.frozen.load()) BeginAccepting();
}

void LoopServer::CloseListener() {
  if (context_.frozen.load()) return;
  watcher_.reset();  // libuv must let go of a descriptor before it is closed
  listener_.Close(calls_);
}

void LoopServer::Freeze() {
  thread_.Run([this] { handlers_->RecordStates(recorder_); });
  listener_.RecordQueue(context_.main_calls);
}

void LoopServer::Drain() {
  std::uint32_t number = 0;
  thread_.Run([&] { number = next_number_; });
  listener_.Drain(context_.main_calls, number);
}

void LoopServer::Finish() { listener_.Shutdown(context_.main_calls); }

std::vector<RecorderTrace> LoopServer::Take() {
  std::vector<RecorderTrace> traces;
  traces.push_back(recorder_.Take());
  return traces;
}

}  // namespace tcplab
