// JUnit XML, held against a schema by xmllint.
#include "runner/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/check_fixture.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Finished XmlLint(const TempFolder& folder, const std::vector<std::string>& arguments) {
  RunnerProcess::Options options;
  options.program = "xmllint";
  return RunRunner(folder, arguments, options);
}

bool HasXmlLint() {
  constexpr int kNoSuchProgram = 127;
  return XmlLint(TempFolder(), {"--version"}).exit_code != kNoSuchProgram;
}

std::string SchemaPath() {
  const char* const folder = std::getenv("TCPLAB_SOURCE_DIR");
  return std::string(folder != nullptr ? folder : TCPLAB_SOURCE_DIR) + "/tests/runner/junit.xsd";
}

// A number that an XPath comes to.
int Value(const TempFolder& folder, const std::string& file, const std::string& path) {
  const Finished run = XmlLint(folder, {"--xpath", path, file});
  EXPECT_EQ(run.exit_code, 0) << path << run.err;
  return run.out.empty() ? -1 : std::stoi(run.out);
}

// Valid, and every suite has as many cases, failures, errors and skips as it says.
void ExpectValid(const TempFolder& folder, const std::string& file) {
  const Finished lint = XmlLint(folder, {"--noout", "--schema", SchemaPath(), file});
  EXPECT_EQ(lint.exit_code, 0) << lint.err << ReadWhole(folder.path() + "/" + file);
  for (int suite = 1; suite <= Value(folder, file, "count(/testsuites/testsuite)"); ++suite) {
    const std::string at = "/testsuites/testsuite[" + std::to_string(suite) + "]";
    const auto says = [&](const std::string& name) {
      return Value(folder, file, "number(" + at + "/@" + name + ")");
    };
    const auto count = [&](const std::string& below) {
      return Value(folder, file, "count(" + at + "/testcase" + below + ")");
    };
    EXPECT_EQ(says("tests"), count(""));
    EXPECT_EQ(says("failures"), count("/failure"));
    EXPECT_EQ(says("errors"), count("/error"));
    EXPECT_EQ(says("skipped"), count("/skipped"));
    EXPECT_EQ(says("id"), suite - 1);
  }
}

class JUnit : public CheckFixture {
 protected:
  void SetUp() override {
    if (!HasXmlLint()) GTEST_SKIP() << "xmllint is not there (libxml2-utils)";
  }
  Finished CheckTo(const std::string& file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"--junit", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Finished run = RunCheck(arguments);
    ExpectValid(folder_, file);
    return run;
  }
  int Count(const std::string& path) const {
    return Value(folder_, "check.xml", "count(" + path + ")");
  }
};

TEST_F(JUnit, HasACaseForEachFactAndExpectationOfWhatIsAsRecorded) {
  EXPECT_EQ(CheckTo("check.xml").exit_code, 0);
  EXPECT_EQ(Count("//testsuite[@name='scenarios/deep/steady.json' and @package='steady']"), 1);
  EXPECT_EQ(Count("//testcase[@classname='steady.backlog=0' and @name='queue_order']"), 1);
  EXPECT_EQ(Count("//testcase[@classname='steady.backlog=1' and @name='queue_order']"), 1);
  EXPECT_EQ(Count("//testcase[starts-with(@name, 'expected queue_order')]"), 1);
  EXPECT_EQ(Count("//failure") + Count("//error"), 0);
  EXPECT_EQ(Count("//testcase[@name='connect_ms']/skipped"), 2) << "timing is not judged";
  EXPECT_EQ(Count("//property[@name='environment.id' and @value != '']"), 1);
  EXPECT_EQ(Count("//property[@name='facet.somaxconn']"), 1);
  EXPECT_EQ(Count("//testsuite[@time > 0]"), 1);
  EXPECT_THAT(json::parse(ReadWhole(folder_ / FileBelow("results/.local", "steady.json")))
                  .at("run")
                  .at("started")
                  .get<std::string>(),
              HasSubstr("T"));
}

TEST_F(JUnit, FailsWhatDiffersAndIsNotMetAndSkipsWhatIsNotRecorded) {
  RecordAnotherQueue();
  ExpectWhatIsNotSo();
  json scenario = json::parse(ReadWhole(folder_ / "scenarios/deep/steady.json"));
  scenario["parameters"]["backlog"] = {0, 1, 2};
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  EXPECT_EQ(CheckTo("check.xml").exit_code, 1);
  EXPECT_EQ(Count("//testcase[@name='queue_order']/failure[@type='different']"), 1);
  EXPECT_EQ(
      Count("//failure[starts-with(@message, 'recorded 0-2 in 6 of 6 trials; now 0 in 6 of 6')]"),
      1)
      << ReadWhole(folder_ / "check.xml");
  EXPECT_EQ(Count("//testcase/failure[@type='expectation']"), 1);
  EXPECT_EQ(Count("//testcase[@classname='steady.backlog=2' and @name='all observations']/skipped"),
            1);
  EXPECT_EQ(Count("//failure[contains(., 'one such trial: runner explain results/.local/')]"), 2);
}

