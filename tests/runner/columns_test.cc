// Text fitted into columns, whatever it is made of.
#include "runner/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tcplab {
namespace {

using testing::ElementsAre;

constexpr const char* kTwoWide = "\xE6\x97\xA5\xE6\x9C\xAC";  // two characters of two columns each

TEST(Columns, CountCharactersAndNotBytes) {
  EXPECT_EQ(ColumnsOf("ciao"), 4U);
  EXPECT_EQ(ColumnsOf("perch\xC3\xA9"), 6U);
  EXPECT_EQ(ColumnsOf("perche\xCC\x81"), 6U);  // the accent is drawn over the letter
  EXPECT_EQ(ColumnsOf(kTwoWide), 4U);
  EXPECT_EQ(ColumnsOf("\xF0\x9F\x98\x80"), 2U);
  EXPECT_EQ(ColumnsOf("\xFF\xC3"), 2U);
}

TEST(Columns, AreCutBetweenCharacters) {
  EXPECT_EQ(FirstColumns("perch\xC3\xA9 no", 6), "perch\xC3\xA9");
  EXPECT_EQ(FirstColumns(kTwoWide, 3), std::string(kTwoWide, 3));
  EXPECT_EQ(FirstColumns("ab", 5), "ab");
  EXPECT_EQ(PaddedTo(kTwoWide, 6), std::string(kTwoWide) + "  ");
  EXPECT_EQ(PaddedTo("abc", 2), "abc");
}

TEST(Columns, AreFilledWordByWord) {
  EXPECT_THAT(WrappedTo("", 10, 2), ElementsAre(""));
  EXPECT_THAT(WrappedTo("one two three", 20, 2), ElementsAre("one two three"));
  EXPECT_THAT(WrappedTo("one two three", 7, 2), ElementsAre("one two", "three"));
  EXPECT_THAT(WrappedTo("one two three four", 9, 2), ElementsAre("one two", "three", "four"));
  EXPECT_THAT(WrappedTo("abcdefghij", 4, 2), ElementsAre("abcd", "ef", "gh", "ij"));
  EXPECT_THAT(WrappedTo(kTwoWide, 2, 0), ElementsAre("\xE6\x97\xA5", "\xE6\x9C\xAC"));
}

TEST(Payload, IsShownWithoutHarmToATerminal) {
  EXPECT_EQ(PayloadInWords("ciao\r\n\t\"\\", 40), R"("ciao\r\n\t\"\\")");
  EXPECT_EQ(PayloadInWords(std::string_view("\0\x1b[2J\x7f", 6), 40), R"("\x00\x1b[2J\x7f")");
  EXPECT_EQ(PayloadInWords("perch\xC3\xA9", 40), "\"perch\xC3\xA9\"");
  // Half a character, a control in two bytes, and one that turns the direction of a line.
  EXPECT_EQ(PayloadInWords("\xC3", 40), R"("\xc3")");
  EXPECT_EQ(PayloadInWords("\xC2\x9B", 40), R"("\xc2\x9b")");
  EXPECT_EQ(PayloadInWords("\xE2\x80\xAE", 40), R"("\xe2\x80\xae")");
}

TEST(Payload, IsCutBetweenCharacters) {
  EXPECT_EQ(PayloadInWords("abcdef", 6), R"("abcdef")");
  EXPECT_EQ(PayloadInWords("abcdefg", 6), R"("abcdef"...)");
  EXPECT_EQ(PayloadInWords("abcde\n", 6), R"("abcde"...)");
  EXPECT_EQ(PayloadInWords(kTwoWide, 3), "\"\xE6\x97\xA5\"...");
}

}  // namespace
}  // namespace tcplab
