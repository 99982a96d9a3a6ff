// Files, places and the manner in which problems are said.
#include "core/scenario/loader.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> Say(const LoadedScenario& loaded) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    lines.push_back(FormatDiagnostic(diagnostic));
  return lines;
}

std::vector<std::string> LoadText(const std::string& text) {
  return Say(LoadScenarioText(text, "dir/x.json", {}));
}

// A folder of the test's own, gone when the test is.
class Files : public testing::Test {
 protected:
  Files() { std::filesystem::create_directories(dir_); }
  ~Files() override { std::filesystem::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return (dir_ / name).string();
  }

  std::filesystem::path dir_ = std::filesystem::temp_directory_path() /
                               ("tcplab-scenario-" + std::to_string(std::random_device()()));
};

TEST_F(Files, ScenarioIsReadFromAFile) {
  const LoadedScenario loaded = LoadScenarioFile(Write("a.json", MinimalDocument().dump()), {});
  ASSERT_TRUE(loaded.scenario);
  EXPECT_EQ(loaded.scenario->name, "minimal");
  EXPECT_EQ(loaded.scenario->file, (dir_ / "a.json").string());
}

TEST_F(Files, MissingFileAndDirectoryAreSaid) {
  EXPECT_THAT(Say(LoadScenarioFile("/no/such/file.json", {})),
              ElementsAre("/no/such/file.json: error: there is no such file"));
  EXPECT_THAT(Say(LoadScenarioFile(dir_.string(), {})),
              ElementsAre(HasSubstr("found a directory")));
}

TEST_F(Files, FileThatCannotBeOpenedSaysWhy) {
  const std::string path = Write("a.json", "{}");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (std::ifstream(path)) GTEST_SKIP() << "root may open everything";
  EXPECT_THAT(Say(LoadScenarioFile(path, {})), ElementsAre(HasSubstr("cannot be opened: ")));
}

TEST_F(Files, MoreThan16MebibytesAreRefusedUnread) {
  EXPECT_THAT(Say(LoadScenarioFile(Write("a.json", std::string((16U << 20U) + 1, ' ')), {})),
              ElementsAre(HasSubstr("more than 16 MiB")));
  EXPECT_THAT(Say(LoadScenarioFile("/dev/zero", {})), ElementsAre(HasSubstr("more than 16 MiB")));
}

TEST(Loader, MillionsOfValuesAreAnsweredInTime) {
  const std::clock_t begin = std::clock();  // of this process: other load does not count
  const std::string deep = std::string(60, '[') + std::string(60, ']');
  std::string values = deep;
  while (values.size() < 1'000'000) values += "," + deep;
  EXPECT_THAT(LoadText("[" + values + "]"), ElementsAre(HasSubstr("a scenario: an object")));
  EXPECT_THAT(LoadText(R"({"name": "x", "server": {}, "clients": [)" + values + "]}"),
              Contains(HasSubstr("only the first 20 errors")));
  std::string steps = R"({"close": {}})";
  while (steps.size() < 1'000'000) steps += R"(,{"close": {}})";
  EXPECT_TRUE(Draft().ClientScript("[" + steps + "]").Load().scenario);
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 60);
}

TEST_F(Files, APlaceOfAValueIsFoundAgain) {
  const std::string path =
      Write("x.json", "{\n  // a comment\n  \"expect\": [{},\n    {\"a\": 1}]\n}");
  EXPECT_EQ(FindInScenarioFile(path, "/expect/1").line, 4U);
  EXPECT_EQ(FindInScenarioFile(path, "/expect/1").column, 5U);
  EXPECT_EQ(FindInScenarioFile(path, "/expect/7").line, 3U);
  EXPECT_EQ(FindInScenarioFile(Write("broken.json", "{\"\\u\": ["), "/expect/1").line, 0U);
  EXPECT_EQ(FindInScenarioFile(path + "-gone", "/expect/1").line, 0U);
}

