#include "core/compare/expectations.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/result/made_up.h"

namespace tcplab {
namespace {

using nlohmann::json;

// One expectation as an author writes it, read by core/scenario.
Expectation Read(const std::string& expect) {
  const Scenario scenario =
      MadeUpScenario(R"({"backlog": [1, 2], "clients": 3})", 20, "[" + expect + "]");
  EXPECT_EQ(scenario.expectations.size(), 1U);
  return scenario.expectations.empty() ? Expectation{} : scenario.expectations.front();
}

// Observed values, each with the trials that showed it: {"[0]", 19}.
json Values(const std::vector<std::pair<std::string, int>>& list) {
  json values = json::array();
  for (const auto& [value, trials] : list) {
    values.push_back({{"value", json::parse(value)}, {"trials", trials}});
  }
  return values;
}

bool Met(const std::string& expect, const std::string& value) {
  return Judge(Read(expect), Values({{value, 1}})).met;
}

TEST(Expectation, EqualsComparesTheWholeValue) {
  const std::string expect = R"({"observation": "accept_order", "equals": [0, 1]})";
  EXPECT_TRUE(Met(expect, "[0, 1]"));
  EXPECT_FALSE(Met(expect, "[1, 0]"));
  EXPECT_FALSE(Met(expect, "[0]"));
}

TEST(Expectation, OneOfTakesAnyOfItsValues) {
  const std::string expect = R"({"observation": "accept_order", "one_of": [[0], [1]]})";
  EXPECT_TRUE(Met(expect, "[1]"));
  EXPECT_FALSE(Met(expect, "[2]"));
}

TEST(Expectation, NoneLooksAtTheValueAndItsElements) {
  const std::string expect = R"({"observation": "connect_outcomes", "none": "refused"})";
  EXPECT_TRUE(Met(expect, R"(["accepted", "queued"])"));
  EXPECT_FALSE(Met(expect, R"(["accepted", "refused"])"));
  EXPECT_FALSE(
      Met(R"({"observation": "connect_outcomes.0", "none": "refused"})", R"(["refused"])"));
  EXPECT_TRUE(Met(R"({"observation": "connect_outcomes.0", "none": "refused"})", R"(["queued"])"));
}

TEST(Expectation, BetweenTakesANumberOrEachOfAList) {
  const std::string expect = R"({"observation": "recv_calls", "between": [50, 100]})";
  EXPECT_TRUE(Met(expect, "[50, 100]"));
  EXPECT_FALSE(Met(expect, "[49, 100]"));
  EXPECT_FALSE(Met(expect, "[60, null]"));
  EXPECT_TRUE(Met(R"({"observation": "recv_calls.0", "between": [0.5, 1.5]})", "[1]"));
  EXPECT_FALSE(Met(R"({"observation": "recv_calls.0", "between": [0.5, 1.5]})", R"(["1"])"));
}

TEST(Expectation, BetweenClaimsNothingOfNoNumbersAtAll) {
  EXPECT_FALSE(Met(R"({"observation": "recv_calls", "between": [0, 100]})", "[]"));
}

TEST(Expectation, CountCountsElements) {
  const std::string exact =
      R"({"observation": "connect_outcomes", "count": {"of": "queued", "equals": 2}})";
  EXPECT_TRUE(Met(exact, R"(["queued", "pending", "queued"])"));
  EXPECT_FALSE(Met(exact, R"(["queued", "queued", "queued"])"));
  const std::string range =
      R"({"observation": "connect_outcomes", "count": {"of": "queued", "between": [1, 2]}})";
  EXPECT_TRUE(Met(range, R"(["queued"])"));
  EXPECT_FALSE(Met(range, R"(["pending"])"));
  EXPECT_FALSE(Met(exact, R"({"queued": 2})"));
}

TEST(Expectation, APathLeadsIntoObjectsAndLists) {
  const std::string expect = R"({"observation": "outcome_counts.refused", "equals": 0})";
  EXPECT_TRUE(Met(expect, R"({"refused": 0, "queued": 2})"));
  EXPECT_FALSE(Met(expect, R"({"refused": 1})"));
  EXPECT_TRUE(Met(R"({"observation": "bytes.1.to_server.0", "equals": 7})",
                  R"([{}, {"to_server": [7, 6]}])"));
}

TEST(Expectation, AMissingPathIsNotMetAndSaysSo) {
  const Expectation expectation = Read(R"({"observation": "recv_histogram.1", "equals": 0})");
  const ExpectationVerdict verdict = Judge(expectation, Values({{R"({"98": 1})", 20}}));
  EXPECT_FALSE(verdict.met);
  EXPECT_EQ(verdict.missing, "recv_histogram.1");
  EXPECT_EQ(verdict.seen, json({{"98", 1}}));
  EXPECT_FALSE(
      Judge(Read(R"({"observation": "replies.7.0", "none": "x"})"), Values({{"[]", 1}})).met);
  EXPECT_FALSE(
      Judge(Read(R"({"observation": "recv_calls.0.x", "none": 1})"), Values({{"[2]", 1}})).met);
}

TEST(Expectation, ItMustHoldInItsShareOfTheTrials) {
  const Expectation nineteen =
      Read(R"({"observation": "accept_order", "equals": [0], "in_at_least": 19})");
  EXPECT_TRUE(Judge(nineteen, Values({{"[0]", 19}, {"[1]", 1}})).met);
  EXPECT_FALSE(Judge(nineteen, Values({{"[0]", 18}, {"[1]", 2}})).met);
  const Expectation all = Read(R"({"observation": "accept_order", "equals": [0]})");
  EXPECT_FALSE(Judge(all, Values({{"[0]", 19}, {"[1]", 1}})).met);
}

TEST(Expectation, NoShareIsRaisedByARoundingError) {
  for (std::uint64_t trials = 2; trials <= 20; ++trials) {
    Expectation expectation = Read(R"({"observation": "accept_order", "equals": [0]})");
    for (std::uint64_t needed = 1; needed <= trials; ++needed) {
      expectation.share = static_cast<double>(needed) / static_cast<double>(trials);
      const json values = Values({{"[0]", static_cast<int>(trials)}});
      EXPECT_EQ(Judge(expectation, values).needed, needed) << needed << " of " << trials;
    }
  }
}

TEST(Expectation, FewerTrialsThanPlannedNeedTheSameShare) {
  const Expectation nineteen_of_twenty =
      Read(R"({"observation": "accept_order", "equals": [0], "in_at_least": 19})");
  EXPECT_EQ(Judge(nineteen_of_twenty, Values({{"[0]", 3}})).needed, 3U);
  EXPECT_EQ(Judge(nineteen_of_twenty, Values({{"[0]", 40}})).needed, 38U);
}

TEST(Expectation, NothingIsMetWhereNothingWasMeasured) {
  const ExpectationVerdict verdict =
      Judge(Read(R"({"observation": "connect_outcomes", "none": "refused"})"), json::array());
  EXPECT_FALSE(verdict.met);
  EXPECT_EQ(verdict.measured, 0U);
  EXPECT_FALSE(verdict.seen);
}

TEST(Expectation, ShowsTheMostFrequentValueThatDisagreed) {
  const ExpectationVerdict verdict =
      Judge(Read(R"({"observation": "accept_order.0", "equals": 0})"),
            Values({{"[0]", 10}, {"[5]", 7}, {"[6]", 3}}));
  EXPECT_EQ(verdict.trials, 10U);
  EXPECT_EQ(verdict.measured, 20U);
  EXPECT_EQ(verdict.seen, json(5));
  EXPECT_TRUE(verdict.missing.empty());
}

const json kHere = {{"os", "linux"},
                    {"stack", "linux"},
                    {"facets",
                     {{"kernel", "6.18.5-custom"},
                      {"tcp_syncookies", 1},
                      {"congestion_control", "cubic"},
                      {"tcp_rmem", {4096, 131072, 6291456}}}}};

TEST(Expectation, IsJudgedOnlyInTheCasesItNames) {
  const json parameters = {{"backlog", 1}, {"clients", 3}};
  const auto applies = [&](const std::string& a_case) {
    return Applies(
        Read(R"({"observation": "accept_order", "equals": [0], "case": )" + a_case + "}"),
        parameters, kHere);
  };
  EXPECT_TRUE(applies(R"({"backlog": 1})"));
  EXPECT_TRUE(applies(R"({"backlog": [2, 1]})"));
  EXPECT_FALSE(applies(R"({"backlog": 2})"));
  EXPECT_FALSE(applies(R"({"backlog": [2]})"));
  EXPECT_TRUE(
      Applies(Read(R"({"observation": "accept_order", "equals": [0]})"), parameters, kHere));
}

TEST(Expectation, IsJudgedOnlyInTheEnvironmentsItNames) {
  const auto applies = [](const std::string& when) {
    const Expectation expectation =
        Read(R"({"observation": "accept_order", "equals": [0], "when": )" + when + "}");
    return Applies(expectation, {{"backlog", 1}}, kHere);
  };
  for (const char* holds :
       {R"({"os": ["linux", "macos"]})", R"({"stack": "linux"})", R"({"kernel": ">=6.5"})",
        R"({"kernel": "=6.18"})", R"({"kernel": "=6"})", R"({"kernel": "<=6.18"})",
        R"({"kernel": ">6.18.4"})", R"({"kernel": [">=6", "<7"]})",
        R"({"facets": {"tcp_syncookies": 1}})", R"({"facets": {"tcp_syncookies": [2, 1]}})",
        R"({"facets": {"tcp_rmem": [[4096, 131072, 6291456]]}})",
        R"({"facets": {"tcp_rmem": [4096, 131072, 6291456]}})",
        R"({"os": "linux", "kernel": ">=6.5", "facets": {"congestion_control": "cubic"}})"}) {
    EXPECT_TRUE(applies(holds)) << holds;
  }
  for (const char* fails :
       {R"({"os": "macos"})", R"({"stack": "gvisor"})", R"({"kernel": "<6.18"})",
        R"({"kernel": ">6.18"})", R"({"kernel": ">=6.19"})", R"({"kernel": "<6.5"})",
        R"({"kernel": "=6.1"})", R"({"kernel": [">=6", "<6.10"]})",
        R"({"facets": {"tcp_syncookies": 2}})", R"({"facets": {"vm": "none"}})",
        R"({"os": "linux", "kernel": "<6.5"})",
        R"({"os": "linux", "facets": {"congestion_control": "reno"}})"}) {
    EXPECT_FALSE(applies(fails)) << fails;
  }
}

TEST(Expectation, IsNotJudgedWhereTheKernelIsUnknown) {
  const Expectation expectation =
      Read(R"({"observation": "accept_order", "equals": [0], "when": {"kernel": "<9"}})");
  json here = kHere;
  EXPECT_TRUE(Applies(expectation, {{"backlog", 1}}, here));
  here["facets"]["kernel"] = "unknown";
  EXPECT_FALSE(Applies(expectation, {{"backlog", 1}}, here));
  here["facets"].erase("kernel");
  EXPECT_FALSE(Applies(expectation, {{"backlog", 1}}, here));
}

// Two cases, of which the second disagrees.
json JudgedDocument(const std::string& expect, bool interrupted = false, bool error = false,
                    std::vector<std::string> only = {}) {
  const Scenario scenario = MadeUpScenario(R"({"backlog": [1, 2], "clients": 3})", 2, expect);
  RunInfo run = MadeUpRun();
  run.only = std::move(only);
  ResultBuilder builder(scenario, MadeUpEnvironment(), run);
  for (std::size_t round = 0; round < 2; ++round) {
    builder.AddTrial(0, round, TrialWithOutcomes({"accepted", "queued"}), {}, true);
    if (error && round == 1) continue;
    builder.AddTrial(1, round, TrialWithOutcomes({"accepted", "refused"}), {}, true);
  }
  if (error) builder.AddError(1, 1, "agent_died", "why");
  json document = builder.Finish(1, interrupted);
  AddExpectations(scenario, document);
  return document;
}

constexpr const char* kNoneRefused = R"([{"observation": "connect_outcomes", "none": "refused"}])";

TEST(Expectations, StandInEachCaseWithTheWordsOfTheirAuthor) {
  const json document = JudgedDocument(kNoneRefused);
  EXPECT_EQ(document.at("cases").at(0).at("expectations"),
            json::parse(R"([{"expect": {"observation": "connect_outcomes", "none": "refused"},
                "met": true, "trials": 2, "needed": 2}])"));
  EXPECT_EQ(document.at("cases").at(1).at("expectations"),
            json::parse(R"([{"expect": {"observation": "connect_outcomes", "none": "refused"},
                "met": false, "trials": 0, "needed": 2, "seen": ["accepted", "refused"],
                "seen_trials": 2, "trial": 0}])"));
}

