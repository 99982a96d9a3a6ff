// Worker processes below the real binary: one that dies is a fault, and none outlives the runner.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"
#include "tests/support/loopback.h"
#include "tests/support/processes.h"

namespace tcplab {
namespace {

// A trial of ten seconds in which a handler waits.
class WorkerProcesses : public testing::TestWithParam<const char*> {
 protected:
  WorkerProcesses() {
    nlohmann::json scenario = nlohmann::json::parse(R"({
      "name": "waiting", "trials": 1, "window_ms": 10050, "timing": "insensitive",
      "server": {"script": [{"recv": "\n"}]},
      "clients": [{"script": [{"connect": {}}, {"recv": {"until": "eof"}}]}],
      "expect": [{"observation": "outcome_counts.accepted", "equals": 99}]})");
    scenario["server"]["accept"] = nlohmann::json::parse(GetParam());
    // Tells this test that the trial runs.
    scenario["clients"][0]["script"][1] = {
        {"connect",
         {{"socket", "told"}, {"address", "127.0.0.1"}, {"port", told_.address().port()}}}};
    scenario["clients"][0]["script"].push_back({{"recv", {{"until", "eof"}}}});
    folder_.Write("waiting.json", scenario.dump());
  }

  // The children of the runner's agents, once the trial runs.
  [[nodiscard]] std::vector<ProcessState> WorkersOf(const RunnerProcess& runner) const {
    const TestSocket running = told_.Accept();
    std::vector<ProcessState> workers;
    EXPECT_TRUE(Eventually(
        [&] {
          for (const ProcessState& agent : ChildrenOf(runner.pid())) {
            workers = ChildrenOf(agent.pid);
            if (!workers.empty()) return true;
          }
          return false;
        },
        30));
    return workers;
  }

  TestListener told_;
  TempFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(
    Model, WorkerProcesses,
    testing::Values(R"({"model": "process_per_connection"})",
                    R"({"model": "event_loop", "workers": 2, "worker": "process"})"));

TEST_P(WorkerProcesses, OneThatIsKilledEndsTheRunWithExitCode3) {
  RunnerProcess runner(folder_, {"waiting.json", "--format", "json", "--out", "result.json"});
  const std::vector<ProcessState> workers = WorkersOf(runner);
  ASSERT_FALSE(workers.empty());
  kill(workers.front().pid, SIGKILL);
  const Finished finished = runner.Wait();
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_NE(finished.out.find("worker_failed"), std::string::npos) << finished.out;
  EXPECT_EQ(runner.Living(), 0U);
}

// Each learns of it from the end of its standard input; seconds only on a machine with much to do.
TEST_P(WorkerProcesses, NoneOutlivesARunnerThatIsKilled) {
  RunnerProcess runner(folder_, {"waiting.json", "--out", "result.json"});
  const std::vector<ProcessState> workers = WorkersOf(runner);
  ASSERT_FALSE(workers.empty());
  runner.Signal(SIGKILL);
  EXPECT_TRUE(Eventually([&] { return !AnyRuns(workers); }, 5));
  EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 5));
}

}  // namespace
}  // namespace tcplab
