#include "core/result/result_builder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <regex>
#include <string>

#include "core/base/sha256.h"
#include "core/result/json_writer.h"
#include "core/result/value_table.h"
#include "tests/result/made_up.h"

namespace tcplab {
namespace {

using nlohmann::json;

// A result of one or two cases, filled trial by trial.
class Building {
 public:
  explicit Building(int trials, const std::string& backlogs = "1", const RunInfo& run = MadeUpRun())
      : scenario_(MadeUpScenario(R"({"backlog": )" + backlogs + R"(, "clients": 3})", trials)),
        builder_(scenario_, MadeUpEnvironment(), run) {}

  Building& Trial(std::size_t round, const TrialObservations& observed, std::size_t a_case = 0) {
    builder_.AddTrial(a_case, round, observed, {{"ListenDrops", 2}}, alone_);
    return *this;
  }
  Building& Order(std::size_t round, const json& accept_order) {
    return Trial(round, MadeUpTrial({{"accept_order", accept_order}}));
  }
  Building& Error(std::size_t round, const std::string& code, std::size_t a_case = 0) {
    builder_.AddError(a_case, round, code, "why " + code);
    return *this;
  }
  Building& Disturbed(std::size_t a_case) {
    builder_.AddDisturbed(a_case);
    return *this;
  }
  Building& Expecting(const std::string& observation) {
    scenario_.expectations.emplace_back().observation = observation;
    return *this;
  }
  Building& BesideOthers() {
    alone_ = false;
    return *this;
  }
  json Document(bool interrupted = false) { return builder_.Finish(1.23456, interrupted); }
  json Case(std::size_t index = 0) { return Document().at("cases").at(index); }

