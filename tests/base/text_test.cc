#include "core/base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace tcplab {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"connect", "send", "recv", "TCP_NODELAY"};

TEST(ClosestWord, FindsAWordWithALetterLostDoubledOrChanged) {
  EXPECT_EQ(ClosestWord("conect", kWords), "connect");
  EXPECT_EQ(ClosestWord("connnect", kWords), "connect");
  EXPECT_EQ(ClosestWord("sent", kWords), "send");
}

TEST(ClosestWord, SwappedNeighboursAreOneMistake) {
  EXPECT_EQ(ClosestWord("rcev", kWords), "recv");
}

TEST(ClosestWord, UpperAndLowerCaseAreAlike) {
  EXPECT_EQ(ClosestWord("tcp_nodelay", kWords), "TCP_NODELAY");
}

TEST(ClosestWord, NothingIsNearAWordThatIsQuiteDifferent) {
  EXPECT_EQ(ClosestWord("banana", kWords), "");
  EXPECT_EQ(ClosestWord("", kWords), "");
  EXPECT_EQ(ClosestWord("x", {}), "");
}

TEST(ClosestWord, OfTwoTheNearerIsTaken) {
  constexpr std::array<std::string_view, 2> kNear = {"trail", "trials"};
  EXPECT_EQ(ClosestWord("trails", kNear), "trail");  // one letter off; the other is a swap too
  EXPECT_EQ(ClosestWord("trialls", kNear), "trials");
}

TEST(ClosestWord, PastedFileIsNotSearched) {
  EXPECT_EQ(ClosestWord(std::string(1'000'000, 'a'), kWords), "");
}

TEST(IsUtf8, AcceptsEveryLengthOfSequence) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8(std::string_view("a\0b", 3)));
  EXPECT_TRUE(IsUtf8("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  EXPECT_TRUE(
      IsUtf8("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"));  // around the surrogates, and the last
}

TEST(IsUtf8, RefusesOverlongFormsSurrogatesAndWhatIsPastUnicode) {
  for (const char* const text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xED\xA0\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xFE"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(IsUtf8, RefusesSequencesThatAreCutOrBeginInTheMiddle) {
  for (const char* const text :
       {"\x80", "\xC3", "\xC3(", "\xE2\x82", "\xE2(\xAC", "\xF0\x9F\x98", "a\xBF"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(ToHex, WritesTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(ToHex(std::string_view("\x00\x0F\xA0\xFF", 4)), "000fa0ff");
  EXPECT_EQ(ToHex(""), "");
}

TEST(JoinWords, ReadsAsASentence) {
  EXPECT_EQ(JoinWords({}), "");
  EXPECT_EQ(JoinWords(std::vector<std::string_view>{"a"}), "a");
  EXPECT_EQ(JoinWords(std::vector<std::string_view>{"a", "b"}), "a or b");
  EXPECT_EQ(JoinWords(std::vector<std::string_view>{"a", "b", "c"}, "and"), "a, b and c");
}

TEST(Split, KeepsEmptyPieces) {
  EXPECT_EQ(Split("a.b", '.'), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(Split("", '.'), (std::vector<std::string_view>{""}));
  EXPECT_EQ(Split(".a..", '.'), (std::vector<std::string_view>{"", "a", "", ""}));
}

TEST(Printable, ControlCharactersCannotReachATerminal) {
  EXPECT_EQ(Printable("a\x1b[31m\n\x7F"), "a\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(Printable("\xC3\xA4"), "\xC3\xA4");
}

TEST(Printable, BytesThatAreNoTextAreShownAsNumbers) {
  EXPECT_EQ(Printable("a\xCE"), "a\\xce");
  EXPECT_EQ(Printable("\xED\xA0\x80z"), "\\xed\\xa0\\x80z") << "a surrogate";
  EXPECT_EQ(Printable("abc\xCEz", 4), "abc\\xce...");
}

TEST(Printable, LongTextIsCut) {
  EXPECT_EQ(Printable("abcdef", 3), "abc...");
  EXPECT_EQ(Printable("abc", 3), "abc");
  EXPECT_EQ(Printable("ab\xC3\xA4", 3), "ab...") << "not inside a character";
  EXPECT_EQ(Printable("ab\xC3\xA4z", 4), "ab\xC3\xA4...");
  EXPECT_EQ(Printable("\xF0\x9F\x98\x80", 3), "...");
}

}  // namespace
}  // namespace tcplab
