// `runner explain`, as it is typed: on the shipped scenarios, on kept traces, and on what it cannot
// explain.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "runner/columns.h"
#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::string Shipped(const std::string& name) {
  return std::string(TCPLAB_SOURCE_DIR) + "/scenarios/" + name;
}

class ExplainCommand : public testing::Test {
 protected:
  ExplainCommand() { folder_.Write("scenarios/quick.json", QuickScenario()); }

  Finished Explain(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "explain");
    return RunRunner(folder_, std::move(arguments));
  }

  // Exit code 2, this on stderr, nothing on stdout.
  void ExpectRefused(const std::vector<std::string>& arguments, const std::string& message) {
    const Finished run = Explain(arguments);
    EXPECT_EQ(run.exit_code, 2) << message;
    EXPECT_THAT(run.err, HasSubstr(message));
    EXPECT_EQ(run.out, "");
  }

  // All of the patterns, each behind the one before.
  static void ExpectInOrder(const std::string& text, const std::vector<std::string>& patterns) {
    auto from = text.begin();
    for (const std::string& pattern : patterns) {
      std::smatch found;
      ASSERT_TRUE(std::regex_search(from, text.end(), found, std::regex(pattern)))
          << pattern << "\n"
          << text;
      from = found[0].second - 1;  // a line's end is the next one's begin
    }
  }

  // Runs the scenario with two trials of two cases; the result's path.
  std::string KeepTraces() {
    const Finished run =
        RunRunner(folder_, {"scenarios/quick.json", "--out", "out", "--keep-traces"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return "out/quick.json";
  }

  TempFolder folder_;
};

TEST_F(ExplainCommand, ShowsTheBacklogOnBothSides) {
  const Finished run = Explain({Shipped("backlog.json"), "--case", "backlog=1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("backlog, backlog=1 clients=8\n"));
  EXPECT_THAT(run.out, HasSubstr("one trial, run just now\n"));
  // Of each actor by itself: on a busy machine its calls may take long, and others come before
  // them.
  const std::string client = "\n[-0-9. ]+  client ";
  const std::string server = "\n[-0-9. ]+ \\| ";
  const std::string end = "\n[-0-9. ]+  -- the trial ends \\(window of 1500 ms\\) --\n";
  ExpectInOrder(run.out, {client + R"(0  connect -> ok \()", client + "0  send 7 -> 7 ",
                          client + R"(0  recv 2048 -> 7 "CIAO 0\\n")", end,
                          "\nclient 0: accepted as connection 0; established; its script ended"});
  ExpectInOrder(run.out, {client + R"(1  connect -> ok \()", client + "1  send 7 -> 7 ",
                          client + R"(1  recv -> timeout \(waited 1[0-9]{3}\.[0-9] ms\))", end,
                          "\nclient 1: queued; established; its script ended"});
  ExpectInOrder(run.out,
                {client + R"(7  connect \.\.\. )", end, client + R"(7  \.\.\. still in connect \()",
                 "\nclient 7: pending; connecting; still in connect\n"});
  ExpectInOrder(
      run.out,
      {server + "server  listen 1 -> ok\n",
       server + R"(server  accept -> connection 0 \(client 0\))", server + "conn 0  recv 1024 -> 7",
       server + "conn 0  send 7 -> 7", end, server + R"(conn 0  \.\.\. still in recv \()",
       server + R"(server  accept queue holds 2 \(backlog 1\))",
       server + "server  in the queue: client 1\n", server + "server  in the queue: client 2\n"});
  for (const std::string_view line : Split(run.out, '\n')) EXPECT_LE(ColumnsOf(line), 100U) << line;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));  // nothing is written
}

TEST_F(ExplainCommand, FoldsTheSendsOfSegmentation) {
  const Finished run = Explain({Shipped("segmentation.json"), "--set", "pause_ms=1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("segmentation, nodelay=false pause_ms=1\n"));
  EXPECT_THAT(run.out, HasSubstr("; the first of 2 cases (--case picks another)"));
  // 99 where nothing got in between; on a busy machine a send may take long, and has rows of its
  // own.
  EXPECT_THAT(run.out, ContainsRegex("client 0  send 1 -> 1 +\\|\n +\\(x [0-9]+ more, until "));
  EXPECT_THAT(run.out, ContainsRegex("client 0  slept [0-9.]+ ms +\\|\n +\\(x [0-9]+ more, up"));
  EXPECT_LT(Split(run.out, '\n').size(), 100U) << run.out;
  EXPECT_THAT(run.out, HasSubstr("client 0  shutdown write -> ok"));
  EXPECT_THAT(run.out, HasSubstr("| conn 0  recv 2048 -> eof"));
  EXPECT_THAT(run.out, HasSubstr("-- the trial ends (all scripts have ended) --"));
}

TEST_F(ExplainCommand, ShowsEveryEventWhenAsked) {
  const Finished run = Explain({Shipped("segmentation.json"), "--set", "pause_ms=0", "--all"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, Not(HasSubstr(" more, until ")));
  EXPECT_THAT(run.out, HasSubstr("client 0  getsockname -> 127.0.0.1:"));
  std::size_t sends = 0;
  for (std::size_t at = run.out.find("send 1 -> 1"); at != std::string::npos;
       at = run.out.find("send 1 -> 1", at + 1)) {
    ++sends;
  }
  EXPECT_EQ(sends, 100U);
}

TEST_F(ExplainCommand, ShowsATrialThatWasKept) {
  const std::string result = KeepTraces();
  const Finished first = Explain({result});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("quick, backlog=0\n"));
  EXPECT_THAT(first.out,
              HasSubstr("trial 0 of the 2 of this case in out/quick.traces; the first of "));
  EXPECT_THAT(first.out, ContainsRegex(R"(client 0  recv 4096 -> 7 "CIAO 0\\n")"));
  EXPECT_THAT(first.out, HasSubstr("client 0: accepted as connection 0"));
  // The same bytes again, for it is the same trial; another trial and another case have others.
  EXPECT_EQ(Explain({result, "--trial", "0"}).out, first.out);
  const Finished second = Explain({result, "--trial", "1", "--case", "backlog=1"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("quick, backlog=1\n"));
  EXPECT_THAT(second.out, HasSubstr("trial 1 of the 2 of this case in out/quick.traces\n"));
  EXPECT_NE(second.out, Explain({result, "--trial", "0", "--case", "backlog=1"}).out);
}

// A command that is printed for a value shows it, whatever step the value is of.
TEST_F(ExplainCommand, ShowsWhatGetAndSampleCameTo) {
  folder_.Write("scenarios/asks.json",
                QuickScenario(R"({"parameters": null, "server": {"listen": null},
      "clients": [{"script": [{"connect": {}},
        {"set": {"SO_RCVLOWAT": 7}}, {"get": {"option": "SO_RCVLOWAT", "label": "low"}},
        {"get": "TCP_CONGESTION"}, {"sample": "state"}, {"sample": "snd_mss"}]}]})"));
  const Finished run = Explain({"scenarios/asks.json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("client 0  get SO_RCVLOWAT came to 7 "));
  EXPECT_THAT(run.out, ContainsRegex("client 0  get TCP_CONGESTION came to [a-z]+ "));
  EXPECT_THAT(run.out, HasSubstr("client 0  sample state -> ESTABLISHED "));
  EXPECT_THAT(run.out, ContainsRegex("client 0  sample snd_mss -> [0-9]+ "));
}

TEST_F(ExplainCommand, SaysHowToGetTracesWhereNoneWereKept) {
  ASSERT_EQ(RunRunner(folder_, {"scenarios/quick.json", "--out", "out"}).exit_code, 0);
  ExpectRefused({"out/quick.json"}, "no traces were kept with this result");
  ExpectRefused({"out/quick.json"}, "run its scenario again with --keep-traces");
}

TEST_F(ExplainCommand, RefusesTrialsAndCasesThatAreNotThere) {
  const std::string result = KeepTraces();
  ExpectRefused({result, "--trial", "2"},
                "there is no such trial of the case backlog=0; expected one of 0, 1");
  ExpectRefused({result, "--case", "backlog=7"},
                R"(--case "backlog=7": no case has this value; there are 0, 1)");
  ExpectRefused({result, "--trial", "-1"}, "--trial");
  ExpectRefused({result, "--set", "backlog=1"}, "--set changes what is run");
  ExpectRefused({"scenarios/quick.json", "--trial", "0"}, "--trial picks one of a result's trials");
  ExpectRefused({"scenarios/quick.json", "--case", "backlog=7"},
                R"(--case "backlog=7": no case has this value; there are 0, 1)");
}

TEST_F(ExplainCommand, RefusesTracesOfAnotherRun) {
  const std::string result = KeepTraces();
  json document = json::parse(ReadWhole(folder_ / result));
  document["run"]["traces"]["seal"] = std::string(64, '0');
  folder_.Write(result, document.dump());
  ExpectRefused({result}, "these traces are not of the run that wrote out/quick.json");
  document["run"]["traces"]["file"] = "../elsewhere.traces";
  folder_.Write(result, document.dump());
  ExpectRefused({result}, "stand beside a result");
  document["run"]["traces"]["file"] = "gone.traces";
  folder_.Write(result, document.dump());
  ExpectRefused({result}, "gone.traces: No such file or directory");
}

TEST_F(ExplainCommand, RefusesWhatIsNeitherScenarioNorResult) {
  ExpectRefused({"scenarios/nothing.json"}, "scenarios/nothing.json: there is no such file");
  ExpectRefused({"scenarios"}, "scenarios: found a folder, expected one scenario or result");
  folder_.Write("other.json", R"({"hello": "world"})");
  ExpectRefused({"other.json"}, "other.json: neither a scenario nor a result");
  folder_.Write("list.json", "[1, 2]");
  ExpectRefused({"list.json"}, "list.json: neither a scenario nor a result");
  folder_.Write("broken.json", "{\n  \"clients\": ");
  ExpectRefused({"broken.json"}, "broken.json:2:");
  folder_.Write("future.json", R"({"format": "tcplab-result/9"})");
  ExpectRefused({"future.json"}, "use a newer version");
  folder_.Write("some.traces", "tcplab-traces/1\n");
  ExpectRefused({"some.traces"}, "give the result beside them");
  folder_.Write("scenarios/wrong.json", QuickScenario(R"({"trails": 3})"));
  ExpectRefused({"scenarios/wrong.json"}, "did you mean");
  ExpectRefused({}, "RESULT|SCENARIO is required");
  ExpectRefused({"scenarios/quick.json", "--al"}, "did you mean --all?");
}

TEST_F(ExplainCommand, AFaultOfTheHarnessIsOne) {
  RunnerProcess::Options options;
  options.descriptors = 20;
  folder_.Write("scenarios/many.json", QuickScenario(R"({"clients": [{"count": 100, "every_ms": 0,
      "script": [{"connect": {}}]}]})"));
  const Finished run = RunRunner(folder_, {"explain", "scenarios/many.json"}, options);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(run.out, "");
}

TEST_F(ExplainCommand, EndsWithTheSignalThatEndedIt) {
  folder_.Write("scenarios/long.json", QuickScenario(R"({"window_ms": 30000, "clients": [
      {"script": [{"connect": {}}, {"sleep": 25000}]}]})"));
  RunnerProcess process(folder_, {"explain", "scenarios/long.json"});
  ASSERT_TRUE(process.WaitForAgents());
  process.Signal(SIGINT);
  const Finished run = process.Wait();
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_EQ(run.out, "");
}

TEST_F(ExplainCommand, IsInTheOverviewOfCommands) {
  EXPECT_THAT(RunRunner(folder_, {"--help"}).out, HasSubstr("  explain   "));
  const Finished help = Explain({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("--trial"));
}

}  // namespace
}  // namespace tcplab
