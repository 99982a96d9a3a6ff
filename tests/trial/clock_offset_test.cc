// What exchanges say of another machine's clock. The clock in these tests is ahead by 1,000,000 ns.
#include "core/trial/clock_offset.h"

#include <gtest/gtest.h>

namespace tcplab {
namespace {

constexpr std::int64_t kAhead = 1'000'000;

// Asked at `asked_ns`, read off after `there` ns, heard after `back` more.
void Exchange(ClockOffset& offset, std::int64_t asked_ns, std::int64_t there, std::int64_t back,
              std::int64_t ahead_ns = kAhead) {
  offset.Add(asked_ns, asked_ns + there + ahead_ns, asked_ns + there + back);
}

TEST(ClockOffset, OneExchangeTellsItToHalfOfItsTime) {
  ClockOffset offset;
  Exchange(offset, 5'000, 40, 60);
  EXPECT_EQ(offset.bound_ns(), 50);
  EXPECT_EQ(offset.ahead_ns(), kAhead - 10) << "the middle, also where one way took longer";
  EXPECT_EQ(offset.slowest_ns(), 100);
}

TEST(ClockOffset, WhatIsTrueIsWithinTheBoundHoweverUnequalTheWaysAre) {
  for (const std::int64_t there : {0, 1, 30, 1'000, 999'999}) {
    for (const std::int64_t back : {0, 1, 50, 2'000'000}) {
      ClockOffset offset;
      Exchange(offset, 123, there, back);
      EXPECT_LE(kAhead, offset.ahead_ns() + offset.bound_ns()) << there << ' ' << back;
      EXPECT_GE(kAhead, offset.ahead_ns() - offset.bound_ns()) << there << ' ' << back;
    }
  }
}

TEST(ClockOffset, TheNarrowestExchangeCounts) {
  ClockOffset offset;
  Exchange(offset, 0, 5'000, 9'000);
  Exchange(offset, 20'000, 10, 10);
  Exchange(offset, 30'000, 700, 1);
  EXPECT_EQ(offset.ahead_ns(), kAhead);
  EXPECT_EQ(offset.bound_ns(), 10);
  EXPECT_EQ(offset.slowest_ns(), 14'000);
}

TEST(ClockOffset, ALaterSeriesWidensTheBoundByTheDriftAndLeavesTheEstimate) {
  ClockOffset offset;
  Exchange(offset, 0, 10, 10);
  offset.NextSeries();
  Exchange(offset, 1'000'000, 10, 10, kAhead + 300);
  EXPECT_EQ(offset.ahead_ns(), kAhead);
  EXPECT_EQ(offset.bound_ns(), 310);
  offset.NextSeries();
  Exchange(offset, 2'000'000, 10, 10, kAhead - 500);
  EXPECT_EQ(offset.bound_ns(), 510);
  offset.NextSeries();
  Exchange(offset, 3'000'000, 10, 10);
  EXPECT_EQ(offset.bound_ns(), 510) << "what was seen in between stays";
}

TEST(ClockOffset, AClockBehindOursIsAheadByLessThanNothing) {
  ClockOffset offset;
  Exchange(offset, 90'000, 10, 10, -80'000);
  EXPECT_EQ(offset.ahead_ns(), -80'000);
}

}  // namespace
}  // namespace tcplab
