// How many trials run side by side on a machine that is busy, and on one that is not.
#include "core/trial/slots.h"

#include <gtest/gtest.h>

namespace tcplab {
namespace {

// Starts and ends so many trials, one after the other.
void GoWell(Slots& slots, std::size_t trials) {
  for (std::size_t i = 0; i < trials; ++i) slots.WentWell();
}

TEST(Slots, GrowByEachTrialThatGoesWellUntilAllAreThere) {
  Slots slots(16, 8);
  EXPECT_EQ(slots.now(), 8U);
  GoWell(slots, 3);
  EXPECT_EQ(slots.now(), 11U);
  GoWell(slots, 1000);
  EXPECT_EQ(slots.now(), 16U);
}

TEST(Slots, FewerThanTheFirstOnesAreAllThereAtOnce) { EXPECT_EQ(Slots(3, 8).now(), 3U); }

TEST(Slots, TrialsThatRanAtTheSameTimeCountOnce) {
  Slots slots(16, 16);
  for (std::size_t trial = 1; trial <= 16; ++trial) slots.Started(trial);
  for (std::size_t trial = 1; trial <= 16; ++trial) slots.WasDisturbed(trial);
  EXPECT_EQ(slots.now(), 8U);
  slots.Started(17);
  slots.WasDisturbed(17);
  EXPECT_EQ(slots.now(), 4U);
}

TEST(Slots, OneIsAlwaysLeft) {
  Slots slots(3, 3);
  for (std::size_t trial = 1; trial <= 10; ++trial) {
    slots.Started(trial);
    slots.WasDisturbed(trial);
  }
  EXPECT_EQ(slots.now(), 1U);
}

TEST(Slots, ComeBackOneByOneAndNeverMoreThanThereWere) {
  Slots slots(4, 4);
  slots.Started(1);
  slots.WasDisturbed(1);
  ASSERT_EQ(slots.now(), 2U);
  GoWell(slots, 3);
  EXPECT_EQ(slots.now(), 2U);
  GoWell(slots, 1);
  EXPECT_EQ(slots.now(), 3U);
  GoWell(slots, 6);
  EXPECT_EQ(slots.now(), 4U);
  GoWell(slots, 100);
  EXPECT_EQ(slots.now(), 4U);
}

TEST(Slots, LateOnesInBetweenStartTheCountAgain) {
  Slots slots(4, 4);
  slots.Started(1);
  slots.Started(2);
  slots.WasDisturbed(1);
  GoWell(slots, 3);
  slots.WasDisturbed(2);  // it ran when the first was disturbed: no fewer for it
  EXPECT_EQ(slots.now(), 2U);
  GoWell(slots, 3);
  EXPECT_EQ(slots.now(), 2U);
}

}  // namespace
}  // namespace tcplab
