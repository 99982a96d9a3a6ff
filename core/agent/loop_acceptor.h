// One acceptor of an event-loop server: a libuv loop on a thread of its own, with raw non-blocking
// sockets.
#pragma once

#include <cstdint>
#include <optional>

#include "core/agent/loop_handlers.h"
#include "core/agent/loop_thread.h"
#include "core/agent/server_model.h"

namespace tcplab {

// Methods are called by the agent's main thread.
class LoopAcceptor {
 public:
  LoopAcceptor(ServerContext& context, Listener& listener, const Recorder::Capacity& capacity);
  ~LoopAcceptor();
  LoopAcceptor(const LoopAcceptor&) = delete;
  LoopAcceptor& operator=(const LoopAcceptor&) = delete;

  Status Start();
  // Accepts from then on, on the monotonic clock; 0: from now on.
  void AcceptFrom(std::int64_t when_ns);
  // Lets go of the listener, which can then be closed.
  void Release();
  void RecordStates();
  // Returns when the loop is through with what it was doing.
  void Sync();
  [[nodiscard]] RecorderTrace Take() const { return recorder_.Take(); }

 private:
  void BeginAccepting();
  void OnListenerReadable();
  void OnHandlerFree();

  ServerContext& context_;
  Listener& listener_;
  Recorder recorder_;
  RecordedCalls calls_;
  bool accepting_ = false;               // its time has come; the loop's thread only
  bool released_ = false;                // the listener is not ours any more; likewise
  std::optional<std::uint32_t> number_;  // of the next connection; the loop's thread only
  LoopThread thread_;

  // On the loop; destroyed before it.
  std::optional<LoopHost> host_;
  std::optional<LoopHandlers> handlers_;
  std::optional<SocketWatcher> watcher_;
  std::optional<DeadlineTimer> timer_;
};

}  // namespace tcplab
