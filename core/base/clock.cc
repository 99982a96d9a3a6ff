#include "core/base/clock.h"

#include "core/base/system_clock.h"

namespace tcplab {
namespace {

// What MonotonicNs() goes by; a rate of 0 means the system's clock.
TickMap used_map;

}  // namespace

std::int64_t MonotonicNs() noexcept {
  if (used_map.ns_per_tick == 0) return SystemMonotonicNs();
  const auto since = static_cast<std::int64_t>(ReadTicks() - used_map.ticks);
  return used_map.ns + static_cast<std::int64_t>(static_cast<double>(since) * used_map.ns_per_tick);
}

void UseTicks(const std::optional<TickMap>& map) noexcept { used_map = map.value_or(TickMap{}); }

std::optional<TickMap> CurrentTicks() noexcept {
  return used_map.ns_per_tick == 0 ? std::nullopt : std::optional(used_map);
}

TickCalibration::Reading TickCalibration::Read() {
  // Of several looks the one in which least time went by between its two looks at the counter: the
  // others were interrupted, or found the code not in the cache.
  constexpr int kLooks = 20;
  Reading best;
  std::uint64_t best_width = UINT64_MAX;
  for (int i = 0; i < kLooks; ++i) {
    const std::uint64_t before = ReadTicks();
    const std::int64_t ns = SystemMonotonicNs();
    const std::uint64_t width = ReadTicks() - before;
    if (width >= best_width) continue;
    best_width = width;
    best = {before + width / 2, ns};
  }
  return best;
}

TickCalibration::TickCalibration() {
  if (!TicksAreTime()) return;
  first_ = Read();
  // Shorter, and what a reading is off by (20 ns) would be parts per hundred thousand of it.
  constexpr std::int64_t kBaseNs = 10 * kNsPerMs;
  while (SystemMonotonicNs() < first_->ns + kBaseNs) {
  }
}

std::optional<TickMap> TickCalibration::Measure() {
  if (!first_) return std::nullopt;
  const Reading now = Read();
  const double rate =
      static_cast<double>(now.ns - first_->ns) / static_cast<double>(now.ticks - first_->ticks);
  return TickMap{now.ticks, now.ns, rate};
}

}  // namespace tcplab
