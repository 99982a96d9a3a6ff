// The pipe over which a worker process is passed sockets.
#pragma once

#include <array>
#include <functional>

#include "core/agent/loop_thread.h"
#include "core/net/handle.h"

namespace tcplab {

// Reads it on a thread of its own. `on_socket` gets each socket on that thread and owns it: the
// only descriptor of it in this process; or what kept one from arriving, such as a lack of
// descriptors.
class SocketPipe {
 public:
  using OnSocket = std::function<void(Result<NativeSocket> socket)>;
  explicit SocketPipe(OnSocket on_socket) : on_socket_(std::move(on_socket)) {}

  Status Start(int descriptor);

 private:
  void OnRead(ssize_t nread);
  [[nodiscard]] Result<NativeSocket> TakeSocket();

  OnSocket on_socket_;
  std::array<char, 64> buffer_{};
  LoopThread thread_;
  Handle<uv_pipe_t> pipe_;
};

}  // namespace tcplab
