#include "core/result/result_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "core/result/json_writer.h"
#include "tests/result/made_up.h"
#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using nlohmann::json;

json Whole() {
  const Scenario scenario = MadeUpScenario(R"({"backlog": 1, "clients": 2})", 1);
  ResultBuilder builder(scenario, MadeUpEnvironment(), MadeUpRun());
  builder.AddTrial(0, 0, MadeUpTrial({}), {}, true);
  return builder.Finish(1, false);
}

std::string MessageOf(const std::string& text) {
  const Result<json> read = ReadResultText(text, "some.json");
  if (read) return "no error";
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  return read.error().message;
}

TEST(ResultReader, GivesBackWhatWasWritten) {
  const TempFolder folder;
  const json document = Whole();
  const std::string path = folder.Write("result.json", WriteJson(document));
  const Result<json> read = ReadResultFile(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, document);
}

TEST(ResultReader, SaysWhereTextIsNotJson) {
  EXPECT_EQ(MessageOf("{\n  \"format\": oops\n}").find("some.json:2:13: this is not JSON"), 0U)
      << MessageOf("{\n  \"format\": oops\n}");
  EXPECT_EQ(MessageOf("").find("some.json:1:1: this is not JSON"), 0U) << MessageOf("");
}

TEST(ResultReader, ATornFileIsAnErrorWhereverItWasCut) {
  const std::string text = WriteJson(Whole());
  for (std::size_t size = 0; size + 2 < text.size(); size += 97) {
    EXPECT_NE(MessageOf(text.substr(0, size)), "no error") << size;
  }
}

TEST(ResultReader, RefusesANewerFormatByName) {
  json document = Whole();
  document["format"] = "tcplab-result/2";
  EXPECT_EQ(MessageOf(document.dump()),
            "some.json: its format is tcplab-result/2, and this version of tcplab reads "
            "tcplab-result/1: use a newer version");
}

TEST(ResultReader, RefusesJsonThatIsNoResult) {
  const std::string expected =
      "some.json: this is not a result: expected \"format\": \"tcplab-result/1\"";
  EXPECT_EQ(MessageOf("[]"), expected);
  EXPECT_EQ(MessageOf("{}"), expected);
  EXPECT_EQ(MessageOf(R"({"format": 1})"), expected);
  EXPECT_EQ(MessageOf(R"({"name": "a scenario"})"), expected);
}

TEST(ResultReader, SaysWhichPartOfAResultIsMissing) {
  json document = Whole();
  document["run"].erase("status");
  EXPECT_EQ(MessageOf(document.dump()),
            "some.json: this is no whole result: /run/status is missing, or of another type");
}

TEST(ResultReader, RefusesEndlessNestingWithoutFallingIntoIt) {
  const std::string text(10'000'000, '[');
  EXPECT_EQ(MessageOf(text).find("some.json:1:81: nested deeper than 80 levels"), 0U);
}

TEST(ResultReader, SaysThatAFileIsNotThereOrIsAFolder) {
  const TempFolder folder;
  EXPECT_NE(ReadResultFile(folder / "none.json").error().message.find("No such file"),
            std::string::npos);
  EXPECT_NE(ReadResultFile(folder.path()).error().message.find("found a directory"),
            std::string::npos);
}

}  // namespace
}  // namespace tcplab
