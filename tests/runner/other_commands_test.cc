// The other commands, and what the command line says to what it does not understand.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runner/doctor_facts.h"
#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

class CommandLine : public testing::Test {
 protected:
  CommandLine() { folder_.Write("scenarios/quick.json", QuickScenario()); }

  Finished Run(const std::vector<std::string>& arguments) { return RunRunner(folder_, arguments); }

  // Exit code 2, this on stderr, nothing on stdout and nothing written.
  void ExpectUsageError(const std::vector<std::string>& arguments, const std::string& message) {
    const Finished run = Run(arguments);
    EXPECT_EQ(run.exit_code, 2) << message;
    EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
  }

  TempFolder folder_;
};

TEST_F(CommandLine, UnknownOptionsAndCommandsAreGuessedAt) {
  ExpectUsageError({"scenarios/quick.json", "--trails", "3"},
                   "there is no option --trails; did you mean --trials?");
  ExpectUsageError({"scenarios/quick.json", "--trails=3"}, "did you mean --trials?");
  ExpectUsageError({"validat", "scenarios/quick.json"},
                   "did you mean the command `runner validate`?");
  ExpectUsageError({"list", "--xyzzy"}, "`runner list --help` has all options");
  ExpectUsageError({"doctor", "now"}, "now: one argument too many");
}

TEST_F(CommandLine, ValuesThatCannotBeAreNamed) {
  ExpectUsageError({"scenarios/quick.json", "--trials", "0"}, "--trials");
  ExpectUsageError({"scenarios/quick.json", "--trials", "-3"}, "--trials");
  ExpectUsageError({"scenarios/quick.json", "--trials", "many"}, "--trials");
  ExpectUsageError({"scenarios/quick.json", "--jobs", "0"}, "--jobs");
  ExpectUsageError({"scenarios/quick.json", "--seed", "99999999999999999999"}, "--seed");
  ExpectUsageError({"scenarios/quick.json", "--format", "xml"}, "--format");
  ExpectUsageError({"scenarios/quick.json", "--set", "backlog"},
                   "--set backlog: expected NAME=VALUE");
  ExpectUsageError({"scenarios/quick.json", "--case", "=1"}, "--case =1: expected NAME=VALUE");
  ExpectUsageError({"scenarios/quick.json", "--only", "recv_size"}, "did you mean recv_sizes?");
  ExpectUsageError({"scenarios/quick.json", "--out", ""}, "--out: expected a folder, or -");
  ExpectUsageError({"scenarios/quick.json", "--out", "-", "--keep-traces"},
                   "--keep-traces needs a file");
}

TEST_F(CommandLine, ParametersAndCasesMustExist) {
  ExpectUsageError({"scenarios/quick.json", "--set", "backlgo=1"}, "backlgo");
  ExpectUsageError({"scenarios/quick.json", "--case", "backlog=7"}, "--case");
}

TEST_F(CommandLine, WithoutArgumentsItSaysHowItIsUsed) {
  ExpectUsageError({}, "Usage: runner");
  ExpectUsageError({"--quiet"}, "SCENARIO is required");
}

TEST_F(CommandLine, HelpAndVersionGoToStdout) {
  const Finished help = Run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"--keep-traces", "--allow-remote", "validate", "list", "doctor"}) {
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  }
  const Finished version = Run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out, "tcplab " TCPLAB_VERSION "\n");
}

TEST_F(CommandLine, TwoScenariosMayNotHaveTheSameResult) {
  folder_.Write("other/scenarios/quick.json", QuickScenario());
  ExpectUsageError({"scenarios/quick.json", "other/scenarios/quick.json"}, "both results would be");
}

TEST_F(CommandLine, ValidateSaysAllThatIsWrongAndRunsNothing) {
  folder_.Write("scenarios/broken.json", QuickScenario(R"({"trails": 3, "trials": -1})"));
  const Finished run = Run({"validate", "scenarios"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.out, "scenarios/quick.json: ok, 2 cases of 2 trials\n");
  EXPECT_NE(run.err.find("scenarios/broken.json:"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("trails"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("-1"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
  EXPECT_EQ(Run({"validate", "scenarios/quick.json"}).exit_code, 0);
}

TEST_F(CommandLine, ListTellsWhatThereIsAndHowLongItTakes) {
  const Finished run = Run({"list"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out,
            "scenarios/quick.json\n"
            "    2 cases of 2 trials, at most 1 s\n"
            "    A client that is served and stays for a while\n");
}

TEST_F(CommandLine, DoctorTellsWhatCanBeMeasuredHere) {
  const Finished run = Run({"doctor"});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  for (const char* word : {"loopback", "descriptors", "ports", "TIME_WAIT", "timer", "namespaces",
                           "tcp_syncookies", "Scenarios can be measured here."}) {
    EXPECT_NE(run.out.find(word), std::string::npos) << word;
  }
}

TEST_F(CommandLine, DoctorExitsWithThreeWhereNothingCanBeMeasured) {
  RunnerProcess::Options options;
  options.descriptors = 40;
  const Finished run = RunRunner(folder_, {"doctor"}, options);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.out.find("descriptors    missing  40 for one process"), std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("Nothing can be measured here"), std::string::npos);
}

TEST(DoctorFacts, PortsInUseAreNoMoreThanThereAre) {
  const auto use = ReadPortUse();
  if (!use) GTEST_SKIP() << "this platform does not tell";
  EXPECT_LT(use->low, use->high);
  EXPECT_LE(use->used, use->high - use->low + 1);
}

}  // namespace
}  // namespace tcplab
