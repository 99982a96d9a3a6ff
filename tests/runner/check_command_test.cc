// `runner check`: a scenario against what was recorded of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/result/json_writer.h"
#include "tests/runner/run_binary.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Who is queued is told by the backlog: the same in every run.
constexpr const char* kScenario = R"({
    "name": "steady", "trials": 6, "window_ms": 300, "timing": "insensitive",
    "parameters": {"backlog": [0, 1]},
    "server": {"listen": {"backlog": "$backlog"}, "accept": {"model": "never"}},
    "clients": [{"count": 3, "every_ms": 20, "script": [{"connect": {"timeout_ms": 100}}]}],
    "expect": [{"observation": "queue_order", "equals": [0, 1], "case": {"backlog": 1}, "when": {"os": "linux"}}]})";

class Check : public testing::Test {
 protected:
  Check() {
    folder_.Write("scenarios/deep/steady.json", kScenario);
    const Finished run =
        RunRunner(folder_, {"scenarios/deep/steady.json", "--out", "results/here"});
    EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  }
  json Recorded() const { return json::parse(ReadWhole(folder_.path() + "/" + kRecord)); }
  void Record(const json& document) const { folder_.Write(kRecord, WriteJson(document)); }
  Finished RunCheck(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"check", "scenarios", "--baseline", "results"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunRunner(folder_, arguments);
  }

  static constexpr const char* kRecord = "results/here/deep/steady.json";
  TempFolder folder_;
};

TEST_F(Check, WhatIsAsRecordedPassesAndSaysWithWhichItWasCompared) {
  const std::string before = ReadWhole(folder_.path() + "/" + kRecord);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.out, HasSubstr("scenarios/deep/steady.json: ok ("));
  EXPECT_THAT(run.out, HasSubstr("baseline results/here/deep/steady.json: the same environment"));
  EXPECT_EQ(ReadWhole(folder_.path() + "/" + kRecord), before) << "a check changes no record";
  EXPECT_EQ(RunRunner(folder_, {"check", "scenarios", "--baseline", "results/here"}).exit_code, 0);
}

TEST_F(Check, WhatDiffersFailsAndIsNamed) {
  json document = Recorded();
  json& queue = document["cases"][0]["observations"]["queue_order"];
  ASSERT_EQ(queue["values"][0]["value"], json::array({0}));
  queue["values"][0]["value"] = {0, 1, 2};
  Record(document);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("NOT as recorded or expected"));
  EXPECT_THAT(run.out, HasSubstr("queue_order"));
  EXPECT_THAT(run.out, HasSubstr("runner explain scenarios/deep/steady.json"));
}

TEST_F(Check, FailedExpectationFailsAlthoughItIsAsRecorded) {
  json scenario = json::parse(kScenario);
  scenario["expect"][0]["equals"] = {1, 0};
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("expected queue_order = [1,0]"));
  EXPECT_THAT(run.out, HasSubstr("0 different"));
}

// A port that somebody has is a fault, and not something that TCP does otherwise now.
TEST_F(Check, FaultOfTheHarnessIsNoFinding) {
  const TestListener taken;
  json scenario = json::parse(kScenario);
  scenario["trials"] = 1;
  scenario["server"]["listen"]["port"] = taken.address().port();
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 3) << run.out;
  EXPECT_THAT(run.out, HasSubstr("could not be measured"));
  EXPECT_THAT(run.out, Not(HasSubstr("NOT as recorded")));
}

TEST_F(Check, RecordedCaseThatIsGoneFails) {
  json scenario = json::parse(kScenario);
  scenario["parameters"]["backlog"] = {1};
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("1 recorded cases gone"));
  folder_.Write("scenarios/deep/steady.json", kScenario);
  EXPECT_EQ(RunCheck({"--case", "backlog=1"}).exit_code, 0) << "one that is not asked for is not";
}

TEST_F(Check, NothingRecordedIsInvalid) {
  EXPECT_EQ(RunRunner(folder_, {"check", "scenarios", "--baseline", "nowhere"}).exit_code, 2);
  folder_.Write("scenarios/other.json", kScenario);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("nothing is recorded of other.json"));
  EXPECT_THAT(run.out, HasSubstr("deep/steady.json: ok")) << "the others are checked all the same";
}

TEST_F(Check, RecordsOfAnotherStackAreNoBaseline) {
  json document = Recorded();
  document["environment"]["stack"] = "gvisor";
  Record(document);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("is recorded for gvisor, and TCP is carried by linux here"));
}

TEST_F(Check, NeverWritesBelowItsBaseline) {
  const Finished run = RunCheck({"--out", "results/here"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("below the baseline"));
}

}  // namespace
}  // namespace tcplab
