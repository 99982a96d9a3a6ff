// Parameters that have a prompt in place of a value: who is asked, and what is taken for an answer.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/result_reader.h"
#include "tests/runner/run_binary.h"
#include "tests/runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

class Prompts : public testing::Test {
 protected:
  // The client sends the answer, and the server what it got.
  void Asking(const std::string& question) {
    folder_.Write("scenarios/ask.json",
                  QuickScenario(R"({"parameters": {"backlog": 1, "answer": )" + question + R"(},
        "clients": [{"script": [{"connect": {}}, {"send": {"text": "<${answer}>\n"}},
                                {"recv": {"until": "\n"}}]}]})"));
  }
  // The runner with a person at its terminal.
  RunnerProcess Start(std::vector<std::string> more = {}) {
    RunnerProcess::Options options;
    options.in_descriptor = terminal_.slave();
    options.err_descriptor = terminal_.slave();
    more.insert(more.begin(), {"scenarios/ask.json", "--quiet", "--format", "json"});
    return {folder_, std::move(more), std::move(options)};
  }
  // What all clients got back, and the parameter as it stands in the result.
  static void ExpectSent(const Finished& run, const std::string& reply, const json& parameter) {
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json document = json::parse(run.out, nullptr, false);
    ASSERT_TRUE(document.is_object()) << run.out;
    const json& a_case = document.at("cases").at(0);
    EXPECT_EQ(a_case.at("parameters").at("answer"), parameter);
    const json& replies = a_case.at("observations").at("replies").at("values");
    ASSERT_EQ(replies.size(), 1U) << "all trials have the same answer";
    EXPECT_EQ(replies.at(0).at("value").at(0).at(0), reply);
  }

  TempFolder folder_;
  Terminal terminal_;
};

