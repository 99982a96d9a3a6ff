#include "core/base/clock.h"

#include <gtest/gtest.h>

#include <optional>

#include "core/base/system_clock.h"

namespace tcplab {
namespace {

TEST(Clock, NeverRunsBackwards) {
  std::int64_t last = MonotonicNs();
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t now = MonotonicNs();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(last, 0);
}

// Uses the processor's counter where there is one that keeps time, for as long as it lives.
class TickClock : public testing::Test {
 protected:
  TickClock() {
    map_ = TickCalibration().Measure();
    UseTicks(map_);
  }
  ~TickClock() override { UseTicks(std::nullopt); }
  std::optional<TickMap> map_;
};

TEST_F(TickClock, AgreesWithTheSystemsClockToMicroseconds) {
  if (!map_) GTEST_SKIP() << "this machine keeps time by no counter of its processor";
  for (int i = 0; i < 200; ++i) {
    const std::int64_t before_ns = SystemMonotonicNs();
    const std::int64_t ns = MonotonicNs();
    const std::int64_t after_ns = SystemMonotonicNs();
    constexpr std::int64_t kOffNs = 20'000;
    ASSERT_GE(ns, before_ns - kOffNs);
    ASSERT_LE(ns, after_ns + kOffNs);
  }
}

TEST_F(TickClock, NeverRunsBackwards) {
  std::int64_t last = MonotonicNs();
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t now = MonotonicNs();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST_F(TickClock, IsTheMapItWasGiven) {
  if (!map_) GTEST_SKIP() << "this machine keeps time by no counter of its processor";
  constexpr std::int64_t kFarNs = 5'000'000'000'000'000;
  UseTicks(TickMap{ReadTicks(), kFarNs, 1e-9});
  EXPECT_EQ(MonotonicNs(), kFarNs);
}

TEST(Clock, MillisecondsAndNanosecondsConvertBothWays) {
  EXPECT_EQ(MsToNs(1500), 1'500'000'000);
  EXPECT_EQ(MsToNs(0.5), 500'000);
  EXPECT_EQ(NsToMs(1'500'000), 1.5);
  EXPECT_EQ(NsToMs(MsToNs(3'600'000)), 3'600'000);
}

}  // namespace
}  // namespace tcplab
