// `runner rerun`: the same experiment from its result alone, and the comparison of the two.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/result/json_writer.h"
#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Who is accepted is told by the backlog: the same in every run.
constexpr const char* kScenario = R"({
    "name": "again", "trials": 6, "window_ms": 600, "timing": "insensitive",
    "parameters": {"backlog": [0, 1], "text": {"prompt": "what?"}},
    "server": {"listen": {"backlog": "$backlog"}, "accept": {"model": "never"}},
    "clients": [{"count": 3, "every_ms": 150, "script": [{"connect": {"timeout_ms": 100}}, {"send": "$text"}]}]})";

class Rerun : public testing::Test {
 protected:
  Rerun() {
    folder_.Write("scenarios/deep/again.json", kScenario);
    const Finished run =
        RunRunner(folder_, {"scenarios/deep/again.json", "--set", "text=ciao", "--seed", "7",
                            "--case", "backlog=1", "--jobs", "2", "--out", "first"});
    EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  }
  json Read(const std::string& path) const {
    return json::parse(ReadWhole(folder_.path() + "/" + path));
  }

  TempFolder folder_;
};

TEST_F(Rerun, NeedsNothingButTheResultAndComparesTheTwo) {
  std::filesystem::remove_all(folder_.path() + "/scenarios");
  const Finished run = RunRunner(folder_, {"rerun", "first/deep/again.json", "--out", "second"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.err, HasSubstr("second/deep/again.json"));
  EXPECT_THAT(run.out, HasSubstr("first/deep/again.json"));
  EXPECT_THAT(run.out, Not(HasSubstr("different:"))) << run.out;
  const json first = Read("first/deep/again.json");
  const json second = Read("second/deep/again.json");
  EXPECT_EQ(second["scenario"], first["scenario"]);
  for (const char* key :
       {"seed", "jobs", "set", "case", "only", "trials", "kept_awake", "realtime"}) {
    EXPECT_EQ(second["run"][key], first["run"][key]) << key;
  }
  ASSERT_EQ(second["cases"].size(), 1U);
  EXPECT_EQ(second["cases"][0]["parameters"], first["cases"][0]["parameters"]);
  EXPECT_EQ(second["cases"][0]["trials"], 6);
  EXPECT_EQ(second["cases"][0]["observations"]["queue_order"],
            first["cases"][0]["observations"]["queue_order"]);
  EXPECT_NE(second["run"]["started"], json());
}

TEST_F(Rerun, OverwritesNoRecord) {
  const Finished run = RunRunner(folder_, {"rerun", "first/deep/again.json", "--format", "json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("results/.local/"));
  EXPECT_EQ(json::parse(run.out)["format"], "tcplab-diff/1");
}

// What is recorded says that all three were accepted into a queue of one.
TEST_F(Rerun, ResultThatSaysOtherwiseIsDifferent) {
  json document = Read("first/deep/again.json");
  json& observation = document["cases"][0]["observations"]["queue_order"];
  ASSERT_EQ(observation["values"].size(), 1U);
  ASSERT_EQ(observation["values"][0]["value"], json({0, 1}));
  observation["values"][0]["value"] = {0, 1, 2};
  folder_.Write("edited.json", WriteJson(document));
  const Finished run = RunRunner(folder_, {"rerun", "edited.json", "--out", "second"});
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("queue_order"));
}

TEST_F(Rerun, WhatIsNoResultOrWasEditedIsRefused) {
  folder_.Write("none.json", "{}");
  EXPECT_EQ(RunRunner(folder_, {"rerun", "none.json"}).exit_code, 2);
  EXPECT_EQ(RunRunner(folder_, {"rerun", "missing.json"}).exit_code, 2);

  json document = Read("first/deep/again.json");
  document["scenario"]["document"]["window_ms"] = 400;
  folder_.Write("edited.json", WriteJson(document));
  const Finished edited = RunRunner(folder_, {"rerun", "edited.json"});
  EXPECT_EQ(edited.exit_code, 2);
  EXPECT_THAT(edited.err, HasSubstr("/scenario/document: was edited"));

  document = Read("first/deep/again.json");
  document["run"].erase("seed");
  folder_.Write("seedless.json", WriteJson(document));
  const Finished seedless = RunRunner(folder_, {"rerun", "seedless.json"});
  EXPECT_EQ(seedless.exit_code, 2);
  EXPECT_THAT(seedless.err, HasSubstr("seed"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/results"));
}

}  // namespace
}  // namespace tcplab
