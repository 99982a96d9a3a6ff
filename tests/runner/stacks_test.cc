// `runner --in STACK`: the whole runner behind a command, on real sockets, and what becomes of
// commands that are missing, hang, die or lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class InStack : public testing::Test {
 protected:
  // The client's script ends a trial, not the window: on a busy machine too it has its answer.
  InStack() { folder_.Write("scenarios/quick.json", QuickScenario(R"({"window_ms": 20000})")); }

  // A file with one stack, changed by a JSON merge patch.
  void Describe(const std::vector<std::string>& command, const std::string& patch = "{}") {
    json stack = {{"name", name_},
                  {"command", command},
                  {"recognise", {{"os", "linux"}}},
                  {"limit_seconds", 60}};
    stack.merge_patch(json::parse(patch));
    folder_.Write("stacks.json", json{{"stacks", {stack}}}.dump());
  }
  std::vector<std::string> Words(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--in", name_, "--stacks", "stacks.json",
                                      "scenarios/quick.json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Finished Run(const std::vector<std::string>& more = {}) {
    RunnerProcess runner(folder_, Words(more));
    Finished finished = runner.Wait();
    EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30)) << "something still runs";
    EXPECT_TRUE(ScratchFolders().empty()) << ScratchFolders().front();
    return finished;
  }
  void ExpectFault(const Finished& run, const std::string& message) {
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_THAT(run.err, HasSubstr("runner: stack " + name_ + ": "));
    EXPECT_THAT(run.err, HasSubstr(message));
    EXPECT_TRUE(ResultFiles(folder_ / "results").empty());
  }
  json OnlyResult() { return OnlyResultIn(folder_); }
  // In the folder of the build; of this test's stack.
  std::vector<std::string> ScratchFolders() {
    std::vector<std::string> folders;
    std::error_code error;
    const fs::path place = fs::path(RunnerPath()).parent_path().parent_path() / "stacks";
    for (fs::directory_iterator entry(place, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().filename().string().starts_with(name_ + "-")) {
        folders.push_back(entry->path().string());
      }
    }
    return folders;
  }

  TempFolder folder_;
  std::string name_ = "other" + std::to_string(getpid());  // other tests run beside this one
};

TEST_F(InStack, TheWholeRunnerRunsBehindTheCommand) {
  // The command leaves a sign that it was there, and that the scratch folder was its own.
  Describe(
      {"sh", "-c", "test -d \"$1\" && echo been > been; shift; exec \"$@\"", "sh", "{scratch}"});
  const Finished run = Run();
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(ReadWhole(folder_ / "been"), "been\n");
  EXPECT_THAT(run.out, HasSubstr("quick: ok, 4 trials"));
  const json document = OnlyResult();
  EXPECT_EQ(document["run"]["status"], "ok");
  EXPECT_EQ(document["scenario"]["file"], "quick.json");
  EXPECT_TRUE(ResultFiles(folder_ / "results").front().starts_with(".local/"))
      << "what looks like this machine does not replace its record";
  EXPECT_EQ(document["cases"][1]["observations"]["replies"]["values"][0]["value"][0][0],
            "CIAO 0\n");
}

TEST_F(InStack, ItIsTheSameExperimentAsOutside) {
  Describe({"env"});
  const std::vector<std::string> options = {"--set",    "backlog=1", "--seed",         "7",
                                            "--trials", "3",         "--jobs",         "1",
                                            "--only",   "replies",   "--no-keep-awake"};
  EXPECT_EQ(Run(options).exit_code, 0);
  const json inside = OnlyResult();
  fs::remove_all(folder_ / "results");
  std::vector<std::string> outside = {"scenarios/quick.json"};
  outside.insert(outside.end(), options.begin(), options.end());
  EXPECT_EQ(RunRunner(folder_, outside).exit_code, 0);
  const json here = OnlyResult();
  EXPECT_EQ(inside["scenario"], here["scenario"]);
  EXPECT_EQ(inside["environment"], here["environment"]);
  for (const char* key :
       {"seed", "jobs", "set", "case", "only", "trials", "kept_awake", "realtime"}) {
    EXPECT_EQ(inside["run"][key], here["run"][key]) << key;
  }
  EXPECT_EQ(inside["cases"][0]["observations"], here["cases"][0]["observations"]);
}

