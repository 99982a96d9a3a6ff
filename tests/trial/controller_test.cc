// The controller: the order of trials, and what becomes of agents that die, hang or talk rubbish.
#include "core/trial/controller.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "core/trial/plan_builder.h"
#include "tests/result/temp_folder.h"
#include "tests/trial/lab.h"
#include "tests/trial/runner_program.h"

namespace tcplab::test {
namespace {

constexpr const char* kQuick = R"({
  "name": "quick", "trials": 3, "server": {"script": [{"recv": "\n"}, {"reply": "uppercase"}]},
  "clients": [{"script": [{"connect": {}}, {"send": "a\n"}, {"recv": "\n"}]}]})";

LabRun RunWithAgent(std::vector<std::string> command) {
  ControllerOptions options;
  options.agent_command = std::move(command);
  options.patience_ms = 300;
  return RunScenario(kQuick, options);
}

bool NoChildIsLeft() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(PlanTrials, EveryRoundHasEachCaseOnceInAnOrderThatTheSeedDecides) {
  const std::vector<PlannedTrial> planned = PlanTrials(6, 40, 7);
  ASSERT_EQ(planned.size(), 240U);
  std::set<std::vector<std::size_t>> orders;
  for (std::size_t round = 0; round < 40; ++round) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(planned[round * 6 + i].round, round);
      order.push_back(planned[round * 6 + i].case_index);
    }
    EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), 6U);
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 20U);
  const auto same = [](const PlannedTrial& a, const PlannedTrial& b) {
    return a.round == b.round && a.case_index == b.case_index;
  };
  const std::vector<PlannedTrial> again = PlanTrials(6, 40, 7);
  const std::vector<PlannedTrial> other = PlanTrials(6, 40, 8);
  EXPECT_TRUE(std::equal(planned.begin(), planned.end(), again.begin(), same));
  EXPECT_FALSE(std::equal(planned.begin(), planned.end(), other.begin(), same));
}

TEST(PhaseNs, IsSpreadOverEightyMillisecondsAndTheSeeds) {
  std::vector<std::int64_t> phases(200);
  for (std::size_t i = 0; i < phases.size(); ++i) phases[i] = PhaseNs(7, i);
  const auto [least, most] = std::minmax_element(phases.begin(), phases.end());
  EXPECT_GE(*least, 0);
  EXPECT_LT(*least, 5 * kNsPerMs);
  EXPECT_GT(*most, 75 * kNsPerMs);
  EXPECT_LT(*most, 80 * kNsPerMs);
  EXPECT_GT(std::set<std::int64_t>(phases.begin(), phases.end()).size(), 190U);
  EXPECT_EQ(PhaseNs(7, 3), phases[3]);
  EXPECT_NE(PhaseNs(8, 3), phases[3]);
}

TEST(FirstProcessorOf, IsSpreadOverTheProcessorsAndTheSeeds) {
  std::size_t odd = 0;
  for (std::size_t i = 0; i < 200; ++i) odd += FirstProcessorOf(7, i) % 2;
  EXPECT_GT(odd, 70U);
  EXPECT_LT(odd, 130U);
  EXPECT_EQ(FirstProcessorOf(7, 3), FirstProcessorOf(7, 3));
  EXPECT_NE(FirstProcessorOf(8, 3), FirstProcessorOf(7, 3));
}

// A server listens some milliseconds before "go"; what is drawn comes on top of that.
TEST(Controller, TrialsBeginAtPhasesDrawnFromTheSeed) {
  ControllerOptions options;
  options.agent_command = {RunnerProgram(), "agent"};
  options.seed = 7;
  options.jobs = 1;
  const LabRun run = RunScenario(kQuick, options);
  ASSERT_EQ(run.trials.size(), 3U);
  std::int64_t longest_ns = 0;
  for (std::size_t i = 0; i < run.trials.size(); ++i) {
    const TrialTrace& trace = *run.trials[i].record.trace;
    std::int64_t listened_ns = 0;
    for (const RecorderTrace& recorder : trace.servers.front().recorders) {
      for (const Event& event : recorder.events) {
        if (event.op == Op::kListen) listened_ns = event.end_ns;
      }
    }
    ASSERT_NE(listened_ns, 0);
    const std::int64_t phase_ns = PhaseNs(options.seed, i);
    EXPECT_GE(trace.go_ns - listened_ns, phase_ns);
    longest_ns = std::max(longest_ns, phase_ns);
  }
  EXPECT_GT(longest_ns, 20 * kNsPerMs) << "another seed: no phase of this one would be missed";
}

