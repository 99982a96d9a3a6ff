#include "core/stack/stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/result/temp_folder.h"
#include "tests/support/schema/json_schema.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::string SourceFolder() {
  const char* const folder = std::getenv("TCPLAB_SOURCE_DIR");
  return folder != nullptr ? folder : TCPLAB_SOURCE_DIR;
}

json StackDraft() {
  return {{"name", "other"}, {"command", {"env"}}, {"recognise", {{"stack", "linux"}}}};
}

LoadedStacks Load(const json& stack) {
  return LoadStacksText(json{{"stacks", {stack}}}.dump(), "stacks.json");
}

// What is said of a draft with one value changed.
std::string Complaint(const char* pointer, const json& value) {
  json stack = StackDraft();
  stack[json::json_pointer(pointer)] = value;
  const LoadedStacks loaded = Load(stack);
  EXPECT_TRUE(loaded.stacks.empty());
  return loaded.diagnostics.empty() ? "" : FormatDiagnostic(loaded.diagnostics.front());
}

TEST(Stacks, ADescriptionSaysHowToGetThereAndHowToKnowIt) {
  json stack = StackDraft();
  stack["summary"] = "another";
  stack["runner"] = "/opt/runner";
  stack["cannot"] = {{{"feature", "option:TCP_CORK"}, {"reason", "it has none"}}};
  stack["packages"] = {"one", "two"};
  stack["limit_seconds"] = 2.5;
  stack["jobs"] = 3;
  const LoadedStacks loaded = Load(stack);
  ASSERT_EQ(loaded.stacks.size(), 1U);
  const Stack& read = loaded.stacks.front();
  EXPECT_EQ(read.name, "other");
  EXPECT_THAT(read.command, ElementsAre("env"));
  EXPECT_EQ(read.runner, "/opt/runner");
  ASSERT_EQ(read.cannot.size(), 1U);
  EXPECT_EQ(read.cannot.front().feature, "option:TCP_CORK");
  EXPECT_THAT(read.packages, ElementsAre("one", "two"));
  EXPECT_EQ(read.limit_seconds, 2.5);
  EXPECT_EQ(read.jobs, 3U);
}

TEST(Stacks, WhatIsWrongIsSaidWithItsPlace) {
  const LoadedStacks loaded =
      LoadStacksText("{\n  \"stacks\": [\n    { \"nam\": 1 }\n  ]\n}", "mine.json");
  ASSERT_FALSE(loaded.diagnostics.empty());
  EXPECT_THAT(FormatDiagnostic(loaded.diagnostics.front()), HasSubstr("mine.json:3:"));
  EXPECT_THAT(Complaint("/comand", json::array()), HasSubstr("did you mean \"command\"?"));
  EXPECT_THAT(Complaint("/command", "env"), HasSubstr("expected a list of words"));
  EXPECT_THAT(Complaint("/command", json::array()), HasSubstr("at least one word"));
  EXPECT_THAT(Complaint("/command", {"env", "{scrach}"}), HasSubstr("{scratch}"));
  json shell = StackDraft();
  shell["command"] = {"sh", "-c", "${x} { echo; } {} {a,b} {", "{runner}"};
  EXPECT_TRUE(Load(shell).diagnostics.empty());
  EXPECT_THAT(Complaint("/command", {"env", 7}), HasSubstr("/stacks/0/command/1"));
  EXPECT_THAT(Complaint("/recognise", json::object()), HasSubstr("by which its results are known"));
  EXPECT_THAT(Complaint("/recognise/stak", "x"), HasSubstr("did you mean \"stack\"?"));
  EXPECT_THAT(Complaint("/limit_seconds", 0), HasSubstr("a number from 0.1"));
  EXPECT_THAT(Complaint("/cannot", {{{"feature", "warp"}, {"reason", "x"}}}),
              HasSubstr("option:TCP_CORK"));
  EXPECT_THAT(Complaint("/cannot", {{{"feature", "step:jump"}, {"reason", "x"}}}),
              HasSubstr("connect, bind"));
  EXPECT_THAT(Complaint("/cannot", {{{"feature", "ipv6"}}}), HasSubstr("reason"));
}

TEST(Stacks, TwoOfOneNameAreRefused) {
  const json twice = {{"stacks", {StackDraft(), StackDraft()}}};
  const LoadedStacks loaded = LoadStacksText(twice.dump(), "stacks.json");
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics.front().pointer, "/stacks/1/name");
}

TEST(Stacks, ANameThatIsNotThereIsAnsweredWithOneThatIs) {
  const std::vector<Stack> stacks = Load(StackDraft()).stacks;
  EXPECT_TRUE(FindStack(stacks, "other"));
  EXPECT_THAT(FindStack(stacks, "othr").error().message, HasSubstr("did you mean other?"));
  EXPECT_THAT(FindStack(stacks, "zzzzzz").error().message, HasSubstr("expected other"));
}

