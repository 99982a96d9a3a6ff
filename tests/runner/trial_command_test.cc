// The commands that show a trial, read back by a shell.
#include "runner/trial_command.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "runner/measure.h"
#include "tests/result/made_up.h"
#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string ReadBack(const std::string& word) {
  const TempFolder folder;
  RunnerProcess::Options options;
  options.program = "bash";
  return RunRunner(folder, {"-c", "printf %s " + ShellWord(word)}, options).out;
}

TEST(ShellWord, IsReadBackByAShellByteForByte) {
  for (const std::string word :
       {"plain", "results/x-6.1/a.json", "text=Hello world", "it's", "''", "$HOME `id` $(id)", "",
        "a\\nb", "~", "*", "#x", "!!", "ciao\n", "\x1b[2J", "tab\tand 'quote'\x01\x31",
        "perch\xc3\xa9", "bad\xff\xfe'bytes", "--", "a=b;c&d|e>f<g"}) {
    EXPECT_EQ(ReadBack(word), word);
  }
}

TEST(ShellWord, QuotesNothingThatNeedsNone) {
  EXPECT_EQ(ShellWord("backlog=1"), "backlog=1");
  EXPECT_EQ(ShellWord("text=a b"), "'text=a b'");
  EXPECT_EQ(ShellWord("\x1b"), "$'\\033'");
}

TEST(TrialCommand, NamesWhatKeepsCasesApartAndNothingElse) {
  const json document = {
      {"scenario",
       {{"document", {{"parameters", {{"backlog", {0, 1}}, {"clients", 8}, {"only", {3}}}}}}}}};
  const json parameters = {{"backlog", 1}, {"clients", 8}, {"only", 3}};
  const TrialCommands kept = CommandsFor({"scenarios/a.json", "out/a.json", {}, false}, document);
  EXPECT_EQ(kept(parameters, 4), "runner explain out/a.json --case backlog=1 --trial 4");
  const TrialCommands again = CommandsFor({"scenarios/a.json", "", {}, true}, document);
  EXPECT_EQ(again(parameters, 4),
            "runner explain scenarios/a.json --allow-remote --case backlog=1");
  const TrialCommands set =
      CommandsFor({"scenarios/a.json", "", {{"backlog", "1"}}, false}, document);
  EXPECT_EQ(set(parameters, 4), "runner explain scenarios/a.json --set backlog=1");
  EXPECT_FALSE(CommandsFor({}, document));
}

TEST(TrialCommand, ThatWouldBeTooLongIsNone) {
  const TrialCommands commands =
      CommandsFor({"a.json", "", {{"text", std::string(5000, 'x')}}, false}, json::object());
  EXPECT_EQ(commands(json::object(), 0), "");
}

TEST(AreFewToKeep, BoundsTrialsAndTheirClients) {
  const auto few = [](const std::string& parameters, int trials) {
    return AreFewToKeep(MadeUpScenario(parameters, trials));
  };
  EXPECT_TRUE(few(R"({"backlog": [1, 2], "clients": 3})", 1000));
  EXPECT_FALSE(few(R"({"backlog": [1, 2], "clients": 3})", 1001));
  EXPECT_TRUE(few(R"({"backlog": 1, "clients": 100})", 500));
  EXPECT_FALSE(few(R"({"backlog": 1, "clients": 100})", 501));
}

}  // namespace
}  // namespace tcplab
