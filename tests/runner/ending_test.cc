// How a run ends before its time: asked to, or killed.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/result/result_reader.h"
#include "tests/runner/run_binary.h"
#include "tests/runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

class Ending : public testing::Test {
 protected:
  // Trials that last until they are stopped.
  void LongScenario() {
    folder_.Write("scenarios/long.json", QuickScenario(R"({"trials": 500, "window_ms": 60000,
        "clients": [{"count": 3, "every_ms": 30, "script": [{"connect": {}}, {"sleep": 50000}]}]})"));
  }

  void ExpectInterrupted(int signal, int exit_code) {
    LongScenario();
    RunnerProcess runner(folder_, {"scenarios/long.json"});
    ASSERT_TRUE(runner.WaitForAgents());
    runner.Signal(signal);
    const Finished run = runner.Wait(20);
    EXPECT_EQ(run.exit_code, exit_code) << run.err;
    EXPECT_NE(run.err.find("interrupted"), std::string::npos) << run.err;
    EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 1)) << "an agent is left";
    const std::vector<std::string> files = ResultFiles(folder_ / "results");
    ASSERT_EQ(files.size(), 1U);
    const Result<json> read = ReadResultFile(folder_ / ("results/" + files.front()));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->at("run").at("status"), "interrupted");
    EXPECT_EQ(read->at("cases").at(0).at("status"), "interrupted");
  }

  TempFolder folder_;
};

TEST_F(Ending, AnInterruptWritesWhatWasMeasuredAndExitsWith130) { ExpectInterrupted(SIGINT, 130); }

TEST_F(Ending, ATerminationWritesWhatWasMeasuredAndExitsWith143) {
  ExpectInterrupted(SIGTERM, 143);
}

// Whether the runner's line of progress says so: "\rquick: trial 3 of 2000, 1 s".
bool SaysThatATrialEnded(const std::string& shown) {
  const std::string before = "quick: trial ";
  for (std::size_t at = 0; (at = shown.find(before, at)) != std::string::npos; ++at) {
    const char first = shown.c_str()[at + before.size()];
    if (first >= '1' && first <= '9') return true;
  }
  return false;
}

TEST_F(Ending, WhatWasMeasuredBeforeAnInterruptIsInTheResult) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"trials": 1000})"));
  Terminal terminal;
  RunnerProcess::Options options;
  options.err_descriptor = terminal.slave();
  RunnerProcess runner(folder_, {"scenarios/quick.json", "--jobs", "4"}, options);
  ASSERT_TRUE(Eventually([&] { return SaysThatATrialEnded(terminal.Read()); }, 30))
      << terminal.Read();
  runner.Signal(SIGINT);
  ASSERT_EQ(runner.Wait(20).exit_code, 130);
  const Result<json> read =
      ReadResultFile(folder_ / ("results/" + ResultFiles(folder_ / "results").at(0)));
  ASSERT_TRUE(read);
  std::size_t trials = 0;  // which case came first is a matter of chance
  for (const json& a_case : read->at("cases")) {
    trials += a_case.at("trials").get<std::size_t>();
    EXPECT_EQ(a_case.at("errors"), json::array()) << "what was cut off is no error";
  }
  EXPECT_GT(trials, 0U);
  EXPECT_LT(trials, 2000U);
}

TEST_F(Ending, AnInterruptEndsTheScenariosThatWereStillToCome) {
  LongScenario();
  folder_.Write("scenarios/next.json", QuickScenario());
  RunnerProcess runner(folder_, {"scenarios/long.json", "scenarios/next.json", "--format", "json"});
  ASSERT_TRUE(runner.WaitForAgents());
  runner.Signal(SIGINT);
  const Finished run = runner.Wait(20);
  EXPECT_EQ(run.exit_code, 130);
  const json documents = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(documents.is_array()) << run.out;
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(documents.at(0).at("run").at("status"), "interrupted");
}

// Fifty runs, each killed at a random moment from its start to a while after its end.
TEST_F(Ending, AKilledRunnerLeavesNoProcessAndNoTornFile) {
  using Clock = std::chrono::steady_clock;
  constexpr int kBatches = 5;
  constexpr int kRunsOfBatch = 10;
  folder_.Write("scenarios/quick.json", QuickScenario());
  const auto begin = Clock::now();
  ASSERT_EQ(RunRunner(folder_, {"scenarios/quick.json"}).exit_code, 0);
  // Ten at once take longer than one alone.
  const double longest_ms =
      3 * std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  std::mt19937 random(std::random_device{}());
  std::uniform_real_distribution<double> moment_ms(0, longest_ms);
  int written = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<double> moments;
    std::vector<std::unique_ptr<RunnerProcess>> runners;
    const auto started = Clock::now();
    for (int i = 0; i < kRunsOfBatch; ++i) {
      const std::string out = "out" + std::to_string(batch * kRunsOfBatch + i);
      runners.push_back(std::make_unique<RunnerProcess>(
          folder_,
          std::vector<std::string>{"scenarios/quick.json", "--out", out, "--keep-traces"}));
      moments.push_back(moment_ms(random));
    }
    std::sort(moments.begin(), moments.end());
    for (int i = 0; i < kRunsOfBatch; ++i) {
      std::this_thread::sleep_until(started +
                                    std::chrono::duration<double, std::milli>(moments[i]));
      runners[i]->Signal(SIGKILL);
    }
    for (const auto& runner : runners) {
      runner->Wait(kSanitized ? 60 : 5);
      EXPECT_TRUE(Eventually([&] { return runner->Living() == 0; }, kSanitized ? 20 : 1))
          << "an agent is left";
    }
  }
  for (int i = 0; i < kBatches * kRunsOfBatch; ++i) {
    const std::string path = folder_ / ("out" + std::to_string(i) + "/quick.json");
    if (!std::filesystem::exists(path)) continue;
    ++written;
    const Result<json> read = ReadResultFile(path);
    EXPECT_TRUE(read) << read.error().message;
  }
  RecordProperty("results_written_before_the_kill", written);
}

}  // namespace
}  // namespace tcplab
