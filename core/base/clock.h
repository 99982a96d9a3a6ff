// Clocks. All stamps of a trace come from one monotonic clock, in nanoseconds.
#pragma once

#include <cstdint>
#include <optional>

namespace tcplab {

// Nanoseconds on the machine's monotonic clock (CLOCK_MONOTONIC on Linux, as uv_hrtime). The same
// clock in every process of one machine, so stamps of two agents may be subtracted. After UseTicks
// read off the processor's counter, which costs half as much.
[[nodiscard]] std::int64_t MonotonicNs() noexcept;

// How a counter of the processor maps to the monotonic clock: at count `ticks` it was `ns`.
//
// clock_gettime() reads the same counter and spends as long again on the kernel's corrections (in
// ns, on a virtual machine: 44, of which the counter takes 22), twice for every system call that is
// measured. So a map is measured once before each trial and used by all processes of that trial:
// their stamps agree exactly, and are off the monotonic clock by the map's error, a microsecond a
// second at the most.
struct TickMap {
  std::uint64_t ticks = 0;
  std::int64_t ns = 0;
  double ns_per_tick = 0;
};

// From now on MonotonicNs() of this process is this map, or with nullopt the system's clock. Before
// any thread is started.
void UseTicks(const std::optional<TickMap>& map) noexcept;
// What it goes by now, for a process that this one starts.
[[nodiscard]] std::optional<TickMap> CurrentTicks() noexcept;

// Measures the map, better the longer it exists. Used on one thread.
class TickCalibration {
 public:
  // Takes the first reading, and makes the second one come late enough (10 ms, waited for once).
  TickCalibration();

  // A map that is right now; nothing where there is no counter that the kernel itself keeps time by
  // (Linux on x86-64: the clock source "tsc").
  [[nodiscard]] std::optional<TickMap> Measure();

 private:
  struct Reading {
    std::uint64_t ticks = 0;
    std::int64_t ns = 0;
  };
  static Reading Read();
  std::optional<Reading> first_;
};

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

// Milliseconds, as scenarios write them (fractions allowed), to nanoseconds.
[[nodiscard]] constexpr std::int64_t MsToNs(double milliseconds) noexcept {
  return static_cast<std::int64_t>(milliseconds * static_cast<double>(kNsPerMs));
}
[[nodiscard]] constexpr double NsToMs(std::int64_t nanoseconds) noexcept {
  return static_cast<double>(nanoseconds) / static_cast<double>(kNsPerMs);
}

}  // namespace tcplab