 private:
  Scenario scenario_;
  ResultBuilder builder_;
  bool alone_ = true;
};

TEST(ResultBuilder, NamesAllThatIsNeededToRunItAgain) {
  RunInfo run = MadeUpRun();
  run.overrides = {{"backlog", "1"}};
  run.only_cases = {{"clients", "3"}};
  const json document = Building(1, "1", run).Order(0, json::array({0})).Document();
  EXPECT_EQ(document.at("format"), "tcplab-result/1");
  const json& scenario = document.at("scenario");
  EXPECT_EQ(scenario.at("name"), "made-up");
  EXPECT_EQ(scenario.at("file"), "made-up.json");
  EXPECT_EQ(scenario.at("sha256"), Sha256Hex(scenario.at("document").dump()));
  EXPECT_EQ(scenario.at("document").at("trials"), 1);
  EXPECT_EQ(document.at("environment").at("id"), "linux-6.1-x86_64");
  EXPECT_EQ(document.at("environment").at("facets").at("kernel"), "6.1.0");
  EXPECT_EQ(document.at("run"), json::parse(R"({"status": "ok", "version": "0.0.0",
      "libuv": "1.44.2", "seed": 7, "started": "2025-01-31T09:00:00Z", "seconds": 1.235, "jobs": 4, "kept_awake": false, "realtime": false,
      "trials": 1, "set": ["backlog=1"], "case": ["clients=3"], "only": [],
      "allow_remote": false})"));
}

TEST(ResultBuilder, ACaseHasItsParametersItsIoAndEveryObservation) {
  const json a_case = Building(1).Order(0, json::array({0})).Case();
  EXPECT_EQ(a_case.at("parameters"), json({{"backlog", 1}, {"clients", 3}}));
  EXPECT_EQ(a_case.at("status"), "ok");
  EXPECT_EQ(
      a_case.at("io"),
      json::parse(R"({"servers": {"server": "blocking"}, "clients": {"client": "blocking"}})"));
  std::size_t expected = 0;
  for (const ObservationKind& kind : ObservationKinds()) {
    if (NeedsSeveralServers(kind.name)) continue;
    ++expected;
    const json& observation = a_case.at("observations").at(std::string(kind.name));
    EXPECT_EQ(observation.at("class"), ObservationClassName(kind.observation_class));
  }
  EXPECT_EQ(a_case.at("observations").size(), expected);
}

// An expectation that names it is judged, and not passed over.
TEST(ResultBuilder, AnObservationOfSeveralServersIsThereWhereItIsExpected) {
  const auto observed = [](Building& building) {
    return building.Order(0, json::array({0})).Case().at("observations");
  };
  Building plain(1);
  EXPECT_FALSE(observed(plain).contains("accepted_by"));
  Building expecting(1);
  EXPECT_TRUE(observed(expecting.Expecting("accepted_by")).contains("accepted_by"));
}

TEST(ResultBuilder, ValuesStandMostFrequentFirstAndTiesByValue) {
  const json a_case = Building(6)
                          .Order(0, json::array({2}))
                          .Order(1, json::array({0}))
                          .Order(2, json::array({1}))
                          .Order(3, json::array({1}))
                          .Order(4, json::array({0}))
                          .Order(5, json::array({1}))
                          .Case();
  const json& observation = a_case.at("observations").at("accept_order");
  EXPECT_EQ(observation.at("values"), json::parse(R"([{"value": [1], "trials": 3},
      {"value": [0], "trials": 2}, {"value": [2], "trials": 1}])"));
  EXPECT_EQ(observation.at("sequence"), json({2, 1, 0, 0, 1, 0}));
  const json tied = Building(2).Order(0, json::array({9})).Order(1, json::array({3})).Case();
  EXPECT_EQ(tied.at("observations").at("accept_order").at("values").at(0).at("value"),
            json::array({3}));
}

TEST(ResultBuilder, TheSequenceIsByRoundWhateverOrderTrialsEndIn) {
  const json a_case = Building(4)
                          .Order(3, json::array({3}))
                          .Order(0, json::array({1}))
                          .Error(2, "agent_died")
                          .Order(1, json::array({3}))
                          .Case();
  const json& observation = a_case.at("observations").at("accept_order");
  EXPECT_EQ(observation.at("sequence"), json({1, 0, nullptr, 0}));
  EXPECT_EQ(a_case.at("errors"), json::parse(R"([{"trial": 2, "code": "agent_died",
      "message": "why agent_died"}])"));
}

TEST(ResultBuilder, OneErrorMakesTheCaseAnErrorAndCountsAsNoTrial) {
  const json document =
      Building(2, "[1, 2]").Error(0, "agent_died").Order(1, json::array({0})).Document();
  EXPECT_EQ(document.at("cases").at(0).at("status"), "error");
  EXPECT_EQ(document.at("cases").at(0).at("trials"), 1);
  EXPECT_EQ(document.at("run").at("status"), "error");
}

TEST(ResultBuilder, ACaseThatIsUnsupportedSaysWhy) {
  const json document =
      Building(1, "[1, 2]").Error(0, kUnsupportedCode).Trial(0, MadeUpTrial({}), 1).Document();
  const json& unsupported = document.at("cases").at(0);
  EXPECT_EQ(unsupported.at("status"), "unsupported");
  EXPECT_EQ(unsupported.at("reason"), "why unsupported");
  EXPECT_EQ(unsupported.at("errors"), json::array());
  EXPECT_EQ(document.at("cases").at(1).at("status"), "ok");
  EXPECT_EQ(document.at("run").at("status"), "unsupported");
}

TEST(ResultBuilder, AnInterruptedRunKeepsWhatWasMeasured) {
  const json document = Building(2, "[1, 2]")
                            .Order(0, json::array({0}))
                            .Order(1, json::array({0}))
                            .Trial(0, MadeUpTrial({}), 1)
                            .Document(true);
  EXPECT_EQ(document.at("run").at("status"), "interrupted");
  EXPECT_EQ(document.at("cases").at(0).at("status"), "ok") << "it had all its trials";
  EXPECT_EQ(document.at("cases").at(1).at("status"), "interrupted");
  EXPECT_EQ(document.at("cases").at(1).at("trials"), 1);
}

TEST(ResultBuilder, HealthIsTheWorstOfTheTrialsOrTheirSum) {
  TrialObservations good = MadeUpTrial({});
  good.health.max_delay_ms = 0.25;
  good.health.late = 1;
  TrialObservations bad = MadeUpTrial({});
  bad.health.max_delay_ms = 12.34567;
  bad.health.freeze_gap_ms = 3.5;
  bad.health.late = 2;
  bad.health.strangers = 1;
  bad.health.queue_mismatches = 1;
  bad.health.bytes_conserved = false;
  EXPECT_EQ(Building(2).Trial(0, bad).Trial(1, good).Case().at("health"),
            json::parse(R"({"dropped_events": 0, "max_delay_ms": 12.346, "freeze_gap_ms": 3.5,
                "late": 3, "strangers": 1, "queue_mismatches": 1, "disturbed": 0,
                "bytes_conserved": false})"));
}

TEST(ResultBuilder, HealthTellsOfConnectionsWithoutAnAddressWhereThereWereAny) {
  TrialObservations trial = MadeUpTrial({});
  EXPECT_FALSE(Building(1).Trial(0, trial).Case().at("health").contains("nameless"));
  trial.health.nameless = 2;
  EXPECT_EQ(Building(1).Trial(0, trial).Case().at("health").at("nameless"), 2);
}

TEST(ResultBuilder, TrialsThatWereRunAgainAreCountedAndAreNoErrors) {
  Building building(1, "[1, 2]");
  building.Disturbed(1).Disturbed(1).Order(0, json::array({0})).Trial(0, MadeUpTrial({}), 1);
  const json cases = building.Document().at("cases");
  EXPECT_EQ(cases.at(0).at("health").at("disturbed"), 0);
  EXPECT_EQ(cases.at(1).at("health").at("disturbed"), 2);
  EXPECT_EQ(cases.at(1).at("status"), "ok");
  EXPECT_EQ(cases.at(1).at("trials"), 1);
}

TEST(ResultBuilder, EvidenceCountsQueueLengthsAndSumsCounters) {
  TrialObservations longer = MadeUpTrial({});
  longer.evidence = {{"queue_length", 2}};
  Building building(3);
  building.Trial(0, MadeUpTrial({})).Trial(1, longer).Trial(2, longer);
  EXPECT_EQ(building.Case().at("evidence"), json::parse(R"({
      "queue_length": [{"value": 2, "trials": 2}, {"value": 1, "trials": 1}],
      "kernel_counters": {"shared": false, "moved": {"ListenDrops": 6}}})"));
}

TEST(ResultBuilder, CountersAreSharedWhereOtherTrialsRanBeside) {
  Building building(1);
  building.BesideOthers().Trial(0, MadeUpTrial({}));
  EXPECT_EQ(building.Case().at("evidence").at("kernel_counters").at("shared"), true);
}

TEST(ResultBuilder, OnlyTheObservationsThatWereAskedForAreKept) {
  RunInfo run = MadeUpRun();
  run.only = {"recv_calls"};
  const json a_case = Building(1, "1", run).Order(0, json::array({0})).Case();
  EXPECT_EQ(a_case.at("observations").size(), 1U);
  EXPECT_TRUE(a_case.at("observations").contains("recv_calls"));
}

TEST(ResultBuilder, TextThatIsNotUtf8DoesNotThrow) {
  const json document =
      Building(1).Trial(0, MadeUpTrial({{"replies", {{"\xff\xfe"}}}})).Error(1, "x\xff").Document();
  EXPECT_NO_THROW(json::parse(WriteJson(document)));
}

TEST(ResultBuilder, TheStartIsADateOfRfc3339InUtc) {
  EXPECT_TRUE(
      std::regex_match(UtcNow(), std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ)")));
}

// Doubling the trials must about double the time; a quadratic one would take four times as long.
TEST(ResultBuilder, TenThousandDifferentTrialsCostNoMoreEachThanAThousand) {
  const auto seconds_for = [](std::size_t trials) {
    Building building(static_cast<int>(trials));
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < trials; ++i) {
      building.Trial(i, MadeUpTrial({{"recv_histogram", {{"1", i}}},
                                     {"recv_calls", {i}},
                                     {"connect_ms", {static_cast<double>(i) / 1000}}}));
    }
    const std::string text = WriteJson(building.Document());
    EXPECT_GT(text.size(), trials);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double thousand = seconds_for(1000);
  const double ten_thousand = seconds_for(10'000);
  EXPECT_LT(ten_thousand, 40 * thousand + 0.5) << thousand << " s and " << ten_thousand << " s";
}

TEST(ValueTable, GivesEqualValuesTheSameNumberHoweverTheyAreWritten) {
  ValueTable table;
  EXPECT_EQ(table.Add(json::parse(R"({"a": 1, "b": [2]})")), 0U);
  EXPECT_EQ(table.Add(json::parse(R"({"b": [2], "a": 1})")), 0U);
  EXPECT_EQ(table.Add(nullptr), 1U);
  EXPECT_EQ(table.Add("null"), 2U) << "a word is not what it looks like";
}

}  // namespace
}  // namespace tcplab
