#include "core/base/check.h"

#include <gtest/gtest.h>

namespace tcplab {
namespace {

TEST(CheckDeathTest, BrokenPromiseAbortsWithItsPlaceAndWhatWasExpected) {
  const int one = 1;
  EXPECT_DEATH(TCPLAB_CHECK(one == 2), "check_test.cc:.*: check failed: expected one == 2");
}

TEST(Check, KeptPromiseIsEvaluatedOnceAndGoesOn) {
  int evaluated = 0;
  TCPLAB_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace tcplab