TEST_F(InStack, WhatIsRecordedInThereIsCheckedInThere) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"window_ms": 20000, "trials": 8})"));
  Describe({"sh", "-c", "echo been >> been; exec \"$@\"", "sh"});
  EXPECT_EQ(Run({"--out", "results/here"}).exit_code, 0);
  const auto check = [this] {
    RunnerProcess runner(folder_, {"check", "scenarios", "--baseline", "results/here", "--in",
                                   name_, "--stacks", "stacks.json"});
    return runner.Wait();
  };
  const Finished same = check();
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_THAT(same.out, HasSubstr("scenarios/quick.json: ok ("));
  EXPECT_EQ(ReadWhole(folder_ / "been"), "been\nbeen\n");

  json record = json::parse(ReadWhole(folder_ / "results/here/quick.json"));
  record["cases"][1]["observations"]["replies"]["values"][0]["value"][0][0] = "SALVE\n";
  folder_.Write("results/here/quick.json", record.dump());
  const Finished other = check();
  EXPECT_EQ(other.exit_code, 1) << other.out << other.err;
  EXPECT_THAT(other.out, HasSubstr("replies: recorded"));
  EXPECT_THAT(other.out, Not(HasSubstr("runner explain"))) << "that would show this machine";
  EXPECT_THAT(other.out, HasSubstr("both results: runner diff "));
}

TEST_F(InStack, ACheckSaysWhichStackCannotBeHad) {
  Describe({"no-such-program-" + name_});
  folder_.Write("results/none.txt", "");
  RunnerProcess runner(folder_, {"check", "scenarios", "--baseline", "results", "--in", name_,
                                 "--stacks", "stacks.json"});
  const Finished run = runner.Wait();
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("runner: stack " + name_ + ": no-such-program-"));
  EXPECT_THAT(run.out, HasSubstr("could not be measured or compared"));
}

// The runner of another machine has neither the file nor the folder.
TEST_F(InStack, NothingButTheTwoStreamsIsShared) {
  Describe({"sh", "-c", "cd / && exec \"$@\"", "sh"});
  EXPECT_EQ(Run().exit_code, 0);
  EXPECT_EQ(OnlyResult()["scenario"]["file"], "quick.json");
}

TEST_F(InStack, AStackMayTalkBesideTheAnswer) {
  Describe({"sh", "-c",
            "echo welcome; echo tcplab-answer; printf 'booting... '; \"$@\"; code=$?; echo bye; "
            "exit $code",
            "sh"});
  EXPECT_EQ(Run().exit_code, 0);
  EXPECT_EQ(OnlyResult()["run"]["status"], "ok");
}

TEST_F(InStack, WhatItSaysOnStderrIsPassedOn) {
  Describe({"sh", "-c", "echo a word of the stack >&2; exec \"$@\"", "sh"});
  const Finished run = Run();
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("a word of the stack\n"));
}

TEST_F(InStack, AnExpectationThatFailsInsideIsExitCodeOne) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"expect": [
      {"observation": "outcome_counts.refused", "equals": 1}]})"));
  Describe({"env"});
  EXPECT_EQ(Run().exit_code, 1);
}

TEST_F(InStack, StandardInputReachesTheScenario) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"parameters": {"backlog": 1},
      "trials": null, "window_ms": 20000, "clients": [{"script": [{"connect": {}}, {"send": {"from": "stdin"}},
      {"recv": {"until": "\n", "label": "heard"}}]}]})"));
  Describe({"env"});
  int ends[2] = {-1, -1};
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(write(ends[1], "typed\n", 6), 6);
  close(ends[1]);
  RunnerProcess::Options options;
  options.in_descriptor = ends[0];
  const Finished run = RunRunner(folder_, Words(), options);
  close(ends[0]);
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(OnlyResult()["cases"][0]["observations"]["replies"]["values"][0]["value"][0][0],
            "TYPED\n");
}

