#include "core/trace/event.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tcplab {
namespace {

TEST(Event, EveryOperationHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::uint8_t op = 0; op < kOpCount; ++op) names.insert(OpName(static_cast<Op>(op)));
  EXPECT_EQ(names.size(), kOpCount);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(Event, OperationsAreNamedAfterTheirCalls) {
  EXPECT_EQ(OpName(Op::kSocket), "socket");
  EXPECT_EQ(OpName(Op::kSoError), "so_error");
  EXPECT_EQ(OpName(Op::kSetOption), "setsockopt");
  EXPECT_EQ(OpName(Op::kFreeze), "freeze");
}

TEST(Event, NumbersOfOperationsAreThoseOfTheFormat) {
  EXPECT_EQ(static_cast<int>(Op::kSocket), 0);
  EXPECT_EQ(static_cast<int>(Op::kConnect), 4);
  EXPECT_EQ(static_cast<int>(Op::kRecv), 8);
  EXPECT_EQ(static_cast<int>(Op::kStep), 17);
  EXPECT_EQ(static_cast<int>(Op::kFreeze), 20);
  EXPECT_EQ(static_cast<int>(Op::kInput), 26);
}

TEST(Event, OperationOutsideOfTheTableIsCalledUnknown) {
  EXPECT_EQ(OpName(static_cast<Op>(kOpCount)), "unknown");
  EXPECT_EQ(OpName(static_cast<Op>(255)), "unknown");
}

TEST(Event, NegativeResultIsAnErrorByItsCode) {
  Event event;
  event.result = -static_cast<std::int64_t>(ErrorCodeOf("ECONNREFUSED"));
  EXPECT_TRUE(event.failed());
  EXPECT_EQ(ErrorName(event.error()), "ECONNREFUSED");
}

TEST(Event, ResultOfZeroOrMoreIsNoError) {
  Event event;
  event.result = 0;
  EXPECT_FALSE(event.failed());
  event.result = 17;
  EXPECT_FALSE(event.failed());
  EXPECT_EQ(event.error(), ErrorCode::kNone);
}

TEST(Event, IsFinishedOnceItHasAnEnd) {
  Event event;
  event.begin_ns = 5;
  EXPECT_FALSE(event.finished());
  event.end_ns = 5;
  EXPECT_TRUE(event.finished());
}

}  // namespace
}  // namespace tcplab
