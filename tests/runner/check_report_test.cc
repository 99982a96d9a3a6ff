// What a check that fails tells a person, and that the commands it prints show what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/runner/check_fixture.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

// A step that comes to another number in every trial: the round trip that the kernel has measured.
constexpr const char* kVaryingScenario = R"({
    "name": "varying", "trials": 8, "parameters": {"text": ["it's", "a b"]},
    "server": {"script": [{"recv": "\n"}, {"reply": "uppercase"}, {"recv": "eof"}]},
    "clients": [{"script": [
      {"connect": {}}, {"send": "$text"}, {"send": "\n"}, {"recv": "\n"},
      {"sample": {"field": "rtt_us", "label": "rtt"}}]}],
    "expect": [{"observation": "steps.rtt", "equals": [["ok 0"]], "case": {"text": "it's"}}]})";

std::string AfterPrefix(const std::string& text, const std::string& prefix) {
  const std::size_t at = text.find(prefix);
  EXPECT_NE(at, std::string::npos) << prefix << "\n" << text;
  if (at == std::string::npos) return "";
  const std::size_t begin = at + prefix.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

class CheckReport : public CheckFixture {};

TEST_F(CheckReport, TellsInFiveLinesWhatChanged) {
  RecordAnotherQueue();
  json document = Record();
  document["environment"]["facets"]["somaxconn"] = 77;
  Rewrite(document);
  const Finished run = RunCheck();
  EXPECT_EQ(run.exit_code, 1);
  const std::vector<std::string_view> lines = Split(run.out, '\n');
  ASSERT_GT(lines.size(), 6U);
  EXPECT_THAT(std::string(lines[0]),
              StartsWith("scenarios/deep/steady.json: NOT as recorded or expected ("));
  EXPECT_THAT(std::string(lines[1]), StartsWith("  baseline results/here/deep/steady.json: "));
  EXPECT_EQ(lines[2], "  backlog=0: queue_order: recorded 0-2 in 6 of 6 trials; now 0 in 6 of 6");
  EXPECT_THAT(std::string(lines[3]), StartsWith("  nothing else; environment: "));
  EXPECT_THAT(std::string(lines[3]), HasSubstr("somaxconn 77, now "));
  EXPECT_THAT(std::string(lines[4]),
              MatchesRegex("  one such trial: runner explain results/.local/.*/deep/steady.json "
                           "--case backlog=0 --trial 0"));
  // And what it says is there to be seen.
  const Finished shown =
      RunInShell(folder_, AfterPrefix(std::string(lines[4]), "one such trial: "));
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\nclient 0: queued; "));
  EXPECT_THAT(shown.out, HasSubstr("\nclient 1: pending; "));
}

TEST_F(CheckReport, SaysHowMuchElseChanged) {
  RecordAnotherQueue();
  RecordQueue(1, {1, 0});
  ExpectWhatIsNotSo();
  EXPECT_THAT(RunCheck().out, HasSubstr("\n  and 1 different, 1 expectation; no facet"));
}

TEST_F(CheckReport, TheTrialOfAFailedExpectationShowsTheValue) {
  Recorded("varying.json", kVaryingScenario);
  // Not compared: round trips may well differ from those recorded, and would be named first.
  const Finished run = RunRunner(
      folder_, {"check", "scenarios/varying.json", "--baseline", "results", "--ignore", "steps"});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  const std::vector<std::string_view> lines = Split(run.out, '\n');
  ASSERT_GT(lines.size(), 6U);
  const std::string said(lines[2]);
  EXPECT_THAT(said,
              StartsWith("  text=it's: expected steps.rtt = [[\"ok 0\"]] in 8 of 8 trials; so "
                         "it was in 0; most often it was [[\"ok "));
  std::smatch value;
  ASSERT_TRUE(std::regex_search(said, value,
                                std::regex(R"re(it was \[\["ok ([0-9]+)"\]\], in [0-9] trial)re")))
      << said;
  EXPECT_THAT(std::string(lines[4]), HasSubstr("--case 'text=it'\\''s' --trial "));
  const Finished shown = RunInShell(folder_, AfterPrefix(run.out, "one such trial: "));
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("text=it's"));
  EXPECT_THAT(shown.out, ContainsRegex("rtt_us.*[^0-9]" + value[1].str() + "[^0-9]")) << shown.out;
}

