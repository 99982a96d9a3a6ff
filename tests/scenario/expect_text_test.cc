// The list of expectations, changed in the text that a person wrote.
#include "core/scenario/expect_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/json_cursor.h"
#include "core/scenario/json_text.h"
#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const json kNew = {{"observation", "accept_order"}, {"equals", {0, 1}}};
const json kOther = {{"observation", "queue_order"},
                     {"equals", json::array()},
                     {"case", {{"backlog", {1, 2}}}},
                     {"when", {{"stack", "linux"}}}};
constexpr const char* kNewText = R"({ "observation": "accept_order", "equals": [0, 1] })";
constexpr const char* kOtherText =
    R"({ "observation": "queue_order", "equals": [], "case": { "backlog": [1, 2] }, "when": { "stack": "linux" } })";

std::string Add(const std::string& text, std::vector<json> add = {kNew}) {
  return EditExpectations(text, {{}, std::move(add)});
}
std::string Drop(const std::string& text, std::vector<std::size_t> drop) {
  return EditExpectations(text, {std::move(drop), {}});
}

TEST(ExpectText, KeysStandInTheOrderOfTheLanguage) {
  EXPECT_EQ(ExpectationText(kNew), kNewText);
  EXPECT_EQ(ExpectationText(kOther), kOtherText);
  EXPECT_EQ(ExpectationText({{"when", {{"os", "linux"}}}, {"none", "x"}, {"observation", "o"}}),
            R"({ "observation": "o", "none": "x", "when": { "os": "linux" } })");
}

TEST(ExpectText, NewOnesFollowTheLastInItsIndentation) {
  EXPECT_EQ(Add("{\n\t\"expect\": [\n\t\t{\"a\": 1}\n\t]\n}\n", {kNew, kOther}),
            std::string("{\n\t\"expect\": [\n\t\t{\"a\": 1},\n\t\t") + kNewText + ",\n\t\t" +
                kOtherText + "\n\t]\n}\n");
}

TEST(ExpectText, ACommentStaysWithTheExpectationBesideIt) {
  EXPECT_EQ(Add("{\n  \"expect\": [\n    {\"a\": 1} // why  \n    /* end */\n  ]\n}"),
            std::string("{\n  \"expect\": [\n    {\"a\": 1}, // why  \n    /* end */\n    ") +
                kNewText + "\n  ]\n}");
}

TEST(ExpectText, AListOnOneLineBecomesLines) {
  EXPECT_EQ(Add("{\n  \"expect\": [{\"a\": 1}]\n}"),
            std::string("{\n  \"expect\": [{\"a\": 1},\n    ") + kNewText + "\n  ]\n}");
  EXPECT_EQ(Add("{\n  \"expect\": [ ],\n  \"name\": 1\n}"),
            std::string("{\n  \"expect\": [\n    ") + kNewText + "\n  ],\n  \"name\": 1\n}");
  EXPECT_EQ(Add("{\n  \"expect\": [\n    // none yet\n  ]\n}"),
            std::string("{\n  \"expect\": [\n    // none yet\n    ") + kNewText + "\n  ]\n}");
}

TEST(ExpectText, ADocumentOnOneLineStaysOnOne) {
  EXPECT_EQ(Add(R"({"name": "x", "expect": [{"a": 1}]})"),
            std::string(R"({"name": "x", "expect": [{"a": 1}, )") + kNewText + "]}");
  EXPECT_EQ(Add(R"({"expect":[],"name":"x"})"),
            std::string(R"({"expect":[)") + kNewText + R"(],"name":"x"})");
  EXPECT_EQ(Add(R"({"name": "x"})", {kNew, kOther}),
            std::string(R"({"name": "x", "expect": [)") + kNewText + ", " + kOtherText + "]}");
}

TEST(ExpectText, WhereThereIsNoListOneIsMadeAtTheEnd) {
  EXPECT_EQ(
      Add("// top\n{\n    \"name\": \"x\", // the name\n    \"trials\": 5 // few\n}\n// end\n"),
      std::string("// top\n{\n    \"name\": \"x\", // the name\n    \"trials\": 5, // few\n"
                  "    \"expect\": [\n        ") +
          kNewText + "\n    ]\n}\n// end\n");
  EXPECT_EQ(Add("{ \"name\": \"x\",\n  \"trials\": 5 }"),
            std::string("{ \"name\": \"x\",\n  \"trials\": 5,\n  \"expect\": [\n    ") + kNewText +
                "\n  ]\n}");
}