TEST(Loader, EmptyTextAndOtherTopLevelsAreRefused) {
  EXPECT_THAT(
      LoadText(""),
      ElementsAre("dir/x.json:1:1: error: the file is empty, expected a scenario: an object"));
  EXPECT_THAT(
      LoadText("[]"),
      ElementsAre("dir/x.json:1:1: error: found an empty list, expected a scenario: an object"));
  EXPECT_THAT(LoadText("\n 3"),
              ElementsAre("dir/x.json:2:2: error: found 3, expected a scenario: an object"));
}

TEST(Loader, InvalidJsonHasItsPlace) {
  EXPECT_THAT(LoadText("{\n  \"name\": \"a\"\n  \"server\": {}\n}"),
              ElementsAre(AllOf(StartsWith("dir/x.json:3:3: error: not valid JSON: "),
                                HasSubstr("expected"))));
}

TEST(Loader, DuplicateKeyHasItsPlaceAndPointer) {
  EXPECT_THAT(
      LoadText("{\"server\": {},\n \"server\": {}}"),
      ElementsAre(
          "dir/x.json:2:2: error: at /server: the key \"server\" stands twice in one object"));
}

TEST(Loader, MissingKeysAreNamedTogether) {
  EXPECT_THAT(
      LoadText("{}"),
      ElementsAre(
          "dir/x.json:1:1: error: a scenario lacks the keys \"name\", \"server\" and \"clients\""));
}

TEST(Loader, EveryProblemIsReportedInTheOrderOfItsPlace) {
  const std::string text = R"({
  "name": "",
  "trails": 5,
  "timing": "sensitiv",
  "server": { "listen": { "backlog": "two", "prot": 80 } },
  "clients": [
    { "count": -4, "script": [ { "recv": { "until": [] } }, { "slep": 5 } ] }
  ]
})";
  EXPECT_THAT(
      LoadText(text),
      ElementsAre(
          R"(dir/x.json:2:11: error: at /name: found the string "", expected a name)",
          AllOf(StartsWith(R"(dir/x.json:3:3: error: at /trails: a scenario has no key "trails")"),
                HasSubstr(R"(did you mean "trials"?)")),
          R"(dir/x.json:4:13: error: at /timing: found the string "sensitiv", expected "sensitive" or "insensitive"; did you mean "sensitive"?)",
          R"(dir/x.json:5:38: error: at /server/listen/backlog: found the string "two", expected a whole number from -2147483648 to 2147483647)",
          AllOf(
              StartsWith(
                  R"(dir/x.json:5:45: error: at /server/listen/prot: "listen" has no key "prot")"),
              HasSubstr(R"(did you mean "port"?)")),
          R"(dir/x.json:7:16: error: at /clients/0/count: found -4, expected a whole number from 0 to 1000000)",
          StartsWith(
              R"(dir/x.json:7:53: error: at /clients/0/script/0/recv/until: found an empty list)"),
          AllOf(
              StartsWith(
                  R"(dir/x.json:7:63: error: at /clients/0/script/1/slep: there is no step "slep")"),
              HasSubstr(R"(did you mean "sleep"?)"))));
}

TEST(Loader, ErrorsAreBounded) {
  std::string steps = "[";
  for (int i = 0; i < 1000; ++i) steps += "{\"nonsense\": 1},";
  const std::vector<std::string> errors = Draft().ClientScript(steps + "{}]").Errors();
  ASSERT_EQ(errors.size(), 21U);
  EXPECT_THAT(errors.back(), HasSubstr("only the first 20 errors are shown"));
}

TEST(Loader, SameErrorInEveryCaseIsSaidOnce) {
  Draft draft;
  draft.Set("/parameters", R"({"b": [1, 2, 3]})")
      .Set("/server/listen", R"({"backlog": "$b", "port": -1})");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("/server/listen/port: found -1")));
}

TEST(Loader, WhatIsQuotedFromTheDocumentIsSafeToPrint) {
  const std::vector<std::string> said =
      LoadText("{\"na\\u001b[31mme\": 1, \"" + std::string(500, 'x') + "\": \"\xC3\xA4\"}");
  ASSERT_GE(said.size(), 3U);
  for (const std::string& line : said) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_LT(line.size(), 700U) << line;
  }
}