TEST_F(JUnit, ARecordedCaseThatIsGoneIsAFailure) {
  json scenario = json::parse(kSteadyScenario);
  scenario["parameters"]["backlog"] = {1};
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  EXPECT_EQ(CheckTo("check.xml").exit_code, 1);
  EXPECT_EQ(Count("//testcase[@classname='steady.backlog=0']/failure[@type='gone']"), 1);
}

TEST_F(JUnit, WhatIsInconclusiveIsSkippedAndStrictlyAFailure) {
  json document = Record();
  json& queue = document["cases"][0]["observations"]["queue_order"];
  queue["values"] = {{{"value", {0}}, {"trials", 5}}, {{"value", {1}}, {"trials", 1}}};
  queue["sequence"] = {0, 0, 0, 0, 0, 1};
  Rewrite(document);
  EXPECT_EQ(CheckTo("check.xml").exit_code, 0);
  EXPECT_EQ(
      Count("//testcase[@name='queue_order']/skipped[starts-with(@message, 'inconclusive: ')]"), 1);
  EXPECT_EQ(CheckTo("check.xml", {"--strict"}).exit_code, 4);
  EXPECT_EQ(Count("//testcase[@name='queue_order']/failure[@type='inconclusive']"), 1);
}

TEST_F(JUnit, IsWholeWhenScenariosAreInvalidUnrecordedOrCannotBeRun) {
  const TestListener taken;
  json scenario = json::parse(kSteadyScenario);
  scenario["trials"] = 1;
  scenario["server"]["listen"]["port"] = taken.address().port();
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  folder_.Write("scenarios/broken.json", "{\n  \"name\": \"broken\", \"trails\": 1, \"and\": 2 }");
  folder_.Write("scenarios/new.json", kSteadyScenario);
  EXPECT_EQ(CheckTo("check.xml").exit_code, 2);
  EXPECT_EQ(Count("//testsuite"), 3);
  EXPECT_EQ(
      Count("//testsuite[@name='scenarios/broken.json']/testcase/error[@type='not valid']") > 1,
      true)
      << "each of its errors";
  EXPECT_EQ(Count("//testsuite[@name='scenarios/new.json']/testcase/error[contains(., 'nothing is "
                  "recorded of new.json')]"),
            1);
  EXPECT_EQ(Count("//testsuite[@name='scenarios/deep/steady.json']/testcase/error[starts-with("
                  "@message, 'could not be measured: 1 trial, the first: listen_failed')]"),
            2)
      << ReadWhole(folder_ / "check.xml");
}

TEST_F(JUnit, IsWrittenWhenThereIsNoScenarioAtAll) {
  const Finished run =
      RunRunner(folder_, {"check", "nowhere", "--baseline", "results", "--junit", "check.xml"});
  EXPECT_EQ(run.exit_code, 2);
  ExpectValid(folder_, "check.xml");
  EXPECT_EQ(Count("//error[contains(., 'there is no such file')]"), 1);
}