TEST_F(InStack, WhatItCannotDoIsUnsupportedWithTheReason) {
  folder_.Write("scenarios/quick.json",
                QuickScenario(R"({"parameters": {"backlog": 1, "model": ["iterative",
      "thread_per_connection"]}, "server": {"accept": {"model": "$model"}}})"));
  Describe({"env"}, R"({"cannot": [{"feature": "model:thread_per_connection",
                                    "reason": "it knows no threads"}]})");
  const Finished run = Run();
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  const json document = OnlyResult();
  EXPECT_EQ(document["run"]["status"], "unsupported");
  EXPECT_EQ(document["cases"][0]["status"], "ok");
  EXPECT_EQ(document["cases"][0]["trials"], 2);
  EXPECT_EQ(document["cases"][1]["status"], "unsupported");
  EXPECT_THAT(document["cases"][1]["reason"].get<std::string>(), HasSubstr("it knows no threads"));
  EXPECT_THAT(run.out, HasSubstr("it knows no threads"));
}

TEST_F(InStack, WhereNothingCanBeDoneTheExitCodeIs77) {
  Describe({"env"}, R"({"cannot": [{"feature": "step:connect", "reason": "no network"}]})");
  EXPECT_EQ(Run().exit_code, 77);
}

TEST_F(InStack, AResultOfAnotherStackIsRefused) {
  Describe({"env"}, R"({"recognise": {"os": null, "stack": "gvisor"}})");
  ExpectFault(Run(), R"(whose stack is "linux", and not "gvisor")");
}

TEST_F(InStack, AMissingStackIsNamedWithItsPackage) {
  Describe({"/there/is/no/such-stack"}, R"({"packages": ["such-a-stack"]})");
  ExpectFault(Run(),
              "/there/is/no/such-stack cannot be started: ENOENT (Debian: apt install "
              "such-a-stack)");
}

TEST_F(InStack, AProgramThatIsMissingBehindAShellIsNamedToo) {
  Describe({"sh", "-c", "no-such-kernel \"$@\"", "sh"}, R"({"packages": ["such-a-stack"]})");
  const Finished run = Run();
  ExpectFault(run, "exit code 127: a program is missing (Debian: apt install such-a-stack)");
  EXPECT_THAT(run.err, HasSubstr("no-such-kernel"));
}

TEST_F(InStack, AStackThatHangsIsEndedWithAllThatItStarted) {
  // Three who would outlive it: in the background, in a session of its own, and deaf to signals.
  Describe({"sh", "-c",
            "echo still booting >&2; sleep 600 & setsid sleep 600 & "
            "(trap '' TERM INT HUP; sleep 600) & exec sleep 600"},
           R"({"limit_seconds": 1})");
  const auto begin = std::chrono::steady_clock::now();
  const Finished run = Run();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  ExpectFault(run, "did not end within 1 s and was killed");
  EXPECT_THAT(run.err, HasSubstr("its last words:\n  still booting"));
}

TEST_F(InStack, ALimitOnTheCommandLineTakesThePlaceOfTheFiles) {
  Describe({"sh", "-c", "exec sleep 600"});
  ExpectFault(Run({"--limit", "0.5"}), "did not end within 0.5 s");
}

TEST_F(InStack, AStackThatDiesHalfWayIsNamedWithItsLastWords) {
  Describe({"sh", "-c", "echo panic: not syncing >&2; kill -9 $$"});
  const Finished run = Run();
  ExpectFault(run, "was ended by signal 9");
  EXPECT_THAT(run.err, HasSubstr("  panic: not syncing"));
}

