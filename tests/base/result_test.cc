#include "core/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tcplab {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Invalid("odd");
  return number / 2;
}

Status Check(int number) {
  const Result<int> half = Half(number);
  if (!half) return Forward(half);
  return {};
}

TEST(Result, HoldsAValueOrTheReasonWhyThereIsNone) {
  ASSERT_TRUE(Half(8));
  EXPECT_EQ(*Half(8), 4);
  ASSERT_FALSE(Half(7));
  EXPECT_EQ(Half(7).error().message, "odd");
}

TEST(Result, ErrorOfOneIsHandedOnAsTheErrorOfAnother) {
  EXPECT_TRUE(Check(2));
  const Status status = Check(3);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(status.error().message, "odd");
}

TEST(Result, KindsOfFaultsAreKeptApart) {
  EXPECT_EQ(Status(Invalid("x")).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Status(HarnessFault("x")).error().kind, ErrorKind::kHarness);
  EXPECT_EQ(Status(Fail(ErrorKind::kUnsupported, "x")).error().kind, ErrorKind::kUnsupported);
}

TEST(Result, ValueThatCannotBeCopiedIsMovedOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  ASSERT_TRUE(result);
  const std::unique_ptr<int> owned = std::move(*result);
  EXPECT_EQ(*owned, 5);
}

}  // namespace
}  // namespace tcplab
