#include "core/scenario/substitute.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tcplab::internal {
namespace {

using nlohmann::json;

const json kValues =
    json::parse(R"({"n": 3, "half": 0.5, "on": true, "word": "a$b", "dollars": "${n}"})");

json Put(const json& value, Stage stage = Stage::kFinal) {
  Budget budget;
  return Substitute(value, kValues, stage, budget);
}

std::vector<std::string> ReferencesIn(const json& value) {
  Problems problems;
  std::vector<std::string> names;
  VisitReferences(Node(value, problems), [&](const Node& at, const std::string& name) {
    names.push_back(at.Pointer() + " " + name);
  });
  return names;
}

TEST(Substitute, WholeStringIsTheParameterWithItsType) {
  EXPECT_EQ(Put("$n"), json(3));
  EXPECT_EQ(Put("$half"), json(0.5));
  EXPECT_EQ(Put("$on"), json(true));
  EXPECT_EQ(Put("$word"), json("a$b"));
}

TEST(Substitute, ReferenceInsideAStringIsInterpolated) {
  EXPECT_EQ(Put("<${n}|${half}|${on}|${word}>"), json("<3|0.5|true|a$b>"));
  EXPECT_EQ(Put("${n}"), json("3"));
}

TEST(Substitute, TwoDollarSignsAreOne) {
  EXPECT_EQ(Put("$$n"), json("$n"));
  EXPECT_EQ(Put("$${n}"), json("${n}"));
  EXPECT_EQ(Put("$$$$"), json("$$"));
}

TEST(Substitute, DollarSignBeforeAnythingElseIsItself) {
  EXPECT_EQ(Put("5$"), json("5$"));
  EXPECT_EQ(Put("$5 and $ 6"), json("$5 and $ 6"));
  EXPECT_EQ(Put("a $n"), json("a $n"));
}

TEST(Substitute, ValuesAreNotSubstitutedAgain) {
  EXPECT_EQ(Put("$dollars"), json("${n}"));
  EXPECT_EQ(Put("<${dollars}>"), json("<${n}>"));
}

TEST(Substitute, UnknownReferencesStayAsTheyAre) {
  EXPECT_EQ(Put("$index"), json("$index"));
  EXPECT_EQ(Put("${n} ${index}"), json("3 ${index}"));
}

TEST(Substitute, ScriptsSayTheSameAfterBothStages) {
  const json index = {{"index", 7}};
  for (const char* const text : {"$word", "$dollars", "$$index", "$index", "x${word}${index}",
                                 "$${index}", "5$", "$5", "$$$$", "<${dollars}>", "a$"}) {
    json both = kValues;
    both.update(index);
    Budget budget;
    const json at_once = Substitute(text, both, Stage::kFinal, budget);
    const json in_turn = Substitute(Put(text, Stage::kScript), index, Stage::kFinal, budget);
    EXPECT_EQ(at_once, in_turn) << text;
  }
}

TEST(Substitute, WholeDocumentsAreCopiedWithTheirStructure) {
  EXPECT_EQ(Put(json::parse(R"({"$n": ["$n", {"x": "${n}"}], "y": null})")),
            json::parse(R"({"$n": [3, {"x": "3"}], "y": null})"));
}

TEST(Substitute, ReferencesAreVisitedWithTheirPlaces) {
  const json value =
      json::parse(R"({"a": ["$one", "x"], "b": "${two}${three}", "$no": 1, "c": "$$no"})");
  EXPECT_EQ(ReferencesIn(value), (std::vector<std::string>{"/a/0 one", "/b two", "/b three"}));
}

TEST(Substitute, UnclosedReferenceIsReported) {
  for (const char* const text : {"${n", "a ${", "${}", "${a b}", "${1}"}) {
    Problems problems;
    const json value = text;
    VisitReferences(Node(value, problems), [](const Node&, const std::string&) {});
    EXPECT_TRUE(problems.has_errors()) << text;
  }
}

TEST(Substitute, GrowthIsBoundedByTheBudgetAndNotByTheMemory) {
  const json values = {{"long", std::string(1 << 20, 'x')}};
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "${long}";  // would be 100 GB
  Budget budget;
  (void)Substitute(json::array({text, text}), values, Stage::kFinal, budget);
  EXPECT_TRUE(budget.exceeded);
}

TEST(Substitute, ParameterNamesAreIdentifiers) {
  for (const char* const name : {"a", "_", "backlog", "pause_ms", "A1"}) {
    EXPECT_TRUE(IsParameterName(name)) << name;
  }
  for (const char* const name : {"", "1a", "a-b", "a b", "a.b", "\xC3\xA4"}) {
    EXPECT_FALSE(IsParameterName(name)) << name;
  }
  EXPECT_FALSE(IsParameterName(std::string(65, 'a')));
}

}  // namespace
}  // namespace tcplab::internal