TEST(Loader, LongTextIsNotCutInsideACharacter) {
  for (std::size_t before = 50; before < 66; ++before) {
    std::string word(before, 'x');
    for (int i = 0; i < 20; ++i) word += "\xC3\xA4";
    const std::vector<std::string> errors = Draft().Set("/timing", "\"" + word + "\"").Errors();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_NO_THROW((void)nlohmann::json(errors[0]).dump()) << before;  // throws unless it is UTF-8
  }
}

TEST(Loader, DiagnosticWithoutAPlaceHasNoNumbers) {
  EXPECT_EQ(FormatDiagnostic({Severity::kWarning, "a.json", 0, 0, {}, "message"}),
            "a.json: warning: message");
  EXPECT_EQ(
      FormatDiagnostic({Severity::kError, "a.json", 12, 20, "/server/listen/backlog", "found x"}),
      "a.json:12:20: error: at /server/listen/backlog: found x");
}

TEST(Warnings, WindowThatEndsNearAWholeSecond) {
  for (const char* const window : {"1000", "900", "1100", "3000", "5000"}) {
    EXPECT_THAT(Draft().Set("/window_ms", window).Warnings(),
                ElementsAre(AllOf(HasSubstr("/window_ms"), HasSubstr("whole second"))))
        << window;
  }
  for (const char* const window : {"1500", "800", "100", "1101", "2899"}) {
    EXPECT_THAT(Draft().Set("/window_ms", window).Warnings(), testing::IsEmpty()) << window;
  }
}

TEST(Warnings, DefaultWindowOnlyWhereClientsCanBePending) {
  EXPECT_THAT(Draft().Warnings(), testing::IsEmpty());
  EXPECT_THAT(Draft().Set("/clients/0/count", "7").Warnings(),
              ElementsAre(HasSubstr("whole second")));
}

TEST(Warnings, ConnectDeadlineThatMeetsASynRetry) {
  Draft draft;
  draft.Set("/window_ms", "1500").Set("/clients/0/count", "7").Set("/clients/0/every_ms", "50");
  EXPECT_THAT(draft.ClientScript(R"([{"connect": 1000}])").Warnings(),
              ElementsAre(HasSubstr("whole second")));
  EXPECT_THAT(draft.ClientScript(R"([{"connect": 1400}])").Warnings(), testing::IsEmpty());
  // The eleventh client starts at 500 ms: its retry comes when the window ends.
  EXPECT_THAT(draft.Set("/clients/0/count", "11").Warnings(),
              ElementsAre(HasSubstr("whole second")));
}

TEST(Warnings, ConnectDeadlinePastTheWindow) {
  EXPECT_THAT(Draft().Set("/window_ms", "1500").ClientScript(R"([{"connect": 1600}])").Warnings(),
              ElementsAre(HasSubstr("never passes")));
}

TEST(Warnings, CaseInWhichNothingHappens) {
  EXPECT_THAT(Draft().ClientScript("[]").Warnings(),
              ElementsAre(HasSubstr("no client does anything")));
  EXPECT_THAT(Draft().Set("/clients/0/count", "0").Warnings(),
              ElementsAre(HasSubstr("no client does anything")));
}

TEST(Warnings, ScriptThatNoCaseRuns) {
  EXPECT_THAT(Draft().Set("/server/accept/model", R"("never")").Warnings(),
              ElementsAre(HasSubstr("the script never runs")));
  EXPECT_THAT(Draft().Set("/server/listen/mode", R"("bound")").Warnings(),
              ElementsAre(HasSubstr("the script never runs")));
}

TEST(Warnings, DoNotKeepAScenarioFromRunning) {
  EXPECT_TRUE(Draft().Set("/window_ms", "1000").Load().scenario);
}

}  // namespace
}  // namespace tcplab
