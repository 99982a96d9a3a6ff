// Clocks. All stamps of a trace come from one monotonic clock, in nanoseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace tcplab {

// Nanoseconds on the machine's monotonic clock (CLOCK_MONOTONIC on Linux, as uv_hrtime). The same
// clock in every process of one machine, so stamps of two agents may be subtracted. Costs about 25
// ns on Linux (vDSO).
[[nodiscard]] inline std::int64_t MonotonicNs() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr std::int64_t kNsPerMs = 1'000'000;

// Milliseconds, as scenarios write them (fractions allowed), to nanoseconds.
[[nodiscard]] constexpr std::int64_t MsToNs(double milliseconds) noexcept {
  return static_cast<std::int64_t>(milliseconds * static_cast<double>(kNsPerMs));
}
[[nodiscard]] constexpr double NsToMs(std::int64_t nanoseconds) noexcept {
  return static_cast<double>(nanoseconds) / static_cast<double>(kNsPerMs);
}

// Time for code whose deadlines a test wants to move by hand. Not owned; must outlive its users.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::int64_t NowNs() const = 0;
};

}  // namespace tcplab
