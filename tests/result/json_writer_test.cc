#include "core/result/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace tcplab {
namespace {

using nlohmann::json;

std::string WrittenTwice(const std::string& text) { return WriteJson(json::parse(text)); }

TEST(JsonWriter, KeysAreSortedAndEachStandsOnALineOfItsOwn) {
  EXPECT_EQ(WriteJson({{"b", 1}, {"a", {{"c", true}, {"d", nullptr}}}}), R"({
  "a": {
    "c": true,
    "d": null
  },
  "b": 1
}
)");
}

TEST(JsonWriter, ArraysOfNumbersStandOnOneLineHoweverLongTheyAre) {
  json numbers = json::array();
  for (int i = 0; i < 1000; ++i) numbers.push_back(i % 2 == 0 ? json(i) : json(nullptr));
  const std::string text = WriteJson({{"sequence", numbers}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(JsonWriter, ArraysOfWordsStandOnOneLineWhereTheyFit) {
  EXPECT_EQ(WriteJson({"ok", "eof"}), "[\"ok\", \"eof\"]\n");
  // 50 columns of two words, and a third line for what is too long.
  const std::string word(48, 'x');
  EXPECT_EQ(WriteJson({word, "12345678901234567890123456789012345678901"}),
            "[\"" + word + "\", \"12345678901234567890123456789012345678901\"]\n");
  EXPECT_EQ(WriteJson({word, std::string(60, 'y')}),
            "[\n  \"" + word + "\",\n  \"" + std::string(60, 'y') + "\"\n]\n");
}

TEST(JsonWriter, ArraysOfArraysAreBrokenBetweenTheirElements) {
  EXPECT_EQ(WriteJson({{1, 2}, {3}}), "[\n  [1, 2],\n  [3]\n]\n");
  EXPECT_EQ(WriteJson(json::array({json::object(), json::array()})), "[\n  {},\n  []\n]\n");
}

TEST(JsonWriter, WritingWhatWasReadBackGivesTheSameBytes) {
  const json document = {
      {"float", 0.1},
      {"tiny", 5e-324},
      {"large", 1.7976931348623157e308},
      {"whole float", 3.0},
      {"most", 18446744073709551615U},
      {"least", -9223372036854775807},
      {"text", "quote \" backslash \\ tab \t line \n \x01 \u00e4 \U0001F600"},
      {"key \n with \"", {"", "x"}},
      {"nested", {{1.5, nullptr}, {"a", 1, false}, json::array({json::array()})}}};
  const std::string once = WriteJson(document);
  EXPECT_EQ(WrittenTwice(once), once);
  EXPECT_EQ(json::parse(once), document);
}

TEST(JsonWriter, BytesThatAreNotUtf8DoNotThrow) {
  const std::string text = WriteJson({{"bad\xff key", "bad \xc3\x28 value"}});
  EXPECT_EQ(WrittenTwice(text), text);
  EXPECT_NE(text.find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(JsonWriter, CanonicalTextDoesNotDependOnTheOrderOfKeys) {
  EXPECT_EQ(CanonicalJson(json::parse(R"({"b": 1, "a": [1, 2]})")),
            CanonicalJson(json::parse(R"({ "a" : [1,2], "b":1 })")));
  EXPECT_EQ(CanonicalJson(json::parse(R"({"b": 1, "a": [1, 2]})")), R"({"a":[1,2],"b":1})");
}

}  // namespace
}  // namespace tcplab