TEST(Stacks, PlaceholdersAreReplacedInWords) {
  json draft = StackDraft();
  draft["command"] = {"sh", "{stacks}/go.sh", "--root={scratch}", "{runner} {scratch}"};
  Stack stack = Load(draft).stacks.front();
  stack.file = "/etc/lab/stacks.json";
  EXPECT_THAT(
      StackCommand(stack, {"/b/1", "/bin/runner"}),
      ElementsAre("sh", "/etc/lab/go.sh", "--root=/b/1", "/bin/runner /b/1", "/bin/runner"));
}

TEST(Stacks, AProgramMayPlayTheServers) {
  EXPECT_EQ(Load(StackDraft()).stacks.front().server_agent, "");
  json draft = StackDraft();
  draft["server_agent"] = "{stacks}/{runner}-lwip";
  Stack stack = Load(draft).stacks.front();
  stack.file = "/etc/lab/stacks.json";
  EXPECT_EQ(ServerAgentOf(stack, "runner"), "/etc/lab/runner-lwip");
  EXPECT_THAT(Complaint("/server_agent", ""), HasSubstr("/stacks/0/server_agent"));
  EXPECT_THAT(Complaint("/server_agent", "{runer}"), HasSubstr("{runner}"));
  EXPECT_THAT(Complaint("/server_agent", "{scratch}/x"), HasSubstr("not there yet"));
}

TEST(Stacks, AResultIsKnownByEveryWordOfItsDescription) {
  json draft = StackDraft();
  draft["recognise"] = {{"stack", "linux"}, {"vm", "user-mode-linux"}, {"somaxconn", 128}};
  const Stack stack = Load(draft).stacks.front();
  json environment = {
      {"id", "linux-6.1"},
      {"stack", "linux"},
      {"facets", {{"vm", {{"found", "user-mode-linux"}, {"sign", "x"}}}, {"somaxconn", 128}}}};
  EXPECT_EQ(WhyNotRecognised(stack, environment), std::nullopt);
  environment["facets"]["vm"] = "none";
  EXPECT_THAT(WhyNotRecognised(stack, environment).value_or(""),
              HasSubstr(R"(linux-6.1, whose vm is "none", and not "user-mode-linux")"));
}

TEST(Stacks, ACaseSaysWhatItNeeds) {
  const LoadedScenario loaded = LoadScenarioText(
      R"({"name": "x", "parameters": {"model": ["iterative", "process_per_connection"]},
          "server": {"listen": {"address": "::1"}, "accept": {"model": "$model"},
                     "script": [{"recv": {"flags": ["MSG_PEEK"]}}]},
          "clients": [{"script": [{"set": {"TCP_NODELAY": true}}, {"connect": {}},
                                  {"sample": "cwnd"}, {"abort": true}]}]})",
      "x.json", {});
  ASSERT_TRUE(loaded.scenario) << FormatDiagnostic(loaded.diagnostics.front());
  const Case& processes = loaded.scenario->cases.back();
  EXPECT_THAT(FeaturesOf(processes),
              testing::IsSupersetOf({"ipv6", "model:process_per_connection", "flag:MSG_PEEK",
                                     "option:TCP_NODELAY", "sample:cwnd", "step:abort"}));
  const std::vector<Inability> cannot = {{"model:process_per_connection", "no descriptors"}};
  EXPECT_EQ(WhatIsMissing(loaded.scenario->cases.front(), cannot), nullptr);
  ASSERT_NE(WhatIsMissing(processes, cannot), nullptr);
  EXPECT_EQ(WhatIsMissing(processes, cannot)->reason, "no descriptors");
}

TEST(Stacks, TheShippedOnesAreRightByParserAndSchema) {
  const std::string folder = SourceFolder() + "/stacks/";
  const LoadedStacks loaded = LoadStacksFile(folder + "stacks.json");
  EXPECT_TRUE(loaded.diagnostics.empty()) << FormatDiagnostic(loaded.diagnostics.front());
  EXPECT_FALSE(loaded.stacks.empty());
  const JsonSchema schema(json::parse(ReadWhole(folder + "stacks.schema.json")));
  EXPECT_TRUE(schema.Accepts(json::parse(ReadWhole(folder + "stacks.json"), nullptr, true, true)));
  json wrong = {{"stacks", {StackDraft()}}};
  EXPECT_TRUE(schema.Accepts(wrong));
  wrong["stacks"][0]["comand"] = "x";
  EXPECT_FALSE(schema.Accepts(wrong));
}

}  // namespace
}  // namespace tcplab
