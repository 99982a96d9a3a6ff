// What other threads may see of an actor: enough to say, at the freeze, where its client stood.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/net/syscalls.h"
#include "core/trace/event.h"

namespace tcplab {

// Written by the actor, read by the agent's main thread.
//
// A starting connect and a freeze cannot miss each other: the actor sets `connecting`, then reads
// `frozen`, then calls; the main thread sets `frozen`, then reads `connecting` (all sequentially
// consistent). Either the actor sees the freeze and does not call, or the main thread sees a client
// that is connecting.
struct ActorView {
  std::atomic<bool> connecting{false};  // a first connect has been, or is about to be, called
  std::atomic<std::uint16_t> step{kNoStep};
  std::atomic<bool> ended{false};  // its script is over
  // Since when it is connected without having heard anything from its peer; 0: it has heard, or is
  // not connected.
  std::atomic<std::int64_t> unheard_since_ns{0};

  // A descriptor must not be closed, and its number used again, while somebody asks the kernel
  // about it.
  std::mutex socket_mutex;
  NativeSocket socket = kNoSocket;  // guarded by socket_mutex
};

}  // namespace tcplab
