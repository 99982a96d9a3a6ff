// Waiting for what another thread, another process or the kernel is about to do: bounded, and over
// as soon as it has happened.
#pragma once

#include <cstdint>

#include "core/base/clock.h"
#include "core/net/syscalls.h"

namespace tcplab {

// Far more than anything on a loopback takes, also under a sanitizer on a busy machine.
constexpr std::int64_t kTestPatienceNs = 20'000 * kNsPerMs;

// Whether `condition` came true within the patience of a test. For what gives no event of its own
// (the kernel's accept queue, another thread's atomic); where there is one, await that.
template <typename Condition>
[[nodiscard]] bool Eventually(Condition&& condition) {
  constexpr std::int64_t kLookNs = kNsPerMs / 5;
  const std::int64_t until_ns = MonotonicNs() + kTestPatienceNs;
  while (!condition()) {
    if (MonotonicNs() > until_ns) return false;
    SysSleepUntil(MonotonicNs() + kLookNs);
  }
  return true;
}

}  // namespace tcplab
