// `runner run`, from its arguments to its files, with the real binary.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/net/realtime.h"
#include "core/observe/observe.h"
#include "core/result/json_writer.h"
#include "core/result/result_reader.h"
#include "core/result/trace_file.h"
#include "tests/result/made_up.h"
#include "tests/runner/run_binary.h"
#include "tests/runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

class RunCommand : public testing::Test {
 protected:
  RunCommand() { folder_.Write("scenarios/quick.json", QuickScenario()); }

  Finished Run(const std::vector<std::string>& arguments, RunnerProcess::Options options = {}) {
    return RunRunner(folder_, arguments, std::move(options));
  }
  // The only result there is.
  json OnlyResult(const std::string& below = "results") {
    for (const std::string& file : ResultFiles(folder_ / below)) {
      if (!file.ends_with(".json")) continue;
      const Result<json> read = ReadResultFile(folder_ / (below + "/" + file));
      EXPECT_TRUE(read) << read.error().message;
      return read ? *read : json();
    }
    ADD_FAILURE() << "no result below " << below;
    return {};
  }
  static json Parsed(const std::string& text) { return json::parse(text, nullptr, false); }

  TempFolder folder_;
};

TEST_F(RunCommand, MeasuresWritesARecordAndShowsIt) {
  const Finished run = Run({"scenarios/quick.json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const json document = OnlyResult();
  const std::string id = document.at("environment").at("id");
  const std::string path = "results/" + id + "/quick.json";
  EXPECT_TRUE(run.out.ends_with(path + "\n")) << run.out;
  EXPECT_NE(run.out.find("backlog=0 (2 trials, ok)"), std::string::npos) << run.out;
  EXPECT_EQ(document.at("run").at("status"), "ok");
  EXPECT_EQ(document.at("scenario").at("file"), "quick.json");
  ASSERT_EQ(document.at("cases").size(), 2U);
  const json& outcomes = document.at("cases").at(0).at("observations").at("connect_outcomes");
  EXPECT_EQ(outcomes.at("values").at(0).at("value").at(0), "accepted");
  EXPECT_EQ(ReadWhole(folder_ / path), WriteJson(document));
}

// Where it is allowed, and only where times are what is measured.
TEST_F(RunCommand, SensitiveTrialsRunBeforeEverythingElse) {
  folder_.Write("scenarios/sensitive.json", R"({
    "name": "sensitive", "trials": 1, "timing": "sensitive", "window_ms": 100,
    "server": { "script": [{ "recv": {} }] },
    "clients": [{ "script": [{ "connect": {} }, { "send": "x" }] }] })");
  folder_.Write("scenarios/crowd.json", R"({
    "name": "crowd", "trials": 1, "timing": "sensitive", "window_ms": 100,
    "server": { "script": [{ "recv": {} }] },
    "clients": [{ "count": 200, "script": [{ "connect": {} }, { "send": "x" }] }] })");
  if (!Realtime().works()) GTEST_SKIP() << "no permission, or a single processor";
  const auto realtime = [&](const std::vector<std::string>& arguments) {
    const Finished run = Run(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return Parsed(run.out).at("run").at("realtime").get<bool>();
  };
  EXPECT_TRUE(realtime({"scenarios/sensitive.json", "--out", "-", "--format", "json"}));
  EXPECT_FALSE(
      realtime({"scenarios/sensitive.json", "--out", "-", "--format", "json", "--no-realtime"}));
  EXPECT_FALSE(realtime({"scenarios/quick.json", "--out", "-", "--format", "json"}));
  EXPECT_FALSE(realtime({"scenarios/crowd.json", "--out", "-", "--format", "json"}))
      << "more actors than processors";
}

TEST_F(RunCommand, RunIsTheDefaultCommand) {
  EXPECT_EQ(Run({"run", "scenarios/quick.json", "--trials", "1"}).exit_code, 0);
}

TEST_F(RunCommand, AnExperimentOverwritesNoRecord) {
  for (const std::vector<std::string>& change : {std::vector<std::string>{"--set", "backlog=1"},
                                                 {"--trials", "1"},
                                                 {"--only", "recv_calls"},
                                                 {"--case", "backlog=1"}}) {
    std::vector<std::string> arguments = {"scenarios/quick.json"};
    arguments.insert(arguments.end(), change.begin(), change.end());
    const Finished run = Run(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const std::vector<std::string> files = ResultFiles(folder_ / "results");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files.front().starts_with(".local/")) << files.front();
  }
}

TEST_F(RunCommand, TheResultNamesWhatWasChanged) {
  ASSERT_EQ(Run({"scenarios/quick.json", "--set", "backlog=1", "--trials", "1", "--only",
                 "recv_calls", "--seed", "42", "--jobs", "3"})
                .exit_code,
            0);
  const json run = OnlyResult().at("run");
  EXPECT_EQ(run.at("set"), json({"backlog=1"}));
  EXPECT_EQ(run.at("trials"), 1);
  EXPECT_EQ(run.at("only"), json({"recv_calls"}));
  EXPECT_EQ(run.at("seed"), 42);
  EXPECT_EQ(run.at("jobs"), 3);
  const json cases = OnlyResult().at("cases");
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases.at(0).at("observations").size(), 1U);
}