TEST_F(CheckReport, TracesStayOnlyWhereSomethingIsNotOk) {
  EXPECT_EQ(RunCheck().exit_code, 0);
  const std::string result = FileBelow("results/.local", "steady.json");
  ASSERT_NE(result, "");
  EXPECT_EQ(FileBelow("results/.local", ".traces"), "");
  EXPECT_FALSE(Record(result)["run"].contains("traces"));
  const json good = Record();
  RecordAnotherQueue();
  EXPECT_EQ(RunCheck().exit_code, 1);
  EXPECT_NE(FileBelow("results/.local", ".traces"), "");
  EXPECT_TRUE(Record(result)["run"].contains("traces"));
  Rewrite(good);
  EXPECT_EQ(RunCheck().exit_code, 0);
  EXPECT_EQ(FileBelow("results/.local", ".traces"), "") << "those of the run before are gone too";
  EXPECT_FALSE(Record(result)["run"].contains("traces"));
}

TEST_F(CheckReport, ADoubtIsNamedWhereItCounts) {
  json document = Record();
  json& queue = document["cases"][0]["observations"]["queue_order"];
  queue["values"] = {{{"value", {0}}, {"trials", 5}}, {{"value", {1}}, {"trials", 1}}};
  queue["sequence"] = {0, 0, 0, 0, 0, 1};
  Rewrite(document);
  const Finished run = RunCheck({"--strict"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.out,
              HasSubstr("\n  backlog=0: queue_order: recorded 1 in 1 of 6 trials; now 0 in "
                        "6 of 6\n"));
}

TEST_F(CheckReport, TimingIsJudgedOnlyWhenAsked) {
  json document = Record();
  for (json& a_case : document["cases"]) {
    a_case["observations"]["connect_ms"] = {
        {"class", "timing"},
        {"values", {{{"value", {2000.0, 2000.0, nullptr}}, {"trials", 6}}}},
        {"sequence", {0, 0, 0, 0, 0, 0}}};
  }
  Rewrite(document);
  EXPECT_EQ(RunCheck().exit_code, 0);
  const Finished run = RunCheck({"--timing"});
  // On a busy machine nobody can tell.
  const bool busy = run.out.find(" 0 different, 2 inconclusive") != std::string::npos;
  EXPECT_EQ(run.exit_code, busy ? 0 : 1) << run.out;
  if (!busy) {
    EXPECT_THAT(run.out, HasSubstr(": connect_ms: recorded 2000.000 (2000.000 to 2000.000) over 6 "
                                   "trials; now "));
  }
  document["environment"]["id"] = "linux-1.0-x86_64";
  Rewrite(document);
  const Finished elsewhere = RunCheck({"--timing"});
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.out;
  EXPECT_THAT(elsewhere.err, HasSubstr("is of another environment"));
}

TEST_F(CheckReport, RunNamesTheCommandForAnExpectationThatFailed) {
  folder_.Write("scenarios/varying.json", kVaryingScenario);
  const Finished again = RunRunner(folder_, {"scenarios/varying.json", "--out", "out"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(AfterPrefix(again.out, "see: "),
            "runner explain scenarios/varying.json --case 'text=it'\\''s'");
  EXPECT_EQ(RunInShell(folder_, AfterPrefix(again.out, "see: ")).exit_code, 0);
  const Finished kept =
      RunRunner(folder_, {"scenarios/varying.json", "--out", "out", "--keep-traces"});
  const std::string command = AfterPrefix(kept.out, "see: ");
  EXPECT_THAT(command,
              StartsWith("runner explain out/varying.json --case 'text=it'\\''s' --trial "));
  const json entry = Record("out/varying.json")["cases"][0]["expectations"][0];
  EXPECT_GE(entry["seen_trials"], 1);
  const auto words = entry["seen"][0][0].get<std::string>();  // "ok 57"
  EXPECT_THAT(RunInShell(folder_, command).out,
              ContainsRegex("rtt_us.*[^0-9]" + words.substr(3) + "[^0-9]"));
}

// What the run itself was told to leave out widens nothing.
TEST_F(CheckReport, ExplainPicksOneOfTheCasesThatARunWasLimitedTo) {
  const Finished run =
      RunRunner(folder_, {"scenarios/deep/steady.json", "--out", "out", "--keep-traces", "--case",
                          "backlog=0", "--case", "backlog=1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Finished shown =
      RunRunner(folder_, {"explain", "out/deep/steady.json", "--case", "backlog=1"});
  EXPECT_THAT(shown.out, StartsWith("steady, backlog=1\n"));
}

}  // namespace
}  // namespace tcplab
