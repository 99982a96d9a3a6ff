// `runner accept`: what was seen becomes what is expected, or what is recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/json_writer.h"
#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Who is queued is told by the backlog: the same in every run. So far apart, a client may be late
// by 100 ms before the trial is run again, which a busy machine needs.
constexpr const char* kAcceptScenario = R"(// Two comments,
{
  "name": "steady", "trials": 6, "window_ms": 700, "timing": "insensitive",
  "parameters": { "backlog": [0, 1] },
  "server": { "listen": { "backlog": "$backlog" }, "accept": { "model": "never" } },
  "clients": [{ "count": 3, "every_ms": 200, "script": [{ "connect": { "timeout_ms": 100 } }] }] // one here
}
// and one there.
)";

std::string WithExpect(const std::string& list) {
  std::string text = kAcceptScenario;
  const std::string last = " // one here";
  return text.replace(text.find(last), last.size(), ",\n  \"expect\": " + list);
}

class Accept : public testing::Test {
 protected:
  explicit Accept(const std::string& scenario = kAcceptScenario) {
    folder_.Write(kPath, scenario);
    const Finished run = RunRunner(folder_, {kPath, "--out", "seen"});
    EXPECT_LE(run.exit_code, 1) << run.err << run.out;
  }
  std::string Text(const std::string& path = kPath) const {
    return ReadWhole(folder_.path() + "/" + path);
  }
  json Seen() const { return json::parse(Text(kSeen)); }
  Finished RunAccept(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"accept", kSeen};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunRunner(folder_, arguments);
  }
  // The result with one thing changed in it.
  void Edit(const std::string& pointer, const json& value) const {
    json document = Seen();
    document[json::json_pointer(pointer)] = value;
    folder_.Write(kSeen, WriteJson(document));
  }
  std::string Record() const {
    return "results/" + Seen()["environment"]["id"].get<std::string>() + "/deep/steady.json";
  }

  static constexpr const char* kPath = "scenarios/deep/steady.json";
  static constexpr const char* kSeen = "seen/deep/steady.json";
  TempFolder folder_;
};

TEST_F(Accept, WhatWasSeenIsExpectedFromThenOn) {
  const Finished run = RunAccept();
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.out, HasSubstr("scenarios/deep/steady.json: "));
  const std::string stack = Seen()["environment"]["stack"];
  const std::string queue =
      R"({ "observation": "queue_order", "equals": [0, 1], "case": { "backlog": 1 }, "when": { "stack": ")" +
      stack + "\" } }";
  EXPECT_THAT(run.out, HasSubstr("  + " + queue + "\n"));
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("    " + queue));
  EXPECT_THAT(text, HasSubstr(R"("observation": "accept_order", "equals": [], "when": )"))
      << "nobody is accepted, whatever the backlog";
  EXPECT_THAT(text, Not(HasSubstr("connect_ms")));
  const std::string written = kAcceptScenario;
  const std::size_t split = written.find(" // one here");
  EXPECT_TRUE(text.starts_with(written.substr(0, split) + ", // one here\n  \"expect\": [\n"))
      << text;
  EXPECT_TRUE(text.ends_with("\n  ]\n}\n// and one there.\n")) << text;

  const Finished again = RunAccept();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, "scenarios/deep/steady.json: nothing to add\n");
  EXPECT_EQ(Text(), text);
  const Finished met = RunRunner(folder_, {kPath, "--out", "second"});
  EXPECT_EQ(met.exit_code, 0) << met.out;
  EXPECT_THAT(met.out, HasSubstr("expectations met"));
}

