#include "core/base/clock.h"

#include <gtest/gtest.h>

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

TEST(Clock, MillisecondsAndNanosecondsConvertBothWays) {
  EXPECT_EQ(MsToNs(1500), 1'500'000'000);
  EXPECT_EQ(MsToNs(0.5), 500'000);
  EXPECT_EQ(NsToMs(1'500'000), 1.5);
  EXPECT_EQ(NsToMs(MsToNs(3'600'000)), 3'600'000);
}

}  // namespace
}  // namespace tcplab