TEST_F(InStack, AnAnswerThatWasCutIsNone) {
  Describe({"sh", "-c", "\"$@\" | head -c 2000", "sh"});
  ExpectFault(Run(), "its answer was cut: ");
}

TEST_F(InStack, AnAnswerThatWasChangedIsNone) {
  Describe({"sh", "-c", "\"$@\" | sed s/CIAO/MIAO/", "sh"});
  ExpectFault(Run(), "its answer was changed on the way");
}

// Well-formed, with the right digest, and not what was asked for.
TEST_F(InStack, AnAnswerThatChoosesItsPlaceOrIsOfAnotherScenarioIsNone) {
  constexpr const char* kLiar = R"(import hashlib, json, subprocess, sys
key, part, value = sys.argv[1:4]
out = subprocess.run(sys.argv[4:], stdin=sys.stdin, stdout=subprocess.PIPE).stdout
first, body = out.strip().split(b"\n", 1)
document = json.loads(body)
document[key][part] = value
text = json.dumps(document).encode()
print("%s %d %s\n%s" % (first.split()[0].decode(), len(text), hashlib.sha256(text).hexdigest(), text.decode()))
)";
  folder_.Write("liar.py", kLiar);
  const auto lies = [&](const char* key, const char* part, const char* value) {
    Describe({"python3", folder_ / "liar.py", key, part, value});
  };
  lies("run", "version", "other");
  EXPECT_EQ(Run().exit_code, 0) << "the liar can tell the truth";
  fs::remove_all(folder_ / "results");
  lies("environment", "id", "../../elsewhere");
  ExpectFault(Run(), "its answer is of the environment \"../../elsewhere\", which is no id");
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
  lies("scenario", "sha256", "0123");
  ExpectFault(Run(), "its answer is of another scenario");
}

TEST_F(InStack, RubbishIsNoAnswer) {
  Describe({"sh", "-c", "cat /bin/sh; exit 5"});
  ExpectFault(Run(), "ended with exit code 5, and its answer is no result");
  Describe({"true"});
  ExpectFault(Run(), "it answered nothing");
  Describe({"sh", "-c",
            "printf 'tcplab-answer/1 2 "
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\\n{}'"});
  ExpectFault(Run(), "its answer: this is not a result");
}

TEST_F(InStack, WhoeverIsLeftInTheBackgroundEndsWithAGoodAnswerToo) {
  Describe({"sh", "-c", "setsid sleep 600 & exec \"$@\"", "sh"});
  EXPECT_EQ(Run().exit_code, 0);
}

TEST_F(InStack, ARunnerThatIsKilledLeavesNothingRunning) {
  Describe({"sh", "-c", "setsid sleep 600 & sleep 600"});
  RunnerProcess runner(folder_, Words());
  // The runner, its guard, the shell and both of its children.
  ASSERT_TRUE(Eventually([&] { return runner.Living() >= 5; }, 30));
  runner.Signal(SIGKILL);
  EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30));
  EXPECT_TRUE(Eventually([&] { return ScratchFolders().empty(); }, 30));
}

TEST_F(InStack, AnInterruptionReachesTheInsideAndItsResultIsWritten) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"trials": 2000})"));
  Describe({"env"});
  RunnerProcess runner(folder_, Words({"--jobs", "1"}));
  // The runner, its guard, the runner inside and its agents, before which it learnt to heed
  // signals.
  ASSERT_TRUE(Eventually([&] { return runner.Living() >= 5; }, 30));
  runner.Signal(SIGINT);
  const Finished run = runner.Wait();
  EXPECT_EQ(run.exit_code, 130) << run.err;
  EXPECT_EQ(OnlyResult()["run"]["status"], "interrupted");
  EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30));
}