TEST_F(Accept, DryRunOnlySays) {
  const Finished run = RunAccept({"--dry-run"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("would have "));
  EXPECT_EQ(Text(), kAcceptScenario);
  const Finished record = RunAccept({"--dry-run", "--baseline", "results"});
  EXPECT_EQ(record.exit_code, 0);
  EXPECT_THAT(record.out, HasSubstr("would be recorded"));
  EXPECT_FALSE(fs::exists(folder_ / "results"));
}

TEST_F(Accept, ExpectationThatWasNotMetStaysUnlessItIsToBeReplaced) {
  folder_.Write(kPath, WithExpect(R"([
    // B
    { "observation": "queue_order", "equals": [7], "case": { "backlog": 1 } }, // wrong
    { "observation": "queue_order.0", "equals": 0, "case": { "backlog": 0 } }
  ])"));
  const Finished kept = RunAccept();
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_THAT(kept.out,
              HasSubstr("  stays, and --replace drops it: { \"observation\": \"queue_order\""));
  EXPECT_THAT(kept.out, HasSubstr("(not met in 1 of 1 case)"));
  EXPECT_THAT(Text(), HasSubstr("\"equals\": [7]"));
  EXPECT_THAT(kept.out, Not(HasSubstr("\"queue_order\", \"equals\": [0, 1]"))) << "judged already";

  const Finished replaced = RunAccept({"--replace"});
  EXPECT_EQ(replaced.exit_code, 0) << replaced.err;
  EXPECT_THAT(replaced.out, HasSubstr("1 expectation added, 1 dropped"));
  EXPECT_THAT(replaced.out, HasSubstr("  - { \"observation\": \"queue_order\", \"equals\": [7]"));
  EXPECT_THAT(Text(), Not(HasSubstr("[7]")));
  EXPECT_THAT(Text(),
              HasSubstr("    // B\n    // wrong\n    { \"observation\": \"queue_order.0\""));
  EXPECT_THAT(Text(), HasSubstr("\"queue_order\", \"equals\": [0, 1]"));
  EXPECT_EQ(RunRunner(folder_, {kPath, "--out", "second"}).exit_code, 0);
  EXPECT_THAT(RunAccept({"--replace"}).out, HasSubstr("nothing to add"));
}

TEST_F(Accept, OnlyWhatIsAskedForIsExpected) {
  const Finished run = RunAccept({"--only", "accept_order", "--only", "bytes"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("2 expectations added"));
  EXPECT_THAT(Text(), HasSubstr("accept_order"));
  EXPECT_THAT(Text(), Not(HasSubstr("queue_order")));
  const Finished unknown = RunAccept({"--only", "acept_order"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("accept_order"));
}

TEST_F(Accept, CasesThatWereNotRunAreNotSpokenOf) {
  const Finished run = RunRunner(folder_, {kPath, "--case", "backlog=1", "--out", "seen"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(RunAccept().exit_code, 0);
  EXPECT_THAT(Text(), HasSubstr(R"("accept_order", "equals": [], "case": { "backlog": 1 })"));
}

TEST_F(Accept, ScenarioThatHasChangedSinceIsLeftAlone) {
  std::string changed = kAcceptScenario;
  changed.replace(changed.find("700"), 3, "710");
  folder_.Write(kPath, changed);
  const Finished run = RunAccept();
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("the scenario has changed since it was measured (at /window_ms)"));
  EXPECT_EQ(Text(), changed);
  folder_.Write("elsewhere.json", kAcceptScenario);
  EXPECT_EQ(RunAccept({"--scenario", "elsewhere.json"}).exit_code, 0) << "another file of the same";
  EXPECT_NE(Text("elsewhere.json"), kAcceptScenario);
  fs::remove(folder_ / kPath);
  const Finished gone = RunAccept();
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_THAT(gone.err, HasSubstr("scenarios/deep/steady.json: error: there is no such file"));
}

TEST_F(Accept, ValuesThatOnlyTheCommandLineHadAreRefused) {
  const Finished run = RunRunner(folder_, {kPath, "--set", "backlog=3", "--out", "seen"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Finished accept = RunAccept();
  EXPECT_EQ(accept.exit_code, 2);
  EXPECT_THAT(accept.err, HasSubstr("measured with backlog=3, which the scenario does not have"));
  const Finished record = RunAccept({"--baseline", "results"});
  EXPECT_EQ(record.exit_code, 2);
  EXPECT_THAT(record.err, HasSubstr("is no record: was run with --set backlog=3"));
  EXPECT_FALSE(fs::exists(folder_ / "results"));
}

TEST_F(Accept, FileThatIsNotToBeReplacedIsNot) {
  fs::permissions(folder_ / kPath, fs::perms::owner_read);
  const Finished read_only = RunAccept();
  EXPECT_EQ(read_only.exit_code, 2);
  EXPECT_THAT(read_only.err, HasSubstr("is read-only"));
  EXPECT_EQ(Text(), kAcceptScenario);
  fs::permissions(folder_ / kPath, fs::perms::owner_all);
  fs::rename(folder_ / kPath, folder_ / "real.json");
  fs::create_symlink(folder_ / "real.json", folder_ / kPath);
  const Finished link = RunAccept();
  EXPECT_EQ(link.exit_code, 2);
  EXPECT_THAT(link.err, HasSubstr("is a symbolic link"));
  EXPECT_EQ(Text("real.json"), kAcceptScenario);
  EXPECT_EQ(RunAccept({"--scenario", "real.json"}).exit_code, 0);
  EXPECT_EQ(fs::status(folder_ / "real.json").permissions(), fs::perms::owner_all);
}

TEST_F(Accept, WhereNothingIsRecordedTheResultIsTheRecord) {
  const Finished run = RunAccept({"--baseline", "results"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, Record() + ": recorded: there was nothing of it\n");
  EXPECT_EQ(Text(Record()), Text(kSeen));
  EXPECT_EQ(Text(), kAcceptScenario) << "the scenario is not touched";
  EXPECT_EQ(RunRunner(folder_, {"check", "scenarios", "--baseline", "results"}).exit_code, 0);
  const std::string environment = fs::path(Record()).parent_path().parent_path().string();
  const Finished again = RunAccept({"--baseline", environment});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, Record() + ": is this result already; nothing to add\n")
      << "the environment's folder itself will do";
}

TEST_F(Accept, RecordOnlyGainsUnlessItIsToBeReplaced) {
  json record = Seen();
  record["cases"].erase(0);
  record["scenario"]["document"]["parameters"]["backlog"] = json::array({1});
  record["run"]["started"] = "2020-01-01T00:00:00Z";
  record["run"]["future"] = "kept";
  json& queue = record["cases"][0]["observations"]["queue_order"];
  ASSERT_EQ(queue["values"][0]["value"], json({0, 1}));
  queue["values"][0]["value"] = {0, 1, 2};
  folder_.Write(Record(), WriteJson(record));

  const Finished added = RunAccept({"--baseline", "results"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("  + backlog=0\n"));
  EXPECT_THAT(added.out,
              HasSubstr("  stays, and is different in the new result: backlog=1: queue_order\n"));
  EXPECT_THAT(added.out, HasSubstr("--replace takes the new result"));
  const json merged = json::parse(Text(Record()));
  EXPECT_EQ(merged["cases"][0], record["cases"][0]);
  EXPECT_EQ(merged["cases"][1]["parameters"], Seen()["cases"][0]["parameters"]);
  EXPECT_EQ(merged["run"]["future"], "kept");
  EXPECT_EQ(merged["run"]["added"][0]["started"], Seen()["run"]["started"]);

  const std::string before = Text(Record());
  const Finished again = RunAccept({"--baseline", "results"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr(": nothing to add\n"));
  EXPECT_THAT(again.out, HasSubstr("is different in the new result"));
  EXPECT_EQ(Text(Record()), before);

  Edit("/future", {1, "survives"});
  const Finished replaced = RunAccept({"--baseline", "results", "--replace"});
  EXPECT_EQ(replaced.exit_code, 0) << replaced.err;
  EXPECT_EQ(replaced.out, Record() + ": replaced\n");
  EXPECT_EQ(Text(Record()), Text(kSeen));
  EXPECT_THAT(RunAccept({"--baseline", "results", "--replace"}).out, HasSubstr("nothing to add"));
}

TEST_F(Accept, RecordOfAnotherEnvironmentIsNotMixedWithThisOne) {
  json record = Seen();
  record["cases"].erase(0);
  record["environment"]["facets"]["somaxconn"] = 1;
  folder_.Write(Record(), WriteJson(record));
  const std::string before = Text(Record());
  const Finished run = RunAccept({"--baseline", "results"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("was recorded in another environment (somaxconn: 1 there, "));
  EXPECT_THAT(run.err, HasSubstr("--replace takes seen/deep/steady.json as a whole"));
  EXPECT_EQ(Text(Record()), before);
}

TEST_F(Accept, FilesThatAreNoWholeResultsAreRefusedBeforeAnythingIsWritten) {
  const std::string whole = Text(kSeen);
  const auto refused = [&](const std::string& text, const std::string& why) {
    folder_.Write("bad.json", text);
    for (const std::vector<std::string>& how : {std::vector<std::string>{},
                                                {"--baseline", "results"},
                                                {"--baseline", "results", "--replace"}}) {
      std::vector<std::string> arguments = {"accept", kSeen, "bad.json"};
      arguments.insert(arguments.end(), how.begin(), how.end());
      const Finished run = RunRunner(folder_, arguments);
      EXPECT_EQ(run.exit_code, 2) << why;
      EXPECT_THAT(run.err, HasSubstr(why));
      EXPECT_EQ(Text(), kAcceptScenario);
      EXPECT_FALSE(fs::exists(folder_ / "results"));
    }
  };
  refused(whole.substr(0, whole.size() / 2), "bad.json:");
  refused(kAcceptScenario, "bad.json:1:1: this is not JSON");
  refused("{}", "this is not a result");
  json document = Seen();
  document["format"] = "tcplab-result/2";
  refused(document.dump(), "its format is tcplab-result/2");
  document = Seen();
  document["cases"][0]["observations"]["queue_order"]["values"][0]["trials"] = 5;
  refused(document.dump(), "/cases/0/observations/queue_order/values/0/trials");
}

TEST_F(Accept, ResultsThatSayTooLittleAreRefused) {
  const auto refused = [&](const char* pointer, const json& value, const std::string& why,
                           const std::vector<std::string>& how) {
    const std::string whole = Text(kSeen);
    Edit(pointer, value);
    const Finished run = RunAccept(how);
    EXPECT_EQ(run.exit_code, 2) << pointer << run.out;
    EXPECT_THAT(run.err, HasSubstr(why));
    EXPECT_THAT(run.err, HasSubstr("seen/deep/steady.json"));
    EXPECT_EQ(Text(), kAcceptScenario);
    EXPECT_FALSE(fs::exists(folder_ / "results"));
    folder_.Write(kSeen, whole);
  };
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{}, {"--baseline", "results"}}) {
    refused("/scenario/document/window_ms", 400, "was edited", how);
    refused("/run/status", "interrupted", "was interrupted", how);
    refused("/cases/0/status", "error", "could not be measured (/cases/0)", how);
    refused("/run/target", "127.0.0.1:80", "against a foreign server", how);
  }
  const std::vector<std::string> record = {"--baseline", "results"};
  refused("/run/only", {"queue_order"}, "--only queue_order", record);
  refused("/run/trials", 7, "7 trials of each case", record);
  refused("/environment/id", "../../up", "fit for a folder", record);
  refused("/environment/id", "", "fit for a folder", record);
  refused("/environment/stack", 7, "expected a string", record);
  refused("/environment/stack", "a stack", "what was seen cannot be expected", {});
}

// A path is never more than a place below the folder.
TEST_F(Accept, ResultCannotNameAPlaceOutside) {
  for (const char* file :
       {"../../../escaped.json", "/tmp/../escaped.json", "a/../../escaped.json"}) {
    Edit("/scenario/file", file);
    const Finished run = RunAccept({"--baseline", "deep/results"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_TRUE(run.out.starts_with("deep/results/")) << run.out;
    EXPECT_THAT(run.out, Not(HasSubstr(".."))) << run.out;
    for (const std::string& path : ResultFiles(folder_.path())) {
      EXPECT_TRUE(path.find("escaped") == std::string::npos || path.starts_with("deep/results/"))
          << path;
    }
  }
}

TEST_F(Accept, FoldersOfResultsAndBadOptions) {
  EXPECT_EQ(RunRunner(folder_, {"accept", "seen", "--baseline", "results"}).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / Record()));
  EXPECT_EQ(RunRunner(folder_, {"accept"}).exit_code, 2);
  EXPECT_EQ(RunRunner(folder_, {"accept", "nowhere.json"}).exit_code, 2);
  EXPECT_EQ(RunAccept({"--baseline", ""}).exit_code, 2);
  EXPECT_EQ(RunAccept({"--baseline", "results", "--scenario", kPath}).exit_code, 2);
  EXPECT_EQ(Text(), kAcceptScenario);
  const Finished help = RunRunner(folder_, {"accept", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Exit codes: 0 accepted"));
}

// The scenario has no value for it: what was typed is part of what was seen.
TEST(AcceptWithPrompt, AnswerIsAConditionAndNoOption) {
  const TempFolder folder;
  json scenario =
      json::parse(QuickScenario(R"({"trials": 5, "parameters": {"text": {"prompt": "?"}}})"));
  scenario["clients"][0]["script"][1]["send"]["text"] = "${text}\n";
  folder.Write("scenarios/asks.json", scenario.dump(2) + "\n");
  const Finished run =
      RunRunner(folder, {"scenarios/asks.json", "--set", "text=ciao", "--out", "seen"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(RunRunner(folder, {"accept", "seen/asks.json", "--baseline", "results"}).exit_code, 0);
  const Finished accept = RunRunner(folder, {"accept", "seen/asks.json"});
  EXPECT_EQ(accept.exit_code, 0) << accept.err;
  EXPECT_THAT(
      ReadWhole(folder / "scenarios/asks.json"),
      HasSubstr(R"("observation": "replies", "equals": [["CIAO\n"]], "case": { "text": "ciao" })"));
  const Finished other =
      RunRunner(folder, {"scenarios/asks.json", "--set", "text=mondo", "--out", "other"});
  EXPECT_EQ(other.exit_code, 0) << "of another text nothing is expected: " << other.out;
  EXPECT_EQ(
      RunRunner(folder, {"scenarios/asks.json", "--set", "text=ciao", "--out", "again"}).exit_code,
      0);
}

}  // namespace
}  // namespace tcplab