TEST_F(Prompts, AreAskedOnceOnATerminalForAllTrials) {
  Asking(R"({"prompt": "Insert letters:"})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("Insert letters: "));
  terminal_.Type("programmazione 5\n");
  const Finished run = runner.Wait();
  ExpectSent(run, "<PROGRAMMAZIONE 5>\n", "programmazione 5");
  EXPECT_EQ(terminal_.Read(), "Insert letters: programmazione 5\r\n")
      << "nothing but the prompt and what was typed";
}

TEST_F(Prompts, AnswerIsPartOfTheResultWhichIsNoRecord) {
  Asking(R"({"prompt": ""})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("answer: ")) << "a parameter without words is asked for by its name";
  terminal_.Type("x\n");
  ASSERT_EQ(runner.Wait().exit_code, 0);
  const std::vector<std::string> files = ResultFiles(folder_ / "results");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files.front().starts_with(".local/")) << files.front();
  const Result<json> read = ReadResultFile(folder_ / ("results/" + files.front()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("run").at("set").dump(), R"(["answer=x"])");
}

TEST_F(Prompts, EmptyLineIsAnAnswer) {
  Asking(R"({"prompt": "Insert letters:"})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("Insert letters: "));
  terminal_.Type("\n");
  ExpectSent(runner.Wait(), "<>\n", "");
}

TEST_F(Prompts, NumberKeepsAllItsDigits) {
  Asking(R"({"prompt": "Insert a number:", "type": "number"})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("Insert a number: "));
  terminal_.Type("9223372036854775783\n");  // the largest prime below 2^63
  ExpectSent(runner.Wait(), "<9223372036854775783>\n", 9223372036854775783);
}

TEST_F(Prompts, WhatIsNoNumberIsAskedForAgain) {
  Asking(R"({"prompt": "Insert a number:", "type": "number"})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("Insert a number: "));
  terminal_.Type("abc\n");
  ASSERT_TRUE(terminal_.Await("Insert a number: ", 2));
  EXPECT_NE(terminal_.Read().find(R"(runner: found "abc", expected a number)"), std::string::npos)
      << terminal_.Read();
  terminal_.Type("-7\n");
  ExpectSent(runner.Wait(), "<-7>\n", -7);
}

TEST_F(Prompts, AfterThreeAnswersThatAreNoNumberItGivesUp) {
  Asking(R"({"prompt": "Insert a number:", "type": "number"})");
  RunnerProcess runner = Start();
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(terminal_.Await("Insert a number: ", i));
    terminal_.Type("abc\n");
  }
  EXPECT_EQ(runner.Wait().exit_code, 2);
  ASSERT_TRUE(terminal_.Await("--set answer=..."));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
}

TEST_F(Prompts, EndOfFileIsNoAnswer) {
  Asking(R"({"prompt": "Insert letters:"})");
  RunnerProcess runner = Start();
  ASSERT_TRUE(terminal_.Await("Insert letters: "));
  terminal_.Type("\x04");
  EXPECT_EQ(runner.Wait().exit_code, 2);
  ASSERT_TRUE(terminal_.Await("standard input ended at its prompt; give one with --set answer=..."))
      << terminal_.Read();
}

TEST_F(Prompts, WhatIsSetIsNotAskedFor) {
  Asking(R"({"prompt": "Insert letters:"})");
  RunnerProcess runner = Start({"--set", "answer=y"});
  ExpectSent(runner.Wait(), "<Y>\n", "y");
  EXPECT_EQ(terminal_.Read(), "");
}

TEST_F(Prompts, BrokenScenarioIsNotAskedFor) {
  Asking(R"({"prompt": "Insert letters:"}, "other": 1)");
  RunnerProcess runner = Start();
  EXPECT_EQ(runner.Wait().exit_code, 2);
  ASSERT_TRUE(terminal_.Await("never used"));
  EXPECT_EQ(terminal_.Read().find("Insert letters: "), std::string::npos) << terminal_.Read();
}

TEST_F(Prompts, WithoutATerminalOnlySetHelps) {
  Asking(R"({"prompt": "Insert a number:", "type": "number"})");
  folder_.Write("typed", "5\n");
  const int pipe_like = open((folder_ / "typed").c_str(), O_RDONLY);
  RunnerProcess::Options options;
  options.in_descriptor = pipe_like;
  const std::vector<std::string> arguments = {"scenarios/ask.json", "--quiet", "--format", "json"};
  const Finished refused = RunRunner(folder_, arguments, options);
  close(pipe_like);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err.find("at /parameters/answer: the parameter has no value; give one with "
                             "--set answer=... (\"Insert a number:\")"),
            std::string::npos)
      << refused.err;

  const auto with = [&](const std::string& value) {
    std::vector<std::string> more = arguments;
    more.insert(more.end(), {"--set", "answer=" + value});
    return RunRunner(folder_, more);
  };
  ExpectSent(with("9223372036854775783"), "<9223372036854775783>\n", 9223372036854775783);
  const Finished wrong = with("abc");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find(R"(--set "answer=abc": found "abc", expected a number)"),
            std::string::npos)
      << wrong.err;
}

// The example is in the scenario, so the scenario alone says what was measured.
TEST_F(Prompts, ExampleIsTakenWhenAskedForAndMakesARecord) {
  Asking(R"({"prompt": "Insert a number:", "type": "number", "example": 9223372036854775783})");
  const std::vector<std::string> arguments = {"scenarios/ask.json", "--quiet", "--format", "json"};
  const Finished refused = RunRunner(folder_, arguments);
  EXPECT_EQ(refused.exit_code, 2) << "nobody asked for the example";
  EXPECT_NE(refused.err.find("or take its example: --examples"), std::string::npos) << refused.err;

  RunnerProcess runner = Start({"--examples"});
  ExpectSent(runner.Wait(), "<9223372036854775783>\n", 9223372036854775783);
  EXPECT_EQ(terminal_.Read(), "") << "nobody was asked";
  const std::vector<std::string> files = ResultFiles(folder_ / "results");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_FALSE(files.front().starts_with(".local/")) << files.front();

  std::vector<std::string> set = arguments;
  set.insert(set.end(), {"--examples", "--set", "answer=5"});
  ExpectSent(RunRunner(folder_, set), "<5>\n", 5);
}

TEST_F(Prompts, WithoutAnExampleThereIsNoneToTake) {
  Asking(R"({"prompt": "Insert a number:"})");
  const Finished refused = RunRunner(folder_, {"scenarios/ask.json", "--examples"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("the parameter has no value: the scenario gives no example of it; "
                             "give one with --set answer=..."),
            std::string::npos)
      << refused.err;
}

TEST_F(Prompts, ValidateAndListAskNobody) {
  Asking(R"({"prompt": "Insert a number:", "type": "number"})");
  for (const char* const command : {"validate", "list"}) {
    RunnerProcess::Options options;
    options.in_descriptor = terminal_.slave();
    options.err_descriptor = terminal_.slave();
    EXPECT_EQ(RunRunner(folder_, {command, "scenarios"}, options).exit_code, 0) << command;
    EXPECT_EQ(terminal_.Read(), "") << command;
  }
}

}  // namespace
}  // namespace tcplab
