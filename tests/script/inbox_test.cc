#include "core/script/inbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tcplab {
namespace {

RecvUntil Delimiter(std::string delimiter) {
  return {RecvUntil::Kind::kDelimiter, std::move(delimiter), 0};
}
RecvUntil Bytes(std::size_t bytes) { return {RecvUntil::Kind::kBytes, {}, bytes}; }

TEST(Inbox, DelimiterBelongsToItsMessage) {
  Inbox inbox;
  inbox.Append("one\ntwo\n");
  ASSERT_EQ(inbox.Complete(Delimiter("\n")), 4U);
  EXPECT_EQ(inbox.Take(4), "one\n");
  ASSERT_EQ(inbox.Complete(Delimiter("\n")), 4U);
  EXPECT_EQ(inbox.Take(4), "two\n");
  EXPECT_EQ(inbox.size(), 0U);
}

TEST(Inbox, MessageIsNotCompleteBeforeItsDelimiter) {
  Inbox inbox;
  EXPECT_FALSE(inbox.Complete(Delimiter("\n")));
  inbox.Append("abc");
  EXPECT_FALSE(inbox.Complete(Delimiter("\n")));
  inbox.Append("d\n");
  EXPECT_EQ(inbox.Complete(Delimiter("\n")), 5U);
}

// However the pieces are cut.
TEST(Inbox, LongDelimiterIsFoundAcrossPieces) {
  const std::string stream = "xx--xx-=-tail";
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      Inbox inbox;
      std::optional<std::size_t> found;
      for (const std::string& piece :
           {stream.substr(0, first), stream.substr(first, second - first), stream.substr(second)}) {
        inbox.Append(piece);
        if (!found) found = inbox.Complete(Delimiter("-=-"));
      }
      ASSERT_EQ(found, 9U) << first << " " << second;
    }
  }
}

TEST(Inbox, CountIsCompleteWhenThereIsEnough) {
  Inbox inbox;
  inbox.Append("abc");
  EXPECT_FALSE(inbox.Complete(Bytes(4)));
  EXPECT_EQ(inbox.Complete(Bytes(3)), 3U);
  EXPECT_EQ(inbox.Complete(Bytes(1)), 1U);
}

TEST(Inbox, OneCallAndEofAreEndedByOthers) {
  Inbox inbox;
  inbox.Append("abc");
  EXPECT_FALSE(inbox.Complete({RecvUntil::Kind::kOneCall, {}, 0}));
  EXPECT_FALSE(inbox.Complete({RecvUntil::Kind::kEof, {}, 0}));
}

TEST(Inbox, AnotherDelimiterIsLookedForFromTheStart) {
  Inbox inbox;
  inbox.Append("a.b");
  EXPECT_FALSE(inbox.Complete(Delimiter("\n")));
  EXPECT_EQ(inbox.Complete(Delimiter(".")), 2U);
}

TEST(Inbox, SearchStartsAnewAfterAMessageWasTaken) {
  Inbox inbox;
  inbox.Append("abcdef;");
  EXPECT_FALSE(inbox.Complete(Delimiter("\n")));
  static_cast<void>(inbox.Take(2));
  inbox.Append("\n");
  EXPECT_EQ(inbox.Complete(Delimiter("\n")), 6U);
}

TEST(Inbox, TakesNoMoreThanThereIs) {
  Inbox inbox;
  inbox.Append("abc");
  EXPECT_EQ(inbox.Take(10), "abc");
  EXPECT_EQ(inbox.Take(1), "");
}

TEST(Inbox, ManyMessagesOfOneLongReadComeInOrder) {
  Inbox inbox;
  std::string stream;
  for (int i = 0; i < 2000; ++i) stream += std::to_string(i) + "\n";
  inbox.Append(stream);
  for (int i = 0; i < 2000; ++i) {
    const auto size = inbox.Complete(Delimiter("\n"));
    ASSERT_TRUE(size);
    ASSERT_EQ(inbox.Take(*size), std::to_string(i) + "\n");
    if (i == 1000) inbox.Append("last\n");
  }
  EXPECT_EQ(inbox.Take(inbox.Complete(Delimiter("\n")).value_or(0)), "last\n");
}

}  // namespace
}  // namespace tcplab
