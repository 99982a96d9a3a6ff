#include "core/agent/loop_handlers.h"

#include <utility>

#include "core/base/clock.h"

namespace tcplab {

LoopHandlers::LoopHandlers(ServerContext& context, LoopHost& host, Recorder& recorder,
                           std::function<void()> on_free)
    : context_(context), host_(host), recorder_(recorder), on_free_(std::move(on_free)) {}

void LoopHandlers::Serve(std::uint32_t number, Sockets sockets, std::unique_ptr<ActorView> view) {
  if (!ending_) over_.clear();
  Handler& handler = live_[number];
  handler.view = std::move(view);
  handler.sockets = std::move(sockets);

  Actor::Setup setup = context_.SetupFor(number, *handler.view);
  setup.sockets = &handler.sockets;
  setup.recorder = &recorder_;
  handler.actor = std::make_unique<LoopActor>(host_, setup, [this, number] { OnOver(number); });
  handler.actor->Start();
}

void LoopHandlers::OnOver(std::uint32_t number) {
  auto handler = live_.extract(number);
  CloseAll(handler.mapped().sockets, number);
  over_.push_back(std::move(handler.mapped()));
  ending_ = true;  // on_free_ may serve the next connection at once
  on_free_();
  ending_ = false;
}

void LoopHandlers::RecordStates(Recorder& recorder) const {
  for (const auto& [number, handler] : live_) {
    const std::int64_t now_ns = MonotonicNs();
    recorder.Add(Op::kState, {number, handler.view->step.load(), 0}, 0, now_ns, now_ns,
                 static_cast<std::int64_t>(SocketState::kEstablished));
  }
}

}  // namespace tcplab