TEST(ExpectText, LineEndsAreThoseOfTheFile) {
  EXPECT_EQ(Add("{\r\n  \"expect\": [ // none\r\n  ]\r\n}\r\n"),
            std::string("{\r\n  \"expect\": [ // none\r\n    ") + kNewText + "\r\n  ]\r\n}\r\n");
  EXPECT_EQ(Add("\xEF\xBB\xBF{\r  \"name\": 1 // c\r}"),
            std::string("\xEF\xBB\xBF{\r  \"name\": 1, // c\r  \"expect\": [\r    ") + kNewText +
                "\r  ]\r}");
}

TEST(ExpectText, WhatIsTooLongForALineIsBrokenBetweenItsKeys) {
  const json value(12, "accepted");
  const std::string text = Add("{\n  \"expect\": []\n}", {{{"observation", "connect_outcomes"},
                                                           {"equals", value},
                                                           {"case", {{"backlog", 1}}},
                                                           {"when", {{"stack", "linux"}}}}});
  EXPECT_THAT(text, HasSubstr("    { \"observation\": \"connect_outcomes\",\n      \"equals\": ["));
  EXPECT_THAT(text, HasSubstr("],\n      \"case\": { \"backlog\": 1 }, \"when\": "));
}

TEST(ExpectText, DroppedOnesGoWithTheirLines) {
  const std::string list =
      "{\n  \"expect\": [\n    {\"a\": 1},\n    {\"a\": 2},\n    {\"a\": 3}\n  ]\n}";
  EXPECT_EQ(Drop(list, {0}), "{\n  \"expect\": [\n    {\"a\": 2},\n    {\"a\": 3}\n  ]\n}");
  EXPECT_EQ(Drop(list, {1}), "{\n  \"expect\": [\n    {\"a\": 1},\n    {\"a\": 3}\n  ]\n}");
  EXPECT_EQ(Drop(list, {2}), "{\n  \"expect\": [\n    {\"a\": 1},\n    {\"a\": 2}\n  ]\n}");
  EXPECT_EQ(Drop(list, {1, 2}), "{\n  \"expect\": [\n    {\"a\": 1}\n  ]\n}");
  EXPECT_EQ(Drop(list, {0, 1, 2}), "{\n  \"expect\": [\n  ]\n}");
  EXPECT_EQ(EditExpectations(list, {{2}, {kNew}}),
            std::string("{\n  \"expect\": [\n    {\"a\": 1},\n    {\"a\": 2},\n    ") + kNewText +
                "\n  ]\n}");
  EXPECT_EQ(EditExpectations(list, {{0, 1, 2}, {kNew}}),
            std::string("{\n  \"expect\": [\n    ") + kNewText + "\n  ]\n}");
  EXPECT_EQ(Drop(R"({"expect": [{"a": 1}, {"a": 2}, {"a": 3}]})", {0, 2}),
            R"({"expect": [{"a": 2}]})");
}

TEST(ExpectText, CommentsOfDroppedOnesAreNobodysToThrowAway) {
  EXPECT_EQ(Drop("{\n  \"expect\": [\n    // first\n    {\"a\": 1}, // one\n    {\"a\": 2} /* two "
                 "*/\n  ]\n}",
                 {0, 1}),
            "{\n  \"expect\": [\n    // first\n    // one\n    /* two */\n  ]\n}");
}

TEST(ExpectText, NothingToDoChangesNothing) {
  for (const std::string& path : ShippedScenarios()) {
    const std::string text = ReadText(path);
    EXPECT_EQ(EditExpectations(text, {}), text) << path;
  }
}

