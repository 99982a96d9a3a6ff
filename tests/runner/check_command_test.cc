// `runner check`: a scenario against what was recorded of it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/runner/check_fixture.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Check : public CheckFixture {};

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
  RecordAnotherQueue();
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("NOT as recorded or expected"));
  EXPECT_THAT(run.out, HasSubstr("queue_order"));
  EXPECT_THAT(run.out, HasSubstr("runner explain results/.local/"));
}

TEST_F(Check, ObservationThatIsLeftOutIsNotCompared) {
  RecordAnotherQueue();
  EXPECT_EQ(RunCheck({"--ignore", "queue_order"}).exit_code, 0);
  EXPECT_EQ(RunCheck({"--only", "queue_order"}).exit_code, 1);
  EXPECT_EQ(RunCheck({"--only", "connect_outcomes"}).exit_code, 0);
  const Finished unknown = RunCheck({"--ignore", "queue_ordre"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean queue_order?"));
}

TEST_F(Check, FewerTrialsThanRecordedAreEnoughForWhatAllAgreeOn) {
  const Finished run = RunCheck({"--trials", "2", "--out", "now"});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  const json now = Record("now/deep/steady.json");
  for (const json& a_case : now.at("cases")) {
    EXPECT_EQ(a_case.at("trials"), 2);
  }
  EXPECT_EQ(RunCheck({"--trials", "0"}).exit_code, 2);
}

TEST_F(Check, FailedExpectationFailsAlthoughItIsAsRecorded) {
  ExpectWhatIsNotSo();
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("expected queue_order = [1,0]"));
  EXPECT_THAT(run.out, HasSubstr("0 different"));
}

// A port that somebody has is a fault, and not something that TCP does otherwise now.
TEST_F(Check, FaultOfTheHarnessIsNoFinding) {
  const TestListener taken;
  json scenario = json::parse(kSteadyScenario);
  scenario["trials"] = 1;
  scenario["server"]["listen"]["port"] = taken.address().port();
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 3) << run.out;
  EXPECT_THAT(run.out, HasSubstr("could not be measured"));
  EXPECT_THAT(run.out, Not(HasSubstr("NOT as recorded")));
}

// Nobody is there at night to answer, or to type.
TEST_F(Check, TakesTheExamplesAndReadsNoInput) {
  folder_.Write("scenarios/deep/steady.json", R"({
    "name": "asks", "window_ms": 60000, "parameters": {"word": {"prompt": "Word?", "example": "ciao"}},
    "server": {"script": [{"recv": {"until": "eof"}}, {"reply": "uppercase"}]},
    "clients": [{"script": [{"connect": {}}, {"send": "$word"}, {"send": {"from": "stdin", "example": " mondo"}},
                            {"shutdown": "write"}, {"recv": "eof"}]}],
    "expect": [{"observation": "replies", "equals": [["CIAO MONDO"]]}]})");
  const Finished recorded =
      RunRunner(folder_, {"scenarios/deep/steady.json", "--examples", "--out", "results/here"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.err << recorded.out;
  int ends[2];  // a pipe that nobody writes to, and that does not end
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  RunnerProcess::Options options;
  options.in_descriptor = ends[0];
  const Finished run = RunCheck({}, options);
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.out, HasSubstr("0 different"));
  close(ends[0]);
  close(ends[1]);
}

TEST_F(Check, RecordedCaseThatIsGoneFails) {
  json scenario = json::parse(kSteadyScenario);
  scenario["parameters"]["backlog"] = {1};
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("1 recorded cases gone"));
  folder_.Write("scenarios/deep/steady.json", kSteadyScenario);
  EXPECT_EQ(RunCheck({"--case", "backlog=1"}).exit_code, 0) << "one that is not asked for is not";
}

TEST_F(Check, NothingRecordedIsInvalid) {
  EXPECT_EQ(RunRunner(folder_, {"check", "scenarios", "--baseline", "nowhere"}).exit_code, 2);
  folder_.Write("scenarios/other.json", kSteadyScenario);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("nothing is recorded of other.json"));
  EXPECT_THAT(run.out, HasSubstr("deep/steady.json: ok")) << "the others are checked all the same";
}

TEST_F(Check, RecordsOfAnotherStackAreNoBaseline) {
  json document = Record();
  document["environment"]["stack"] = "gvisor";
  Rewrite(document);
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
