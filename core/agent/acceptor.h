// One acceptor of a server that blocks: a thread that accepts, and serves or has served.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/agent/connection_threads.h"
#include "core/agent/service.h"
#include "core/net/handle.h"

namespace tcplab {

// Started and stopped by the agent's main thread.
class Acceptor {
 public:
  // `threads`: who serves; null: this acceptor itself, one connection after the other. `await_go`
  // blocks until accepting may begin. Nothing is owned.
  Acceptor(ServerContext& context, Listener& listener, const Recorder::Capacity& capacity,
           LiveConnections& live, ConnectionThreads* threads, std::function<void()> await_go);

  // `processor`: where it starts, so that a server and its clients do not begin on the same one.
  Status Start(std::size_t processor);

  [[nodiscard]] bool in_accept() const { return in_accept_.load(); }
  // Makes it leave its accept, where nothing else does: see SysInterrupt.
  void Interrupt() {
    if (in_accept()) thread_->Interrupt(listener_.native());
  }
  [[nodiscard]] bool over() const { return over_.load(); }
  [[nodiscard]] RecorderTrace Take() const { return recorder_.Take(); }

 private:
  void Loop(std::size_t processor);
  // One connection served to its end, or handed on. False when nothing more is to be accepted.
  bool AcceptOne();
  CallResult Accept(std::uint32_t number);

  ServerContext& context_;
  Listener& listener_;
  LiveConnections& live_;
  ConnectionThreads* threads_;
  std::function<void()> await_go_;
  Recorder recorder_;
  RecordedCalls calls_;
  std::optional<Service> service_;             // for the next connection
  ConnectionThreads::Place* place_ = nullptr;  // the same, where threads serve
  std::optional<Thread> thread_;
  std::atomic<bool> in_accept_{false};
  std::atomic<bool> over_{true};
};

}  // namespace tcplab
