// Which results may stand for their scenario.
#include "core/result/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/sha256.h"
#include "core/result/json_writer.h"
#include "tests/result/made_up.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json Measured(RunInfo run = MadeUpRun(), bool interrupted = false) {
  const Scenario scenario = MadeUpScenario(R"({"backlog": [1, 2], "clients": 3})", 2);
  ResultBuilder builder(scenario, MadeUpEnvironment(), std::move(run));
  for (std::size_t i = 0; i < 4; ++i) builder.AddTrial(i % 2, i / 2, MadeUpTrial({}), {}, true);
  return builder.Finish(1, interrupted);
}

// As its SHA-256 has it, so that nothing but the change itself is wrong.
json WithScenario(json document, const std::string& pointer, const json& value) {
  json& scenario = document["scenario"];
  scenario["document"][json::json_pointer(pointer)] = value;
  scenario["sha256"] = Sha256Hex(CanonicalJson(scenario["document"]));
  return document;
}

std::string WhyNoRecord(const json& document) {
  const Status record = CheckRecord(document);
  if (record) return "";
  EXPECT_EQ(record.error().kind, ErrorKind::kInvalid);
  return record.error().message;
}

TEST(Record, ScenarioAsItIsWrittenMeasuredToTheEnd) { EXPECT_EQ(WhyNoRecord(Measured()), ""); }

TEST(Record, OptionsThatChangeWhatIsRunMakeNone) {
  RunInfo run = MadeUpRun();
  run.overrides = {{"backlog", "1"}};
  EXPECT_EQ(WhyNoRecord(Measured(run)), "was run with --set backlog=1");
  run = MadeUpRun();
  run.only_cases = {{"backlog", "1"}};
  EXPECT_EQ(WhyNoRecord(Measured(run)), "was run with --case backlog=1");
  run = MadeUpRun();
  run.only = {"accept_order"};
  EXPECT_EQ(WhyNoRecord(Measured(run)), "was run with --only accept_order");
  run = MadeUpRun();
  run.target = "127.0.0.1:80";
  EXPECT_THAT(WhyNoRecord(Measured(run)), HasSubstr("foreign server"));
  json trials = Measured();
  trials["run"]["trials"] = 3;
  EXPECT_EQ(WhyNoRecord(trials), "was run with 3 trials of each case, and its scenario has 2");
}

TEST(Record, AnswersToPromptsAreNoOptions) {
  RunInfo run = MadeUpRun();
  run.overrides = {{"backlog", "1"}};
  json document = WithScenario(Measured(run), "/parameters/backlog",
                               {{"prompt", "how many?"}, {"type", "number"}});
  EXPECT_EQ(WhyNoRecord(document), "");
  ASSERT_EQ(AnswersOf(document).size(), 1U);
  EXPECT_EQ(AnswersOf(document)[0].second, "1");
  EXPECT_TRUE(AnswersOf(Measured(run)).empty()) << "a parameter that has a value";
}

TEST(Record, WhatWasNotMeasuredToTheEndIsNone) {
  EXPECT_EQ(WhyNoRecord(Measured(MadeUpRun(), true)), "was interrupted");
  json error = Measured();
  error["cases"][1]["status"] = "error";
  EXPECT_THAT(WhyNoRecord(error), HasSubstr("could not be measured (/cases/1)"));
  error = Measured();
  error["cases"][0]["errors"] = {{{"trial", 0}, {"code", "timeout"}, {"message", ""}}};
  EXPECT_THAT(WhyNoRecord(error), HasSubstr("could not be measured (/cases/0)"));
  json failed = Measured();
  failed["run"]["status"] = "failed";
  failed["cases"][0]["status"] = "failed";
  EXPECT_EQ(WhyNoRecord(failed), "") << "what was seen is what it is";
}

TEST(Record, ResultThatWasEditedOrCutIsNone) {
  json document = Measured();
  document["scenario"]["document"]["window_ms"] = 700;
  EXPECT_THAT(WhyNoRecord(document), HasSubstr("was edited at /scenario/document"));
  document = Measured();
  document["scenario"].erase("sha256");
  EXPECT_THAT(WhyNoRecord(document), HasSubstr("was edited at /scenario/document"));
  document = Measured();
  document["cases"].erase(0);
  EXPECT_THAT(WhyNoRecord(document), HasSubstr("lacks the case {\"backlog\":1"));
  for (const char* key : {"set", "case", "only"}) {
    for (const json& other : {json(), json("x"), json({1})}) {
      document = Measured();
      document["run"][key] = other;
      EXPECT_EQ(WhyNoRecord(document),
                std::string("does not say how it was run (/run/") + key + ")");
    }
  }
  EXPECT_THAT(WhyNoRecord(WithScenario(Measured(), "/window_ms", "soon")),
              HasSubstr("holds a scenario that is not valid"));
}

TEST(Record, StandardInputIsNotSaidByAnyResult) {
  json document = WithScenario(Measured(), "/clients/0/script/1", {{"send", {{"from", "stdin"}}}});
  document = WithScenario(document, "/clients/0/count", 1);
  document = WithScenario(document, "/trials", 1);
  document = WithScenario(document, "/parameters", {{"backlog", 1}});
  EXPECT_THAT(WhyNoRecord(document), HasSubstr("sends standard input"));
}

}  // namespace
}  // namespace tcplab