TEST_F(InStack, WhatDoesNotHeedAnInterruptionIsKilledAtTheSecond) {
  Describe({"sh", "-c", "trap 'echo > heard' INT; trap '' TERM; sleep 600 & wait; sleep 600"});
  RunnerProcess runner(folder_, Words());
  ASSERT_TRUE(Eventually([&] { return runner.Living() >= 4; }, 30));
  runner.Signal(SIGINT);
  ASSERT_TRUE(Eventually([&] { return fs::exists(folder_ / "heard"); }, 30));
  runner.Signal(SIGINT);
  const Finished run = runner.Wait(30);
  EXPECT_EQ(run.exit_code, 130) << run.err;
  EXPECT_THAT(run.err, HasSubstr("nothing came back from " + name_));
  EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30));
}

TEST_F(InStack, MistakesOnTheCommandLineAreToldAtOnce) {
  Describe({"env"});
  const auto run = [&](std::vector<std::string> words) { return RunRunner(folder_, words); };
  const Finished misspelt =
      run({"--in", name_ + "x", "--stacks", "stacks.json", "scenarios/quick.json"});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_THAT(misspelt.err, HasSubstr("did you mean " + name_ + "?"));
  const Finished shipped = run({"--in", "gvisr", "scenarios/quick.json"});
  EXPECT_EQ(shipped.exit_code, 2);
  EXPECT_THAT(shipped.err, HasSubstr("did you mean gvisor?"));
  EXPECT_EQ(run({"--stacks", "stacks.json", "scenarios/quick.json"}).exit_code, 2);
  EXPECT_EQ(run(Words({"--keep-traces"})).exit_code, 2);
  folder_.Write("stacks.json", R"({"stacks": [{"name": "other"}]})");
  const Finished wrong = run(Words());
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("stacks.json:1:"));
}

TEST_F(InStack, AScenarioCannotNameACommand) {
  folder_.Write("scenarios/quick.json", QuickScenario(R"({"in": "other", "command": ["touch"]})"));
  Describe({"env"});
  EXPECT_EQ(RunRunner(folder_, Words()).exit_code, 2);
}

// Another namespace's settings are what the result says, and what holds there.
TEST_F(InStack, AProgramThatPlaysTheServersSaysWhichStackItIs) {
  folder_.Write("servers.sh",
                "#!/bin/sh\n[ \"$1\" = about ] && echo '{\"stack\": \"made-up\", \"version\": "
                "\"1.2.3\"}' && exit\n"
                "echo served >> " +
                    (folder_ / "signs") + "\nexec " + RunnerPath() + " \"$@\"\n");
  fs::permissions(folder_ / "servers.sh", fs::perms::owner_all);
  Describe(
      {"env"},
      R"({"server_agent": "{stacks}/servers.sh", "recognise": {"os": null, "stack": "made-up"}})");
  const Finished run = Run();
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  const json document = OnlyResult();
  const json& environment = document["environment"];
  EXPECT_EQ(environment["stack"], "made-up");
  EXPECT_THAT(environment["id"].get<std::string>(), testing::StartsWith("made-up-1.2-"));
  EXPECT_EQ(environment["facets"]["server_stack"], "made-up 1.2.3");
  EXPECT_THAT(environment["facets"]["clients"].get<std::string>(), testing::StartsWith("linux-"));
  std::size_t trials = 4;  // and those that a busy machine had run again
  for (const json& a_case : document["cases"]) {
    trials += a_case["health"]["disturbed"].get<std::size_t>();
  }
  std::string signs;
  while (trials-- > 0) signs += "served\n";
  EXPECT_EQ(ReadWhole(folder_ / "signs"), signs) << "one a trial";
}

TEST_F(InStack, AProgramThatCannotSayWhichStackItIsPlaysNoServers) {
  Describe({"env"}, R"({"server_agent": "/bin/false"})");
  ExpectFault(Run(), "/bin/false: did not say what it is");
  Describe({"env"}, R"({"server_agent": "/bin/echo"})");
  ExpectFault(Run(), "/bin/echo: did not say what it is: about");
  Describe({"env"}, R"({"server_agent": "/none/at/all"})");
  ExpectFault(Run(), "/none/at/all: cannot be started: ENOENT");
}

