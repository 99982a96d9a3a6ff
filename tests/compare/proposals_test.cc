// What a result would have its scenario expect.
#include "core/compare/proposals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/compare/expectations.h"
#include "tests/result/made_up.h"
#include "tests/support/made_up_result.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const json kWhen = {{"stack", "linux"}};

Scenario Matrix(const std::string& expect = "[]",
                const std::string& parameters = R"({"backlog": [0, 1, 2], "clients": 3})") {
  return MadeUpScenario(parameters, 20, expect);
}

json CaseOf(int backlog) { return {{"backlog", backlog}, {"clients", 3}}; }

// `value` of accept_order in each of the three cases.
MadeUpResult Accepted(const std::vector<json>& values, std::size_t trials = 5) {
  MadeUpResult result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.Case(CaseOf(static_cast<int>(i))).Saw("accept_order", "order", Times(trials, values[i]));
  }
  return result;
}

std::vector<json> Proposed(const Scenario& scenario, const MadeUpResult& result,
                           const std::vector<std::size_t>& without = {},
                           const std::vector<std::string>& only = {}) {
  return ProposeExpectations(scenario, result.document(), {without, only}).expectations;
}

json Order(const json& value, const json& a_case) {
  return {{"observation", "accept_order"}, {"equals", value}, {"case", a_case}, {"when", kWhen}};
}

TEST(Proposals, WhatAllCasesAgreeOnHasNoConditionOnTheAxis) {
  EXPECT_THAT(Proposed(Matrix(), Accepted({{0}, {0}, {0}})),
              ElementsAre(Order({0}, {{"clients", 3}})))
      << "of other numbers of clients nothing is known";
  MadeUpResult two_axes;
  for (const int backlog : {0, 1}) {
    for (const int clients : {2, 3}) {
      two_axes.Case({{"backlog", backlog}, {"clients", clients}})
          .Saw("accept_order", "order", Times(5, {0}));
    }
  }
  EXPECT_THAT(Proposed(Matrix("[]", R"({"backlog": [0, 1], "clients": [2, 3]})"), two_axes),
              ElementsAre(json{{"observation", "accept_order"}, {"equals", {0}}, {"when", kWhen}}));
}

TEST(Proposals, CasesThatAgreeShareOneAndOthersHaveTheirOwn) {
  EXPECT_THAT(Proposed(Matrix(), Accepted({{0}, {0, 1}, {0}})),
              ElementsAre(Order({0}, {{"backlog", {0, 2}}, {"clients", 3}}),
                          Order({0, 1}, {{"backlog", 1}, {"clients", 3}})));
}

// The cases of one value are no combination of values: no one condition is true of them only.
TEST(Proposals, AConditionIsTrueOfNoOtherCase) {
  const Scenario scenario = Matrix("[]", R"({"backlog": [0, 1, 2], "clients": [2, 3, 4]})");
  MadeUpResult result;
  for (int backlog = 0; backlog < 3; ++backlog) {
    for (int clients = 2; clients < 5; ++clients) {
      const bool corner = backlog == 0 || clients == 2;
      result.Case({{"backlog", backlog}, {"clients", clients}})
          .Saw("accept_order", "order", Times(5, corner ? json({0}) : json({1, backlog})));
    }
  }
  const std::vector<json> proposed = Proposed(scenario, result);
  json list = json::array();
  for (const json& expectation : proposed) list.push_back(expectation);
  const Scenario with = Matrix(list.dump(), R"({"backlog": [0, 1, 2], "clients": [2, 3, 4]})");
  const json environment = result.document()["environment"];
  for (const json& a_case : result.document()["cases"]) {
    std::size_t judging = 0;
    for (const Expectation& expectation : with.expectations) {
      if (!Applies(expectation, a_case["parameters"], environment)) continue;
      ++judging;
      EXPECT_TRUE(Judge(expectation, a_case["observations"]["accept_order"]["values"]).met)
          << expectation.document << " in " << a_case["parameters"];
    }
    EXPECT_EQ(judging, 1U) << a_case["parameters"];
  }
  EXPECT_EQ(proposed.size(), 4U) << list.dump(2);
}

