#include "runner/text_layout.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace tcplab {
namespace {

std::size_t LongestLine(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(TextLayout, ALabelIsShownOnceForTheRowsThatFollow) {
  TextLayout layout({}, 8);
  layout.Row("clients", "19 of 20", "0 accepted");
  layout.Row("clients", "1 of 20", "0 refused");
  layout.Row("replies", "20 of 20", "nothing");
  EXPECT_EQ(layout.text(),
            "  clients       19 of 20  0 accepted\n"
            "                 1 of 20  0 refused\n"
            "  replies       20 of 20  nothing\n");
}

TEST(TextLayout, ALongLabelIsFollowedByASpaceAndItsRowsStandBelowEachOther) {
  TextLayout layout({}, 8);
  layout.Row("step second_hears", "19 of 20", "ok 6");
  layout.Row("step second_hears", "1 of 20", "timeout");
  EXPECT_EQ(layout.text(),
            "  step second_hears 19 of 20  ok 6\n"
            "                     1 of 20  timeout\n");
}

TEST(TextLayout, NoLineIsWiderThanAHundredColumns) {
  std::string words;
  for (int i = 0; i < 60; ++i) words += "word" + std::to_string(i) + " ";
  TextLayout layout({}, 8);
  layout.Row("label", "20 of 20", words);
  layout.Row("label", "20 of 20", std::string(500, 'x'));
  layout.Line(words, 4);
  EXPECT_LE(LongestLine(layout.text()), 100U) << layout.text();
}

TEST(TextLayout, ARowLongerThanThreeLinesIsCutAndSaysSo) {
  TextLayout layout({}, 8);
  layout.Row("label", "20 of 20", std::string(500, 'x'));
  EXPECT_EQ(std::count(layout.text().begin(), layout.text().end(), '\n'), 3);
  EXPECT_TRUE(layout.text().ends_with("x ...\n"));
}

TEST(TextLayout, ColoursAreOnlyThereWhenAskedFor) {
  TextLayout plain({}, 0);
  plain.Line("good", 0, Tone::kGood);
  EXPECT_EQ(plain.text(), "good\n");
  TextLayout colored({true}, 0);
  colored.Line("good", 0, Tone::kGood);
  EXPECT_EQ(colored.text(), "\x1b[32mgood\x1b[0m\n");
}

TEST(TextLayout, ColoursTakeNoColumns) {
  TextLayout layout({true}, 0);
  layout.Line(layout.Toned(std::string(60, 'a'), Tone::kBold) + " " + std::string(39, 'b'));
  EXPECT_EQ(std::count(layout.text().begin(), layout.text().end(), '\n'), 1);
}

TEST(TextLayout, LettersOfSeveralBytesAreOneColumn) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\u00e4";
  TextLayout layout({}, 0);
  layout.Line(umlauts);
  EXPECT_EQ(layout.text(), umlauts + "\n");
}

}  // namespace
}  // namespace tcplab