TEST_F(JUnit, IsWrittenWhenTheCheckIsInterrupted) {
  json scenario = json::parse(kSteadyScenario);
  scenario["window_ms"] = 30'000;
  scenario["clients"][0]["script"].push_back({{"sleep", 25'000}});
  folder_.Write("scenarios/deep/steady.json", scenario.dump());
  folder_.Write("scenarios/later.json", kSteadyScenario);
  RunnerProcess process(folder_,
                        {"check", "scenarios", "--baseline", "results", "--junit", "check.xml"});
  ASSERT_TRUE(process.WaitForAgents());
  process.Signal(SIGINT);
  EXPECT_EQ(process.Wait().exit_code, 130);
  ExpectValid(folder_, "check.xml");
  EXPECT_EQ(Count("//testsuite[@name='scenarios/deep/steady.json']//error[@type='interrupted']"),
            1);
  EXPECT_EQ(Count("//testsuite[@name='scenarios/later.json']//error[contains(., 'not run')]"), 1);
  EXPECT_EQ(FileBelow("results/.local", ".traces"), "");
}

// What XML cannot hold comes from scenarios, from what was received, and from file names.
TEST_F(JUnit, HoldsAnyBytes) {
  const std::string text =
      "a<b>&\"']]>\x01\x1b[2J\n\t\r\x7f\xef\xbf\xbe\xef\xbf\xbf perch\xc3\xa9 \xf0\x9f\x98\x80";
  const json scenario = {
      {"name", "odd <&> \" \x02 name"},
      {"trials", 6},
      {"parameters", {{"text", {text, text + "<!--"}}}},
      {"server", {{"script", {{{"recv", {{"buffer", 4096}}}}, {{"send", "$text"}}}}}},
      {"clients",
       {{{"script",
          {{{"connect", json::object()}},
           {{"send", "$text"}},
           {{"recv", {{"until", "eof"}, {"label", "<l&\"'>"}}}}}}}}},
      {"expect", {{{"observation", "replies"}, {"equals", {text}}}}}};
  std::string written = scenario.dump();
  Recorded("odd\xff.json", written);
  const std::string record = "results/here/odd\xff.json";
  json document = Record(record);
  ASSERT_EQ(document["cases"][0]["status"], "failed") << document["cases"][0].dump();
  for (json& a_case : document["cases"]) {
    a_case["observations"]["steps"]["values"][0]["value"] = {{"<l&\"'>", {{text}}}};
  }
  Rewrite(document, record);
  EXPECT_EQ(CheckTo("check.xml").exit_code, 1);
  EXPECT_EQ(Count("//testcase[@name=\"steps.<l&\"]"), 0);
  EXPECT_EQ(Count("//testcase[starts-with(@name, 'steps.<l&')]/failure"), 2);
  const std::string xml = ReadWhole(folder_ / "check.xml");
  EXPECT_THAT(xml, HasSubstr("odd\\xff.json"));
  EXPECT_THAT(xml, HasSubstr("odd &lt;&amp;&gt; &quot; \\x02 name"));
}

TEST_F(JUnit, GoesNowhereThatCannotBeWrittenOrIsRecorded) {
  folder_.Write("a-file", "");
  EXPECT_EQ(RunCheck({"--junit", "a-file/check.xml"}).exit_code, 3);
  EXPECT_EQ(RunCheck({"--junit", "-"}).exit_code, 2);
  const std::string before = ReadWhole(folder_ / kRecord);
  const Finished run = RunCheck({"--junit", kRecord});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--junit: results/here/deep/steady.json is below the baseline"));
  EXPECT_EQ(ReadWhole(folder_ / kRecord), before);
  EXPECT_EQ(FileBelow("results/.local", ".json"), "") << "nothing was run for nothing";
}

TEST(XmlText, EscapesMarkupAndShowsWhatXmlCannotHold) {
  EXPECT_EQ(XmlText("<a href=\"x\">&'\n\t\r"), "&lt;a href=&quot;x&quot;&gt;&amp;'\n\t&#13;");
  EXPECT_EQ(XmlAttribute("a\nb\tc\rd"), "a&#10;b&#9;c&#13;d");
  EXPECT_EQ(XmlText(std::string("\0\x01\x08\x0b\x1f\x7f", 6)), "\\x00\\x01\\x08\\x0b\\x1f\\x7f");
  EXPECT_EQ(XmlText("perch\xc3\xa9 \xf0\x9f\x98\x80"), "perch\xc3\xa9 \xf0\x9f\x98\x80");
  EXPECT_EQ(XmlText("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"),
            "\\xef\\xbf\\xbe\\xef\\xbf\\xbf\xef\xbf\xbd");
  EXPECT_EQ(XmlText("\xff\xc0\xaf\xed\xa0\x80\xc3"), "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xc3");
}

// Every byte by itself, and every pair of those that begin and end something, in every place.
TEST(JUnitReport, IsValidWhateverItIsGiven) {
  if (!HasXmlLint()) GTEST_SKIP() << "xmllint is not there (libxml2-utils)";
  std::vector<CheckedScenario> scenarios;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string(1, static_cast<char>(byte)) + "]]>";
    CheckedScenario checked;
    checked.file = checked.name = text;
    checked.started = byte % 2 == 0 ? "2025-01-31T09:00:00Z" : text;
    checked.properties = {{text, text}, {"", ""}};
    for (const ItemState state :
         {ItemState::kPassed, ItemState::kFailed, ItemState::kError, ItemState::kSkipped}) {
      CheckItem item{text, text, state, text, text, text, text, "", 0, 0};
      checked.items.push_back(item);
    }
    scenarios.push_back(std::move(checked));
  }
  scenarios.emplace_back();  // all is empty
  const TempFolder folder;
  folder.Write("all.xml", JUnitReport(scenarios, " "));
  const Finished lint = XmlLint(folder, {"--noout", "--schema", SchemaPath(), "all.xml"});
  EXPECT_EQ(lint.exit_code, 0) << lint.err;
}

}  // namespace
}  // namespace tcplab
