// What GitHub reads: annotations on stdout, and the summary of the job.
#include "runner/github_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/runner/check_fixture.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

CheckItem Item(ItemState state, const std::string& name, double weight = 1) {
  CheckItem item;
  item.its_case = "backlog=1";
  item.name = name;
  item.state = state;
  item.message = "of " + name;
  item.weight = weight;
  return item;
}

CheckedScenario Failing(const std::string& file, std::size_t failures) {
  CheckedScenario scenario;
  scenario.file = file;
  scenario.name = file;
  scenario.code = ExitCode::kFailed;
  for (std::size_t i = 0; i < failures; ++i) {
    scenario.items.push_back(Item(ItemState::kFailed, file + std::to_string(i)));
  }
  return scenario;
}

std::vector<std::string> LinesThatBegin(const std::string& text, std::string_view with) {
  std::vector<std::string> lines;
  for (const std::string_view line : Split(text, '\n')) {
    if (line.starts_with(with)) lines.emplace_back(line);
  }
  return lines;
}

TEST(GithubAnnotations, AreEscapedAsTheRunnerOfGithubUnescapesThem) {
  EXPECT_EQ(GithubData("100%\r\n::a,b"), "100%25%0D%0A::a,b");
  EXPECT_EQ(GithubProperty("100%\r\na:b,c"), "100%25%0D%0Aa%3Ab%2Cc");
  CheckedScenario scenario = Failing("dir/a,b:c%0A.json", 1);
  scenario.items[0].message = "50% of\n::error::injected";
  scenario.items[0].line = 7;
  scenario.items[0].command = "runner explain x";
  EXPECT_EQ(GithubAnnotations(std::vector{scenario}),
            "::error file=dir/a%2Cb%3Ac%250A.json,line=7,"
            "title=dir/a%2Cb%3Ac%250A.json%3A backlog=1%3A dir/a%2Cb%3Ac%250A.json0::"
            "50%25 of\\x0a::error::injected%0Aone such trial: runner explain x\n");
}

TEST(GithubAnnotations, AreTenOfEachKindAndTheLastSaysHowManyMore) {
  std::vector<CheckedScenario> scenarios = {Failing("a", 20), Failing("b", 1), Failing("c", 6)};
  for (int i = 0; i < 12; ++i) {
    scenarios[1].items.push_back(Item(ItemState::kSkipped, "w" + std::to_string(i)));
  }
  scenarios[1].items.push_back(Item(ItemState::kSkipped, "not judged", 0));
  const std::string text = GithubAnnotations(scenarios);
  const std::vector<std::string> errors = LinesThatBegin(text, "::error ");
  ASSERT_EQ(errors.size(), 10U);
  EXPECT_THAT(errors.back(), HasSubstr("%0Aand 17 more errors"));
  const std::vector<std::string> warnings = LinesThatBegin(text, "::warning ");
  ASSERT_EQ(warnings.size(), 10U);
  EXPECT_THAT(warnings.back(), HasSubstr("%0Aand 2 more warnings"));
  // A scenario that is all broken hides no other.
  EXPECT_THAT(errors[1], HasSubstr("file=b,"));
  EXPECT_THAT(errors[2], HasSubstr("file=c,"));
  EXPECT_THAT(text, Not(HasSubstr("not judged")));
  EXPECT_EQ(GithubAnnotations({}), "");
}

TEST(GithubSummary, IsCutBetweenLinesAndSaysSo) {
  std::vector<CheckedScenario> scenarios(1000, Failing("a", 1));
  const std::string whole =
      GithubSummary(scenarios, std::vector<std::string>{"the end\n"}, 1U << 20U);
  EXPECT_THAT(whole, HasSubstr("the end"));
  const std::string cut = GithubSummary(scenarios, std::vector<std::string>{"the end\n"}, 5000);
  EXPECT_LE(cut.size(), 5000U);
  EXPECT_THAT(cut, HasSubstr("a summary holds 1 MiB"));
  EXPECT_THAT(cut, Not(HasSubstr("the end")));
  EXPECT_EQ(GithubSummary(scenarios, {}, 10), "");
}