// What stands at the path counts, not the values around it.
TEST(Expectation, SaysInHowManyTrialsTheMostFrequentOtherValueWasSeen) {
  const ExpectationVerdict verdict =
      Judge(Read(R"({"observation": "recv_sizes.0", "equals": [5]})"),
            Values({{"[[5], [1]]", 7}, {"[[4], [1]]", 6}, {"[[3], [1]]", 5}, {"[[4], [2]]", 2}}));
  EXPECT_EQ(verdict.seen, json({4}));
  EXPECT_EQ(verdict.seen_trials, 8U);
  EXPECT_EQ(verdict.seen_entries, (std::vector<std::size_t>{1, 3}));
}

TEST(Expectations, OneThatIsNotMetFailsItsCaseAndTheRun) {
  const json document = JudgedDocument(kNoneRefused);
  EXPECT_EQ(document.at("cases").at(0).at("status"), "ok");
  EXPECT_EQ(document.at("cases").at(1).at("status"), "failed");
  EXPECT_EQ(document.at("run").at("status"), "failed");
}

TEST(Expectations, NeverSoftenAnErrorOrAnInterruption) {
  const json error = JudgedDocument(kNoneRefused, false, true);
  EXPECT_EQ(error.at("cases").at(1).at("status"), "error");
  EXPECT_EQ(error.at("run").at("status"), "error");
  EXPECT_EQ(JudgedDocument(kNoneRefused, true).at("run").at("status"), "interrupted");
}

TEST(Expectations, OfAnObservationThatWasNotKeptAreNotJudged) {
  const json document = JudgedDocument(kNoneRefused, false, false, {"accept_order"});
  EXPECT_EQ(document.at("cases").at(1).at("expectations"), json::array());
  EXPECT_EQ(document.at("run").at("status"), "ok");
}

}  // namespace
}  // namespace tcplab