TEST(Proposals, NothingIsSaidOfCasesThatWereNotMeasured) {
  EXPECT_THAT(Proposed(Matrix(), Accepted({{0}, {0}})),
              ElementsAre(Order({0}, {{"backlog", {0, 1}}, {"clients", 3}})));
}

TEST(Proposals, FewOrDifferentTrialsAreNoReasonToExpectAnything) {
  EXPECT_THAT(Proposed(Matrix(), Accepted({{0}, {0}, {0}}, 4)), IsEmpty());
  MadeUpResult result;
  result.Case(CaseOf(0)).Saw("accept_order", "order", Then(Times(19, {0}), {{1}}));
  EXPECT_THAT(Proposed(Matrix(), result), IsEmpty());
}

TEST(Proposals, DistributionsAndTimesAreNeverExpected) {
  MadeUpResult result;
  result.Case(CaseOf(0))
      .Saw("recv_calls", "distribution", Times(20, {3}))
      .Saw("connect_ms", "timing", Times(20, {0.125}))
      .Saw("replies", "exact", Times(20, {{"CIAO"}}));
  EXPECT_THAT(Proposed(Matrix(), result), ElementsAre(json{{"observation", "replies"},
                                                           {"equals", {{"CIAO"}}},
                                                           {"case", CaseOf(0)},
                                                           {"when", kWhen}}));
}

TEST(Proposals, CasesThatWereNotMeasuredWellAreLeftOut) {
  for (const char* status : {"error", "unsupported", "interrupted"}) {
    MadeUpResult result = Accepted({{0}, {0}, {0}});
    result.With("/cases/1/status", status).With("/cases/2/status", "failed");
    EXPECT_THAT(Proposed(Matrix(), result),
                ElementsAre(Order({0}, {{"backlog", {0, 2}}, {"clients", 3}})));
  }
}

TEST(Proposals, WhatIsExpectedAlreadyIsNotExpectedTwice) {
  const char* const expect = R"([
      {"observation": "accept_order.0", "equals": 7, "case": {"backlog": 1}},
      {"observation": "accept_order", "equals": [7], "case": {"backlog": 0}, "when": {"os": "macos"}}])";
  const MadeUpResult result = Accepted({{0}, {0}, {0}});
  EXPECT_THAT(Proposed(Matrix(expect), result),
              ElementsAre(Order({0}, {{"backlog", {0, 2}}, {"clients", 3}})))
      << "one of another system says nothing here";
  EXPECT_THAT(Proposed(Matrix(expect), result, {0}), ElementsAre(Order({0}, {{"clients", 3}})));
}

// MadeUpScenario has no labels, and the loader is not asked here.
TEST(Proposals, EachLabelOfAStepIsAFactOfItsOwn) {
  MadeUpResult result;
  result.Case(CaseOf(0)).Saw("steps", "set",
                             Then(Times(5, {{"same", {"ok"}}, {"other", {"ok 1"}}}),
                                  Times(5, {{"same", {"ok"}}, {"other", {"ok 2"}}})));
  Scenario scenario = Matrix();
  const json same = {
      {"observation", "steps.same"}, {"equals", {"ok"}}, {"case", CaseOf(0)}, {"when", kWhen}};
  EXPECT_THAT(Proposed(scenario, result), ElementsAre(same));
  Expectation expectation;
  expectation.observation = "steps";
  expectation.path = {"other", "0"};
  scenario.expectations = {expectation};
  EXPECT_THAT(Proposed(scenario, result), ElementsAre(same));
  scenario.expectations[0].path = {"same"};
  EXPECT_THAT(Proposed(scenario, result), IsEmpty());
  scenario.expectations[0].path.clear();
  EXPECT_THAT(Proposed(scenario, result), IsEmpty()) << "all labels are judged";
}

TEST(Proposals, AnswerToAPromptIsAlwaysACondition) {
  Scenario scenario = Matrix();
  scenario.document["parameters"]["text"] = {{"prompt", "?"}};
  MadeUpResult result;
  for (int backlog = 0; backlog < 3; ++backlog) {
    json parameters = CaseOf(backlog);
    parameters["text"] = "ciao";
    result.Case(parameters).Saw("accept_order", "order", Times(5, {0}));
  }
  EXPECT_THAT(Proposed(scenario, result),
              ElementsAre(Order({0}, {{"clients", 3}, {"text", "ciao"}})));
}

