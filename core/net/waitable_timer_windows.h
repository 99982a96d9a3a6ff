// Waitable timers of Windows, as exact as it has them. For the platform files of this folder only.
#pragma once

#include <windows.h>

#include <algorithm>
#include <cstdint>

namespace tcplab {

// Exact to some 50 us where Windows has such timers (10 1803 and later), to what timeBeginPeriod()
// says (1 ms) elsewhere. To be closed by CloseHandle().
inline HANDLE NewWaitableTimer() {
  constexpr DWORD kHighResolution = 0x2;  // CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
  HANDLE timer = CreateWaitableTimerExW(nullptr, nullptr, kHighResolution, TIMER_ALL_ACCESS);
  return timer != nullptr ? timer : CreateWaitableTimerW(nullptr, FALSE, nullptr);
}

// From now on so many nanoseconds, never fewer.
inline bool StartWaitableTimer(HANDLE timer, std::int64_t after_ns) {
  constexpr std::int64_t kUnitNs = 100;
  LARGE_INTEGER due{};
  due.QuadPart =
      -std::max<std::int64_t>(1, (after_ns + kUnitNs - 1) / kUnitNs);  // negative: from now on
  return SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE) != 0;
}

}  // namespace tcplab