// One side's agents from another program: the servers' are counted by what the program leaves.
TEST(Controller, ServersMayHaveAgentsOfAnotherProgram) {
  const TempFolder folder;
  folder.Write("agent.sh", "#!/bin/sh\necho started >> \"$1\"\nshift\nexec \"$@\"\n");
  ControllerOptions options;
  options.agent_command = {RunnerProgram(), "agent"};
  options.server_agent = {"/bin/sh", folder / "agent.sh", folder / "signs", RunnerProgram(),
                          "agent"};
  const LabRun run = RunScenario(kQuick, options);
  EXPECT_TRUE(run.errors.empty());
  EXPECT_EQ(run.trials.size(), 3U);
  EXPECT_EQ(ReadWhole(folder / "signs"), "started\nstarted\nstarted\n");
}

TEST(Controller, AgentThatDiesAtOnceIsAnErrorOfEachTrial) {
  const LabRun run = RunWithAgent({"/bin/false"});
  ASSERT_EQ(run.errors.size(), 3U);
  EXPECT_EQ(run.errors[0].code, "agent_died");
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Controller, AgentThatCannotBeStartedIsAnError) {
  const LabRun run = RunWithAgent({"/nowhere/to/be/found"});
  ASSERT_EQ(run.errors.size(), 3U);
  EXPECT_EQ(run.errors[0].code, "agent_not_started");
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Controller, AgentThatHangsIsEndedAfterTheTimeLimit) {
  const LabRun run = RunWithAgent({"/bin/sleep", "1000"});
  ASSERT_EQ(run.errors.size(), 3U);
  EXPECT_EQ(run.errors[0].code, "timeout");
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Controller, AgentThatAnswersRubbishIsAnError) {
  const LabRun run = RunWithAgent({"/bin/echo", "this is not the protocol of the agents"});
  ASSERT_EQ(run.errors.size(), 3U);
  EXPECT_EQ(run.errors[0].code, "agent_died");
  EXPECT_NE(run.errors[0].message.find("rubbish"), std::string::npos);
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Controller, LeavesNoAgentBehindAfterGoodTrials) {
  const LabRun run = RunScenario(kQuick);
  EXPECT_EQ(run.trials.size(), 3U);
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Controller, SensitiveTrialsRunAlone) {
  nlohmann::json document = nlohmann::json::parse(kQuick);
  document["timing"] = "sensitive";
  for (const LabTrial& trial : RunScenario(document.dump()).trials) EXPECT_TRUE(trial.record.alone);
  document["timing"] = "insensitive";
  for (const LabTrial& trial : RunScenario(document.dump()).trials)
    EXPECT_FALSE(trial.record.alone);
}

TEST(Controller, ServerThatCannotListenIsAFaultOfTheHarness) {
  const CallResult taken = SysSocket(false, Blocking::kYes);
  Address address = *Address::Parse("127.0.0.1", 0);
  ASSERT_TRUE(SysBind(static_cast<NativeSocket>(taken.value), address).ok());
  ASSERT_TRUE(SysListen(static_cast<NativeSocket>(taken.value), 1).ok());
  ASSERT_TRUE(SysGetSockName(static_cast<NativeSocket>(taken.value), address).ok());
  nlohmann::json document = nlohmann::json::parse(kQuick);
  document["server"]["listen"]["port"] = address.port();
  for (const char* io : {"blocking", "poll", "libuv"}) {
    document["server"]["io"] = io;
    const LabRun run = RunScenario(document.dump());
    ASSERT_EQ(run.errors.size(), 3U) << io;
    EXPECT_EQ(run.errors[0].code, "listen_failed");
    EXPECT_NE(run.errors[0].message.find("EADDRINUSE"), std::string::npos) << run.errors[0].message;
  }
  SysClose(static_cast<NativeSocket>(taken.value));
}

TEST(Controller, LostEventsMakeTheTrialAnError) {
  // A handler that sends for ever records more than any recorder is made for.
  const LabRun run = RunScenario(R"({
    "name": "flood", "trials": 1, "window_ms": 3000, "timing": "insensitive",
    "server": {"script": [{"recv": {"until": "eof", "buffer": 1}}]},
    "clients": [{"count": 1, "script": [{"connect": {}}, {"repeat": {"times": 1000000000, "steps": [{"send": {"bytes": 1}}]}}]}]})");
  ASSERT_EQ(run.errors.size() + run.trials.size(), 1U);
  if (!run.errors.empty()) {
    EXPECT_EQ(run.errors[0].code, "lost_events") << run.errors[0].message;
  }
}

TEST(CheckDescriptors, TellsHowManyClientsFit) {
  Scenario scenario;
  scenario.file = "big.json";
  scenario.cases.resize(1);
  scenario.cases[0].parameters = nlohmann::json::object();
  scenario.cases[0].clients.resize(1);
  scenario.cases[0].clients[0].count = 1000;
  const Status fits = CheckDescriptors(scenario, 500);
  ASSERT_FALSE(fits.has_value());
  EXPECT_EQ(fits.error().kind, ErrorKind::kHarness);
  EXPECT_NE(fits.error().message.find("468 fit"), std::string::npos) << fits.error().message;
  EXPECT_TRUE(CheckDescriptors(scenario, 1100).has_value());
}

}  // namespace
}  // namespace tcplab::test
