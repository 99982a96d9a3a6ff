// A scenario that was recorded and is checked: what tests of `runner check` begin with.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/json_writer.h"
#include "tests/runner/run_binary.h"

namespace tcplab {

// Who is queued is told by the backlog: the same in every run. Clients come so far apart that on a
// busy machine none overtakes another, nor is a trial soon run again; and few trials run side by
// side, so that the machine is not busy with them.
inline constexpr const char* kSteadyScenario = R"({
    "name": "steady", "trials": 6, "window_ms": 500, "timing": "insensitive",
    "parameters": {"backlog": [0, 1]},
    "server": {"listen": {"backlog": "$backlog"}, "accept": {"model": "never"}},
    "clients": [{"count": 2, "every_ms": 200, "script": [{"connect": {"timeout_ms": 200}}]}],
    "expect": [{"observation": "queue_order", "equals": [0, 1], "case": {"backlog": 1}, "when": {"os": "linux"}}]})";

class CheckFixture : public testing::Test {
 protected:
  CheckFixture() { Recorded("deep/steady.json", kSteadyScenario); }

  // Writes a scenario and records it.
  void Recorded(const std::string& name, const std::string& scenario) const {
    folder_.Write("scenarios/" + name, scenario);
    const Finished run =
        RunRunner(folder_, {"scenarios/" + name, "--out", "results/here", "--jobs", "4"});
    EXPECT_LE(run.exit_code, 1) << run.err << run.out;
  }
  nlohmann::json Record(const std::string& path = kRecord) const {
    return nlohmann::json::parse(ReadWhole(folder_.path() + "/" + path));
  }
  void Rewrite(const nlohmann::json& document, const std::string& path = kRecord) const {
    folder_.Write(path, WriteJson(document));
  }
  // As if all trials of a case had shown another queue when it was recorded.
  void RecordQueue(std::size_t a_case, const nlohmann::json& queue) const {
    nlohmann::json document = Record();
    nlohmann::json& observation = document["cases"][a_case]["observations"]["queue_order"];
    observation["values"] = {{{"value", queue}, {"trials", 6}}};
    observation["sequence"] = {0, 0, 0, 0, 0, 0};
    Rewrite(document);
  }
  void RecordAnotherQueue() const { RecordQueue(0, {0, 1, 2}); }
  // Another expectation than the one that holds.
  void ExpectWhatIsNotSo() const {
    nlohmann::json scenario = nlohmann::json::parse(kSteadyScenario);
    scenario["expect"][0]["equals"] = {1, 0};
    folder_.Write("scenarios/deep/steady.json", scenario.dump(2));
  }
  Finished RunCheck(const std::vector<std::string>& more = {},
                    RunnerProcess::Options options = {}) const {
    std::vector<std::string> arguments = {"check",   "scenarios", "--baseline",
                                          "results", "--jobs",    "4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunRunner(folder_, arguments, std::move(options));
  }
  // The only file of that kind below a folder; empty when there is none.
  std::string FileBelow(const std::string& folder, const std::string& extension) const {
    for (const std::string& file : ResultFiles(folder_.path() + "/" + folder)) {
      if (file.ends_with(extension)) return folder + "/" + file;
    }
    return "";
  }

  static constexpr const char* kRecord = "results/here/deep/steady.json";
  TempFolder folder_;
};

// A command as it was printed, in a shell that finds the runner by its name.
inline Finished RunInShell(const TempFolder& folder, const std::string& command) {
  RunnerProcess::Options options;
  options.program = "bash";
  const std::string programs = std::filesystem::path(RunnerPath()).parent_path().string();
  const char* const path = std::getenv("PATH");
  options.environment = {{"PATH", programs + ":" + (path != nullptr ? path : "/usr/bin:/bin")}};
  return RunRunner(folder, {"-c", command}, options);
}

}  // namespace tcplab
