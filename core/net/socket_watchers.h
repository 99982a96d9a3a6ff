// The watchers of all sockets of one loop's actors, kept by descriptor: a socket that gets the
// number of one closed before gets its watcher too.
//
// Making a uv_poll_t costs three system calls and closing it one (libuv, uv_poll_init: ioctl, and
// epoll_ctl twice to see whether the descriptor can be watched), as much as a tenth of a connection
// that is made and closed at once.
#pragma once

#include <memory>
#include <unordered_map>

#include "core/net/handle.h"

namespace tcplab {

// Told that a call may be made again.
class ReadyListener {
 public:
  ReadyListener() = default;
  virtual ~ReadyListener() = default;
  ReadyListener(const ReadyListener&) = delete;
  ReadyListener& operator=(const ReadyListener&) = delete;
  virtual void OnSocketReady() = 0;
};

// Used on the loop's thread; destroyed there, or when that thread is over. Sockets that are watched
// here must be watched nowhere else on the loop.
class SocketWatchers {
 public:
  explicit SocketWatchers(Loop& loop) : loop_(loop) {}

  // Tells `listener` of every wake until it disarms. No call when it is armed so already.
  void Arm(NativeSocket socket, SocketWatcher::Interest interest, ReadyListener& listener);
  void Disarm(NativeSocket socket);

 private:
  struct Seat {
    std::unique_ptr<SocketWatcher> watcher;
    ReadyListener* listener = nullptr;
  };

  Loop& loop_;
  std::unordered_map<NativeSocket, Seat> seats_;  // whose elements never move
};

}  // namespace tcplab