TEST_F(RunCommand, OutTakesThePlaceOfTheResultsFolder) {
  ASSERT_EQ(Run({"scenarios/quick.json", "--trials", "1", "--out", "elsewhere"}).exit_code, 0);
  EXPECT_EQ(ResultFiles(folder_ / "elsewhere"), std::vector<std::string>{"quick.json"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
}

TEST_F(RunCommand, OutDashGivesTheDocumentAndNothingElse) {
  const Finished run = Run({"scenarios/quick.json", "--trials", "1", "--out", "-"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(Parsed(run.out).at("format"), "tcplab-result/1");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
}

TEST_F(RunCommand, FormatJsonGivesTheDocumentThatIsInTheFile) {
  const Finished run = Run({"scenarios/quick.json", "--trials", "1", "--format", "json"});
  EXPECT_EQ(run.out, WriteJson(OnlyResult()));
  EXPECT_TRUE(run.err.ends_with("quick.json\n")) << "where it was written: " << run.err;
}

TEST_F(RunCommand, SeveralScenariosGiveAnArrayAndTheWorstExitCode) {
  folder_.Write("scenarios/topic/failing.json", QuickScenario(R"({"parameters": {"backlog": 1},
      "expect": [{"observation": "accept_order", "equals": ["nobody"]}]})"));
  const Finished run = Run({"scenarios", "--trials", "1", "--format", "json"});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  const json documents = Parsed(run.out);
  ASSERT_TRUE(documents.is_array());
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(documents.at(0).at("run").at("status"), "ok");
  EXPECT_EQ(documents.at(1).at("run").at("status"), "failed");
  EXPECT_EQ(documents.at(1).at("scenario").at("file"), "topic/failing.json");
}

TEST_F(RunCommand, AnInvalidScenarioAmongOthersKeepsNoneOfThemFromRunning) {
  folder_.Write("scenarios/broken.json", "{");
  const Finished run = Run({"scenarios", "--trials", "1"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("scenarios/broken.json:1:"), std::string::npos) << run.err;
  EXPECT_EQ(OnlyResult().at("scenario").at("name"), "quick");
}

TEST_F(RunCommand, AnExpectationThatFailsIsShownAndExitsWithOne) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"expect": [
      {"observation": "outcome_counts.accepted", "equals": 3, "case": {"backlog": 1}}]})"));
  const Finished run = Run({"scenarios/quick.json"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("expected outcome_counts.accepted = 3 in 2 trials or more"),
            std::string::npos)
      << run.out;
}

TEST_F(RunCommand, TheSameSeedGivesTheSameOrderAndAnotherRunAnother) {
  ASSERT_EQ(Run({"scenarios/quick.json", "--out", "a", "--trials", "1"}).exit_code, 0);
  ASSERT_EQ(Run({"scenarios/quick.json", "--out", "b", "--trials", "1"}).exit_code, 0);
  EXPECT_NE(OnlyResult("a").at("run").at("seed"), OnlyResult("b").at("run").at("seed"));
}

TEST_F(RunCommand, KeptTracesGiveTheSameObservationsByteForByte) {
  ASSERT_EQ(Run({"scenarios/quick.json", "--keep-traces"}).exit_code, 0);
  const json document = OnlyResult();
  const std::string id = document.at("environment").at("id");
  Result<TraceFileReader> reader =
      TraceFileReader::Open(folder_ / ("results/" + id + "/quick.traces"));
  ASSERT_TRUE(reader) << reader.error().message;
  const Result<Scenario> scenario = LoadTracedScenario(reader->scenario());
  ASSERT_TRUE(scenario) << scenario.error().message;

  ResultBuilder again(*scenario, MadeUpEnvironment(), MadeUpRun());
  while (true) {
    const Result<std::optional<KeptTrial>> trial = reader->Next();
    ASSERT_TRUE(trial) << trial.error().message;
    if (!*trial) break;
    const KeptTrial& kept = **trial;
    ASSERT_LT(kept.case_index, scenario->cases.size());
    const Result<TrialObservations> observed =
        Observe(scenario->cases[kept.case_index], kept.trace);
    ASSERT_TRUE(observed) << observed.error().message;
    again.AddTrial(kept.case_index, kept.round, *observed, {}, true);
  }
  EXPECT_EQ(document.at("run").at("traces"),
            json({{"file", "quick.traces"}, {"seal", reader->seal()}}));
  const json cases = again.Finish(1, false).at("cases");
  ASSERT_EQ(cases.size(), document.at("cases").size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(WriteJson(cases[i].at("observations")),
              WriteJson(document.at("cases")[i].at("observations")));
    EXPECT_EQ(cases[i].at("health"), document.at("cases")[i].at("health"));
  }
}

TEST_F(RunCommand, AReaderWhoWentAwayDoesNotEndTheRun) {
  RunnerProcess::Options options;
  options.closed_stdout = true;
  const Finished run = Run({"scenarios/quick.json"}, options);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(OnlyResult().at("run").at("status"), "ok");
}

TEST_F(RunCommand, AFullDiskBehindStdoutIsAFault) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  RunnerProcess::Options options;
  options.out = "/dev/full";
  const Finished run = Run({"scenarios/quick.json", "--trials", "1"}, options);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.err.find("standard output: No space left on device"), std::string::npos) << run.err;
}

TEST_F(RunCommand, ShowsItsProgressOnATerminalAndTakesItAway) {
  Terminal terminal;
  RunnerProcess::Options options;
  options.err_descriptor = terminal.slave();
  ASSERT_EQ(Run({"scenarios/quick.json"}, options).exit_code, 0);
  const std::string shown = terminal.Read();
  EXPECT_NE(shown.find("\rquick: trial 0 of 4, 0 s"), std::string::npos) << shown;
  EXPECT_NE(shown.find("trial 4 of 4"), std::string::npos) << shown;
  EXPECT_TRUE(shown.ends_with(" \r")) << shown;
}

TEST_F(RunCommand, QuietShowsNoProgress) {
  Terminal terminal;
  RunnerProcess::Options options;
  options.err_descriptor = terminal.slave();
  ASSERT_EQ(Run({"scenarios/quick.json", "--trials", "1", "--quiet"}, options).exit_code, 0);
  EXPECT_EQ(terminal.Read(), "");
}

TEST_F(RunCommand, ColoursAreForTerminalsWhoseOwnersWantThem) {
  const auto has_color = [this](const std::vector<std::string>& more, const char* no_color) {
    Terminal terminal;
    RunnerProcess::Options options;
    options.out_descriptor = terminal.slave();
    options.environment = {{"TERM", "xterm"}, {"NO_COLOR", no_color}};
    std::vector<std::string> arguments = {"scenarios/quick.json", "--trials", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(Run(arguments, options).exit_code, 0);
    return terminal.Read().find('\x1b') != std::string::npos;
  };
  EXPECT_TRUE(has_color({}, ""));
  EXPECT_FALSE(has_color({"--no-color"}, ""));
  EXPECT_FALSE(has_color({}, "1"));
}

}  // namespace
}  // namespace tcplab