TEST_F(InStack, ANamespaceThatIpNetnsNamesIsAStack) {
  const std::string name = "tcplab-test-" + std::to_string(getpid());
  struct Namespace {
    std::string name;
    bool made = std::system(("ip netns add " + name + " 2>/dev/null").c_str()) == 0;
    ~Namespace() {
      if (made) static_cast<void>(std::system(("ip netns delete " + name).c_str()));
    }
  } const place{name};
  if (!place.made) GTEST_SKIP() << "`ip netns add` is not allowed, or not there";
  ASSERT_EQ(std::system(("ip netns exec " + name +
                         " sh -c 'ip link set lo up && echo 3 > /proc/sys/net/core/somaxconn'")
                            .c_str()),
            0);
  Describe({"ip", "netns", "exec", name}, R"({"recognise": {"somaxconn": 3}})");
  EXPECT_EQ(Run().exit_code, 0);
  EXPECT_EQ(OnlyResult()["environment"]["facets"]["somaxconn"], 3);
}

// Of the shipped file. `program` has to be there.
class Shipped : public InStack {
 protected:
  static bool Has(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
  }
  json Measure(const std::string& stack) {
    RunnerProcess runner(folder_, {"--in", stack, "scenarios/quick.json", "--limit", "90"});
    const Finished run = runner.Wait(110);
    EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
    EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30));
    return OnlyResult();
  }
};

TEST_F(Shipped, Gvisor) {
  if (!Has("runsc")) GTEST_SKIP() << "runsc is not installed";
  const json document = Measure("gvisor");
  EXPECT_EQ(document["environment"]["stack"], "gvisor");
  EXPECT_EQ(document["run"]["status"], "ok");
  // netstack does not tell how long a queue is, and nothing is made up in its place.
  EXPECT_EQ(document["cases"][0]["evidence"]["queue_length"][0]["value"], nullptr);
  EXPECT_EQ(document["cases"][0]["health"]["queue_mismatches"], 0);
}

TEST_F(Shipped, UserModeLinux) {
  if (kSanitized) GTEST_SKIP() << "the addresses that sanitizers want are taken in there";
  if (!Has("linux.uml")) GTEST_SKIP() << "linux.uml is not installed";
  const json document = Measure("uml");
  EXPECT_EQ(document["environment"]["stack"], "linux");
  EXPECT_THAT(document["environment"]["id"].get<std::string>(), testing::EndsWith("-uml"));
  EXPECT_EQ(document["run"]["status"], "ok");
  EXPECT_EQ(document["run"]["kept_awake"], false);
}

TEST_F(Shipped, Wine) {
  if (!fs::exists(RunnerPath() + ".exe")) GTEST_SKIP() << "`make windows` was not run";
  const json document = Measure("wine");
  EXPECT_EQ(document["environment"]["os"], "windows");
  EXPECT_EQ(document["environment"]["stack"], "wine-on-linux");
  EXPECT_EQ(document["run"]["status"], "ok");
}

// A backlog of 1 holds whoever comes there: lwIP is built without TCP_LISTEN_BACKLOG.
TEST_F(Shipped, Lwip) {
  if (!fs::exists(RunnerPath() + "-lwip")) GTEST_SKIP() << "it was not built (TCPLAB_LWIP)";
  folder_.Write("scenarios/quick.json", R"({"name": "quick", "trials": 3, "window_ms": 600,
    "server": {"listen": {"backlog": 1}, "accept": {"model": "never"}},
    "clients": [{"count": 6, "script": [{"connect": {}}]}]})");
  const json document = Measure("lwip");
  EXPECT_EQ(document["environment"]["stack"], "lwip");
  const json& counts = document["cases"][0]["observations"]["outcome_counts"]["values"];
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0]["value"]["queued"], 6);
}

}  // namespace
}  // namespace tcplab
