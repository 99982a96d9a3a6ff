#include "runner/describe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tcplab {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

TEST(Describe, RunsThatCountUpAreShortenedAndTheOrderIsKept) {
  EXPECT_EQ(OrderInWords({0, 1, 2, 3}), "0-3");
  EXPECT_EQ(OrderInWords({1, 2}), "1, 2");
  EXPECT_EQ(OrderInWords({2, 1, 0}), "2, 1, 0");
  EXPECT_EQ(OrderInWords({0, 5, 6, 7, 2}), "0, 5-7, 2");
  EXPECT_EQ(OrderInWords(json::array()), "nobody");
  EXPECT_EQ(OrderInWords({0, nullptr}), "[0,null]");
}

TEST(Describe, ClientsAreGroupedByWhatBecameOfThem) {
  EXPECT_EQ(WhoHasWhich(Words{"accepted", "queued", "queued", "pending", "pending", "pending"}),
            "0 accepted; 1, 2 queued; 3-5 pending");
  EXPECT_EQ(WhoHasWhich(Words{"queued", "pending", "queued"}), "0, 2 queued; 1 pending");
  EXPECT_EQ(WhoHasWhich(Words{}), "");
}

TEST(Describe, WhereNobodyCouldReadWhoWasWhoTheyAreCounted) {
  Words words;
  for (int i = 0; i < 20; ++i) words.emplace_back(i % 2 == 0 ? "queued" : "pending");
  EXPECT_EQ(WhoHasWhich(words), "10 queued, 10 pending");
}

TEST(Describe, BytesAreEscapedAndCutBetweenCharacters) {
  EXPECT_EQ(QuotedBytes("CIAO \"0\"\\\n\r\t\x01", 40), R"("CIAO \"0\"\\\n\r\t\x01")");
  EXPECT_EQ(QuotedBytes("abcdef", 3), "\"abc...");
  EXPECT_EQ(QuotedBytes("ab\u00e4", 3), "\"ab...");
  EXPECT_EQ(QuotedBytes("", 3), "\"\"");
}

TEST(Describe, RepeatedOutcomesOfAStepAreCounted) {
  EXPECT_EQ(OutcomesOfStep({"ok 7"}), "ok 7");
  EXPECT_EQ(OutcomesOfStep({"ok 1", "ok 1", "eof"}), "ok 1 x2, then eof");
  EXPECT_EQ(OutcomesOfStep({"a", "b", "c", "d", "e"}), "a, then b, then c, then 2 more");
  EXPECT_EQ(OutcomesOfStep(json::array()), "never run");
}

TEST(Describe, RepliesAreQuotedOrCounted) {
  EXPECT_EQ(RepliesOfClient({"CIAO\n"}), R"("CIAO\n")");
  EXPECT_EQ(RepliesOfClient({"a", "b"}), R"("a", "b")");
  EXPECT_EQ(RepliesOfClient({"a", "b", "c"}), R"("a" and 2 more)");
  EXPECT_EQ(RepliesOfClient(json::array()), "nothing");
  EXPECT_EQ(RepliesOfClient(json::array({{{"hex", "ff00"}}})), R"({"hex":"ff00"})");
}

TEST(Describe, SizesStandInTheOrderOfTheirNumbers) {
  EXPECT_EQ(SizesInWords({{"98", 1}, {"1", 2}, {"100", 3}}),
            "2 of 1 byte, 1 of 98 bytes, 3 of 100 bytes");
  EXPECT_EQ(SizesInWords(json::object()), "nothing received");
}

TEST(Describe, NounsAreCounted) {
  EXPECT_EQ(Counted(1, "trial"), "1 trial");
  EXPECT_EQ(Counted(0, "trial"), "0 trials");
}

}  // namespace
}  // namespace tcplab
