#include "core/net/keep_awake.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "tests/support/one_processor.h"

namespace tcplab {
namespace {

// Seconds of processor time that this process has used.
double Used() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  constexpr double kUs = 1e-6;
  return static_cast<double>(usage.ru_utime.tv_sec) +
         kUs * static_cast<double>(usage.ru_utime.tv_usec);
}

TEST(KeepAwake, SpinsOnlyWhileItLives) {
  const test::OneProcessor confined;
  {
    const KeepAwake awake;
    if (!awake.works()) GTEST_SKIP() << "there is no class of threads that yields at once";
    const double before = Used();
    // Bounded: on a machine whose processors are all busy it hardly gets any time, as it should.
    const std::int64_t until_ns = MonotonicNs() + MsToNs(5000);
    while (Used() - before < 0.01 && MonotonicNs() < until_ns)
      SysSleepUntil(MonotonicNs() + kNsPerMs);
    EXPECT_GE(Used() - before, 0.01);
  }
  const double before = Used();
  SysSleepUntil(MonotonicNs() + MsToNs(50));
  EXPECT_LT(Used() - before, 0.02);
}

}  // namespace
}  // namespace tcplab