TEST(Proposals, ValueThatNobodyWouldReadIsOnlyNamed) {
  MadeUpResult result;
  result.Case(CaseOf(0)).Saw("replies", "exact", Times(5, {{std::string(5000, 'x')}}));
  result.Case(CaseOf(1)).Saw("replies", "exact", Times(5, {{std::string(5000, 'y')}}));
  const ProposedExpectations proposed = ProposeExpectations(Matrix(), result.document(), {});
  EXPECT_THAT(proposed.expectations, IsEmpty());
  EXPECT_THAT(proposed.too_long, ElementsAre("replies"));
}

TEST(Proposals, CountsFollowFromWhoHadWhichWord) {
  MadeUpResult result;
  result.Case(CaseOf(0))
      .Saw("connect_outcomes", "set", Times(5, {"queued", "pending"}))
      .Saw("outcome_counts", "set", Times(5, {{"queued", 1}, {"pending", 1}}));
  const std::vector<json> both = Proposed(Matrix(), result);
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0]["observation"], "connect_outcomes");
  const std::vector<json> chosen = Proposed(Matrix(), result, {}, {"outcome_counts"});
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0]["observation"], "outcome_counts") << "it is all that was asked for";
  EXPECT_THAT(Proposed(Matrix(json(both).dump()), result), IsEmpty()) << "the second time too";
  const std::vector<json> of_one =
      Proposed(Matrix(R"([{"observation": "connect_outcomes.0", "equals": "queued"}])"), result);
  ASSERT_EQ(of_one.size(), 1U) << "one client does not say how many";
  EXPECT_EQ(of_one[0]["observation"], "outcome_counts");
  const json many(1000, "pending");
  result.Saw("connect_outcomes", "set", Times(5, many));
  const std::vector<json> counts = Proposed(Matrix(), result);
  ASSERT_EQ(counts.size(), 1U) << "who had it is too long to be read, how many is not";
  EXPECT_EQ(counts[0]["observation"], "outcome_counts");
}

TEST(FindUnmet, CountsTheCasesInWhichItDidNotHold) {
  const Scenario scenario = Matrix(R"([
      {"observation": "accept_order", "equals": [0]},
      {"observation": "accept_order", "equals": [0], "case": {"backlog": [0, 1]}},
      {"observation": "accept_order", "equals": [7], "when": {"os": "macos"}},
      {"observation": "replies", "equals": [7]}])");
  const auto unmet = FindUnmet(scenario, Accepted({{0}, {0}, {1}}).document());
  ASSERT_EQ(unmet.size(), 1U);
  EXPECT_EQ(unmet[0].index, 0U);
  EXPECT_EQ(unmet[0].cases, 1U);
  EXPECT_EQ(unmet[0].judged, 3U);
}

TEST(MeasuredFrom, OnlyTheExpectationsMayHaveChangedSince) {
  const Scenario scenario = Matrix(R"([{"observation": "accept_order", "equals": [0]}])");
  MadeUpResult result = Accepted({{0}, {0}, {0}});
  result.With("/scenario/document", Matrix().document);
  EXPECT_TRUE(CheckMeasuredFrom(scenario, result.document()));
  result.With("/scenario/document/window_ms", 700);
  const Status changed = CheckMeasuredFrom(scenario, result.document());
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().message,
              HasSubstr("has changed since it was measured (at /window_ms)"));
}

TEST(MeasuredFrom, ValuesThatTheScenarioDoesNotHaveAreRefused) {
  MadeUpResult result;
  result.Case({{"backlog", 3}, {"clients", 3}}).Saw("accept_order", "order", Times(5, {0}));
  result.With("/scenario/document", Matrix().document);
  const Status other = CheckMeasuredFrom(Matrix(), result.document());
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("measured with backlog=3"));
}

}  // namespace
}  // namespace tcplab