class Github : public CheckFixture {
 protected:
  Finished RunWithSummary(const std::string& summary, const std::vector<std::string>& more = {}) {
    RunnerProcess::Options options;
    options.environment = {{"GITHUB_STEP_SUMMARY", summary}};
    std::vector<std::string> arguments = {"--github"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCheck(arguments, options);
  }
};

TEST_F(Github, AnnotatesTheExpectationWhereItStands) {
  ExpectWhatIsNotSo();
  const std::vector<std::string_view> lines =
      Split(ReadWhole(folder_ / "scenarios/deep/steady.json"), '\n');
  const std::string scenario = ReadWhole(folder_ / "scenarios/deep/steady.json");
  // The list's first element opens on the line after "expect".
  const std::size_t expect = scenario.find("\"expect\"");
  const auto line = 2 + std::count(scenario.begin(),
                                   scenario.begin() + static_cast<std::ptrdiff_t>(expect), '\n');
  const Finished run = RunWithSummary("");
  EXPECT_EQ(run.exit_code, 1);
  const std::vector<std::string> errors = LinesThatBegin(run.out, "::error ");
  ASSERT_EQ(errors.size(), 1U) << run.out;
  EXPECT_THAT(errors[0],
              StartsWith("::error file=scenarios/deep/steady.json,line=" + std::to_string(line) +
                         ",title=steady%3A backlog=1%3A expected"));
  EXPECT_THAT(errors[0], HasSubstr("one such trial: runner explain results/.local/"));
}

TEST_F(Github, AnnotatesAScenarioThatIsNotValidAtTheLineOfTheMistake) {
  folder_.Write("scenarios/deep/steady.json", "{\n  \"name\": \"x\",\n  \"trails\": 3 }");
  const Finished run = RunWithSummary("");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.out, HasSubstr("::error file=scenarios/deep/steady.json,line=3,title="));
}

// Whatever a scenario says on stdout, none of it is a command.
TEST_F(Github, PausesCommandsWhileItTellsOfScenarios) {
  RecordAnotherQueue();
  const Finished run = RunWithSummary("");
  const std::vector<std::string_view> lines = Split(run.out, '\n');
  constexpr std::string_view kStop = "::stop-commands::";
  ASSERT_THAT(std::string(lines.front()), StartsWith(std::string(kStop)));
  const std::string token(lines.front().substr(kStop.size()));
  EXPECT_EQ(token.size(), 32U);
  const auto resumed = std::find(lines.begin(), lines.end(), "::" + token + "::");
  ASSERT_NE(resumed, lines.end());
  const auto first = std::find_if(lines.begin() + 1, lines.end(),
                                  [](std::string_view line) { return line.starts_with("::"); });
  EXPECT_EQ(first, resumed);
  EXPECT_THAT(std::string(*(resumed + 1)), StartsWith("::error "));
  EXPECT_NE(Split(RunWithSummary("").out, '\n').front(), lines.front()) << "nobody can guess it";
}

TEST_F(Github, AppendsASummaryInMarkdown) {
  RecordAnotherQueue();
  folder_.Write("summary.md", "what stood there\n");
  const Finished run = RunWithSummary("summary.md");
  EXPECT_EQ(run.err.find("GITHUB_STEP_SUMMARY"), std::string::npos) << run.err;
  const std::string summary = ReadWhole(folder_ / "summary.md");
  EXPECT_THAT(summary, StartsWith("what stood there\n## runner check: 0 of 1 scenarios ok\n"));
  EXPECT_THAT(summary, HasSubstr("| scenario | verdict |"));
  EXPECT_THAT(
      summary,
      HasSubstr("backlog=0: queue&#95;order: recorded 0-2 in 6 of 6 trials; now 0 in 6 of 6"));
  EXPECT_THAT(summary, HasSubstr("### 1 fact differs"));
  EXPECT_THAT(summary, HasSubstr("runner explain"));
}

TEST_F(Github, MakesTheSummaryWhereThereIsNone) {
  EXPECT_EQ(RunWithSummary("new.md").exit_code, 0);
  EXPECT_THAT(ReadWhole(folder_ / "new.md"), StartsWith("## runner check: 1 of 1 scenarios ok\n"));
}

TEST_F(Github, LeavesTheSummaryBelowOneMebibyte) {
  RecordAnotherQueue();
  folder_.Write("full.md", std::string(kMostSummaryBytes - 1000, 'x') + "\n");
  RunWithSummary("full.md");
  EXPECT_LE(ReadWhole(folder_ / "full.md").size(), kMostSummaryBytes);
  EXPECT_THAT(ReadWhole(folder_ / "full.md"), HasSubstr("There was more"));
}

TEST_F(Github, SaysOnceThatThereIsNoSummaryToWriteTo) {
  const Finished run = RunWithSummary("");
  EXPECT_EQ(run.exit_code, 0);
  const std::string message = "GITHUB_STEP_SUMMARY is not set: no summary was written";
  const std::size_t first = run.err.find(message);
  ASSERT_NE(first, std::string::npos) << run.err;
  EXPECT_EQ(run.err.find(message, first + 1), std::string::npos);
}

TEST_F(Github, ASummaryThatCannotBeWrittenIsAFault) {
  EXPECT_EQ(RunWithSummary("scenarios").exit_code, 3);
}

}  // namespace
}  // namespace tcplab
