// The system's monotonic clock, and the counter of the processor that it is kept by. One file a
// platform.
#pragma once

#include <chrono>
#include <cstdint>

namespace tcplab {

[[nodiscard]] inline std::int64_t SystemMonotonicNs() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Whether ReadTicks() is a counter of constant rate, the same on all processors, which the kernel
// itself keeps time by.
[[nodiscard]] bool TicksAreTime();

// Not ordered against instructions around it, which may be off by some nanoseconds; a system call
// is never passed.
[[nodiscard]] std::uint64_t ReadTicks() noexcept;

}  // namespace tcplab
