// Exact sleeping, and where a thread begins.
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "core/base/clock.h"
#include "core/net/syscalls.h"

namespace tcplab {

void SysSleepUntil(std::int64_t deadline_ns) {
  const timespec until{static_cast<time_t>(deadline_ns / kNsPerSecond),
                       static_cast<long>(deadline_ns % kNsPerSecond)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
  while (MonotonicNs() < deadline_ns) {  // by the processor's counter: a microsecond, if at all
  }
}

void SysMinimiseTimerSlack() {
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL,
        0UL);  // NOLINT(cppcoreguidelines-pro-type-vararg): prctl's interface
}

void SysStartOn(std::size_t processor) {
  cpu_set_t all;
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  auto skip = processor % static_cast<std::size_t>(std::max(1, CPU_COUNT(&all)));
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i) {
    if (!CPU_ISSET(i, &all) || skip-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    sched_setaffinity(0, sizeof one, &one);
    break;
  }
  sched_setaffinity(0, sizeof all, &all);
}

}  // namespace tcplab
