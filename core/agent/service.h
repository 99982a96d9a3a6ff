// One connection and all that serving it with blocking calls needs, made before there is one: what
// follows accept must not wait for memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "core/agent/server_model.h"
#include "core/base/clock.h"
#include "core/script/actor.h"
#include "core/script/blocking_host.h"
#include "core/script/sockets.h"

namespace tcplab {

// The connections that are being served, for the freeze to see where their handlers stand.
class LiveConnections {
 public:
  void Add(std::uint32_t number, std::shared_ptr<const ActorView> view) {
    const std::lock_guard lock(mutex_);
    live_[number] = std::move(view);
  }
  void Remove(std::uint32_t number) {
    const std::lock_guard lock(mutex_);
    live_.erase(number);
  }
  void RecordStates(Recorder& recorder) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, view] : live_) {
      if (view->ended.load(std::memory_order_acquire)) continue;
      const std::int64_t now_ns = MonotonicNs();
      recorder.Add(Op::kState, {number, view->step.load(), 0}, 0, now_ns, now_ns,
                   static_cast<std::int64_t>(SocketState::kEstablished));
    }
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<const ActorView>> live_;  // guarded by mutex_
};

// `calls` write into the recorder of the thread that serves; neither is owned.
class Service {
 public:
  Service(ServerContext& context, std::uint32_t number, RecordedCalls& calls)
      : signals_(context.signals),
        number_(number),
        view_(std::make_shared<ActorView>(context.program.socket_count())),
        sockets_(MakeRawSockets(calls, *view_, nullptr)),
        handler_(SetupFor(context, calls)) {}

  [[nodiscard]] std::uint32_t number() const { return number_; }

  // Runs the script on an accepted socket, which blocks, to its end, and closes it.
  void Serve(NativeSocket socket, LiveConnections& live) {
    sockets_.front()->Adopt(socket);
    live.Add(number_, view_);
    RunBlocking(handler_, signals_);
    CloseAll(sockets_, number_);
    live.Remove(number_);
  }

 private:
  Actor::Setup SetupFor(ServerContext& context, RecordedCalls& calls) {
    Actor::Setup setup = context.SetupFor(number_, *view_);
    setup.sockets = &sockets_;
    setup.recorder = &calls.recorder();
    return setup;
  }

  SignalBoard& signals_;
  std::uint32_t number_;
  std::shared_ptr<ActorView> view_;
  Sockets sockets_;
  Actor handler_;
};

}  // namespace tcplab