// Every shipped scenario: whatever is dropped and added, the text before the list, and behind it,
// stays as it is, and the loader takes what comes of it.
TEST(ExpectText, OutsideOfTheListNothingChangesInAnyScenarioThatShips) {
  for (const std::string& path : ShippedScenarios()) {
    const std::string text = ReadText(path);
    const LoadedScenario before = LoadScenarioText(text, path, Answering());
    ASSERT_TRUE(before.scenario) << path;
    const std::size_t begin = internal::FindInJsonText(text, "/expect", false);
    for (std::size_t drop = 0; drop < before.scenario->expectations.size(); ++drop) {
      const std::string after = EditExpectations(text, {{drop}, {kNew}});
      const LoadedScenario loaded = LoadScenarioText(after, path, Answering());
      ASSERT_TRUE(loaded.scenario) << path << after;
      EXPECT_EQ(loaded.scenario->expectations.size(), before.scenario->expectations.size());
      EXPECT_EQ(after.substr(0, begin + 1), text.substr(0, begin + 1));
      EXPECT_TRUE(after.ends_with("\n  ]\n}\n")) << after;
      EXPECT_THAT(after, HasSubstr(kNewText));
    }
  }
}

// Tokens with random space and comments between them. What stands inside of an expectation is a
// part of it, and goes with it.
class Scribbler {
 public:
  explicit Scribbler(std::uint32_t seed) : random_(seed), line_ends_(Below(3) != 0) {}

  std::string Document(std::size_t expectations, bool with_list) {
    std::string text = Gap() + "{" + Gap() + "\"name\"" + Gap() + ":" + Gap() + "\"[{,}]//\"";
    if (with_list) {
      text += Gap() + "," + Gap() + "\"expect\"" + Gap() + ":" + Gap() + "[";
      for (std::size_t i = 0; i < expectations; ++i) {
        if (i > 0) text += Gap() + ",";
        text += Gap() + "{ \"a\": " + std::to_string(i) + " }";
      }
      text += Gap() + "]";
    }
    if (Below(2) == 0) text += Gap() + "," + Gap() + "\"z\": [1, {}]";
    return text + Gap() + "}" + Gap();
  }

  std::size_t Below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

 private:
  std::string Gap() {
    static const std::vector<std::string> kInLine = {"", "", " ", "  ", "\t", " /* c, ] */ "};
    static const std::vector<std::string> kLines = {"\n",         "\n  ",       "\r\n    ", "\r",
                                                    " // } c\n ", "\n  // d\n", "// e \r\n"};
    std::string gap;
    for (std::size_t i = Below(3); i > 0; --i) {
      const auto& pieces = line_ends_ && Below(2) == 0 ? kLines : kInLine;
      gap += pieces[Below(pieces.size())];
    }
    return gap;
  }

  std::mt19937 random_;
  bool line_ends_;
};

std::string CommentsOf(const std::string& text) {
  std::string comments;
  internal::JsonCursor cursor(text);
  while (!cursor.AtEnd()) {
    const std::size_t begin = cursor.offset();
    cursor.SkipSpaceAndComments();
    for (const char c : text.substr(begin, cursor.offset() - begin)) {
      if (std::string(" \t\r\n").find(c) == std::string::npos) comments += c;
    }
    cursor.SkipToken();
  }
  return comments;
}

// EditExpectations checks by itself that the document is the one that was meant.
TEST(ExpectText, NoLayoutOfSpaceAndCommentsIsTornApart) {
  for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
    Scribbler scribbler(seed);
    const std::size_t count = scribbler.Below(5);
    const bool with_list = scribbler.Below(4) != 0;
    const std::string text = scribbler.Document(count, with_list);
    ExpectEdit edit;
    for (std::size_t i = 0; with_list && i < count; ++i) {
      if (scribbler.Below(3) == 0) edit.drop.push_back(i);
    }
    for (std::size_t i = scribbler.Below(3); i > 0; --i) edit.add.push_back(kNew);
    const std::string after = EditExpectations(text, edit);
    ASSERT_EQ(CommentsOf(after), CommentsOf(text)) << text << "\n---\n" << after;
    if (!with_list) continue;
    const std::size_t open = internal::FindInJsonText(text, "/expect", false);
    internal::JsonCursor list(std::string_view(text).substr(open));
    list.SkipValue();
    ASSERT_TRUE(after.starts_with(text.substr(0, open + 1))) << text << "\n---\n" << after;
    ASSERT_TRUE(after.ends_with(text.substr(open + list.offset() - 1))) << text << "\n---\n"
                                                                        << after;
  }
}

}  // namespace
}  // namespace tcplab
