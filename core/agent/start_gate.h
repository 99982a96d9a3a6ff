// When a server begins to accept: at once, so long after "go", or after a signal.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "core/scenario/scenario.h"
#include "core/script/signal_board.h"

namespace tcplab {

// Opened by the main thread, waited at by acceptors.
class StartGate {
 public:
  void Go(std::int64_t go_ns) {
    const std::lock_guard lock(mutex_);
    go_ns_ = go_ns;
    gone_.notify_all();
  }

  // Blocks until accepting may begin. Without a time or a signal that is before "go": a textbook's
  // server sits in accept before any client is there.
  void Await(const AcceptSpec& accept, SignalBoard& signals) {
    if (accept.after_ms <= 0 && !accept.await) return;
    std::unique_lock lock(mutex_);
    gone_.wait(lock, [this] { return go_ns_ != 0; });
    std::int64_t from_ns = go_ns_;
    lock.unlock();
    if (accept.await) {
      signals.WaitUntil(*accept.await, 1, 0);
      from_ns = MonotonicNs();
    }
    SysSleepUntil(from_ns + MsToNs(accept.after_ms));
  }

 private:
  std::mutex mutex_;
  std::condition_variable gone_;
  std::int64_t go_ns_ = 0;  // guarded by mutex_
};

}  // namespace tcplab
