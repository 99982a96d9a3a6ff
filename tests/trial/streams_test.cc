// Bytes through whole trials: segmentation, replies, signals, and the trace that they are derived
// from.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "core/trace/trial_trace.h"
#include "tests/trial/lab.h"
#include "tests/trial/runner_program.h"

namespace tcplab::test {
namespace {

using nlohmann::json;

constexpr const char* kOneByteSends = R"({
  "name": "segmentation", "trials": 10, "timing": "sensitive",
  "parameters": {"pause_ms": [0, 5], "io": ["blocking", "poll"]},
  "server": {"io": "$io", "script": [{"recv": {"until": "eof", "buffer": 2048}}]},
  "clients": [{"io": "$io", "script": [
    {"connect": {}}, {"repeat": {"times": 100, "steps": [{"send": {"bytes": 1}}, {"sleep": "$pause_ms"}]}},
    {"shutdown": "write"}, {"recv": {"until": "eof"}}]}]})";

TEST(Segmentation, EveryByteArrivesAndAPauseKeepsThemApart) {
  const LabRun run = RunScenario(kOneByteSends);
  ASSERT_EQ(run.trials.size(), 40U);
  std::map<int, std::vector<std::size_t>> recvs;  // by the pause
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial["bytes"], json::parse(R"([{"to_server": [100, 100], "to_client": [0, 0]}])"));
    EXPECT_TRUE(trial.observed.health.bytes_conserved);
    recvs[trial.parameters["pause_ms"]].push_back(trial["recv_calls"][0].get<std::size_t>());
  }
  // Not of every trial: a machine that stands still for 5 ms (a virtual one, a busy one) joins
  // bytes.
  const auto median = [](std::vector<std::size_t> counts) {
    std::sort(counts.begin(), counts.end());
    return counts[counts.size() / 2];
  };
  EXPECT_GE(median(recvs[5]), 90U);
  EXPECT_LT(median(recvs[0]), median(recvs[5]));
}

TEST(Trace, SameObservationsComeOutOfAKeptTraceByteForByte) {
  const LabRun run = RunScenario(kOneByteSends);
  for (const LabTrial& trial : run.trials) {
    const Result<TrialTrace> kept = DecodeTrialTrace(Encode(*trial.record.trace));
    ASSERT_TRUE(kept.has_value()) << kept.error().message;
    const Result<TrialObservations> again = Observe(run.scenario.cases[trial.case_index], *kept);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(json(again->values).dump(), json(trial.observed.values).dump());
    EXPECT_EQ(again->evidence.dump(), trial.observed.evidence.dump());
  }
}

TEST(Trace, EveryCallHasItsEventInOrderOnOneClock) {
  const LabRun run = RunScenario(R"({
    "name": "calls", "trials": 1, "server": {"script": [{"recv": "\n"}, {"reply": "uppercase"}]},
    "clients": [{"script": [{"connect": {}}, {"send": "abc\n"}, {"recv": "\n"}, {"close": {}}]}]})");
  ASSERT_EQ(run.trials.size(), 1U);
  const TrialTrace& trace = *run.trials[0].record.trace;
  std::vector<std::string> calls;
  for (const RecorderTrace& recorder : trace.fleets.at(0).recorders) {
    for (const Event& event : recorder.events) {
      if (event.op != Op::kStep && event.op != Op::kState) calls.emplace_back(OpName(event.op));
    }
  }
  EXPECT_EQ(calls, (std::vector<std::string>{"socket", "connect", "getsockname", "send", "recv",
                                             "close"}));
}

TEST(Signal, ReachesActorsOfTheOtherAgent) {
  const LabRun run = RunScenario(R"({
    "name": "signals", "trials": 3, "parameters": {"io": ["blocking", "poll"]}, "timing": "insensitive",
    "server": {"io": "$io", "script": [{"await": {"signal": "reply now", "label": "told"}}, {"send": "now\n"}]},
    "clients": [{"io": "$io", "script": [{"connect": {}}, {"recv": {"timeout_ms": 60, "label": "early"}}, {"signal": "reply now"},
                            {"recv": {"until": "\n", "label": "reply"}}]}]})");
  ASSERT_EQ(run.trials.size(), 6U);
  EXPECT_EQ(
      run.Count("steps", {{"early", {{"timeout"}}}, {"reply", {{"ok 4"}}}, {"told", {{"ok"}}}}),
      6U);
}

TEST(Replies, LateAnswerDisturbsNobody) {
  const LabRun run = RunScenario(R"({
    "name": "slow server", "trials": 2, "parameters": {"io": ["blocking", "poll"]}, "timing": "insensitive",
    "server": {"io": "$io", "script": [{"recv": "\n"}, {"await": "gave up"}, {"reply": "uppercase"}, {"recv": "\n"}, {"reply": "uppercase"}]},
    "clients": [{"io": "$io", "script": [{"connect": {}}, {"send": "a\n"}, {"recv": {"until": "\n", "timeout_ms": 40, "label": "first"}},
                            {"signal": "gave up"}, {"send": "b\n"}, {"recv": {"until": "\n", "label": "second"}}, {"recv": {"until": "\n", "label": "third"}}]}]})");
  ASSERT_EQ(run.trials.size(), 4U);
  EXPECT_EQ(
      run.Count("steps", {{"first", {{"timeout"}}}, {"second", {{"ok 2"}}}, {"third", {{"ok 2"}}}}),
      4U);
  EXPECT_EQ(run.Count("replies", json::parse(R"([["A\n", "B\n"]])")), 4U);
}

}  // namespace
}  // namespace tcplab::test
