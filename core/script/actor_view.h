// What other threads may see of an actor: enough to say, at the freeze, where its client stood.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/net/syscalls.h"
#include "core/trace/event.h"

namespace tcplab {

// One of an actor's sockets. A descriptor must not be closed, and its number used again, while
// somebody asks the kernel about it.
struct SocketView {
  std::mutex mutex;
  NativeSocket socket = kNoSocket;  // guarded by mutex
};

// Written by the actor, read by the agent's main thread.
//
// A starting connect and a freeze cannot miss each other: the actor sets `connecting`, then reads
// `frozen`, then calls; the main thread sets `frozen`, then reads `connecting` (all sequentially
// consistent). Either the actor sees the freeze and does not call, or the main thread sees a client
// that is connecting.
struct ActorView {
  explicit ActorView(std::size_t socket_count = 1) : sockets(socket_count) {}

  std::atomic<bool> connecting{false};  // a first connect has been, or is about to be, called
  std::atomic<std::uint16_t> step{kNoStep};
  std::atomic<bool> ended{false};  // its script is over
  // Since when it is connected without having heard anything from its peer; 0: it has heard, or is
  // not connected.
  std::atomic<std::int64_t> unheard_since_ns{0};
  // Which of its sockets connected first: the client's, when observations speak of one.
  std::atomic<std::uint8_t> primary{0};

  std::vector<SocketView> sockets;  // as many as its script names; never resized
};

}  // namespace tcplab
