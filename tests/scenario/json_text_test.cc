#include "core/scenario/json_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

namespace tcplab::internal {
namespace {

std::optional<TextError> Parse(const std::string& text) {
  nlohmann::json document;
  return ParseJsonText(text, document);
}

// "line:column message" of the text's error, or nothing.
std::string ErrorOf(const std::string& text) {
  const auto error = Parse(text);
  if (!error) return {};
  const Place place = PlaceOf(text, error->offset);
  return std::to_string(place.line) + ":" + std::to_string(place.column) + " " + error->message;
}

std::string PlaceIn(const std::string& text, std::string_view pointer, bool key = false) {
  const Place place = PlaceOf(text, FindInJsonText(text, pointer, key));
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

TEST(JsonText, CommentsOfBothKindsAreSkipped) {
  nlohmann::json document;
  const std::string text = "// first\n{ /* \" [ { */ \"a\": 1 // \"b\": 2\n}\n/* end */";
  ASSERT_FALSE(ParseJsonText(text, document));
  EXPECT_EQ(document, nlohmann::json::parse(R"({"a": 1})"));
}

// Found by fuzzing: where the two readers of a text do not agree on the end of a comment, one of
// them meets brackets that the other did not.
TEST(JsonText, CommentEndsWithItsLineWhateverEndsThat) {
  EXPECT_EQ(ErrorOf("// first\r[\n]"), "");
  EXPECT_EQ(ErrorOf("[ // [\r\n]"), "");
  EXPECT_EQ(ErrorOf("{\"a\": 1, // first\r\"a\": 2\n}"),
            "1:19 the key \"a\" stands twice in one object");
}

TEST(JsonText, ZeroByteIsNoEndOfTheText) {
  using std::string_literals::operator""s;
  EXPECT_EQ(ErrorOf("// first\0 [\n[]]"s), "1:9 found the byte 0x00, expected text");
  EXPECT_EQ(ErrorOf("[]\0]"s), "1:3 found the byte 0x00, expected text");
  EXPECT_EQ(ErrorOf("[\"\0\"]"s), "1:3 found the byte 0x00, expected text");
}

TEST(JsonText, ByteOrderMarkIsNoPartOfTheText) {
  const std::string text = "\xEF\xBB\xBF{\"a\": 1}";
  EXPECT_FALSE(Parse(text));
  EXPECT_EQ(PlaceIn(text, "/a"), "1:7");
}

TEST(JsonText, SyntaxErrorIsPlacedAtTheTokenAndSaysWhatWasExpected) {
  EXPECT_EQ(ErrorOf("{\n  \"a\": 1,\n}").substr(0, 3), "3:1");
  EXPECT_NE(ErrorOf("{\n  \"a\": 1,\n}").find("expected string literal"), std::string::npos);
  // What was read is not taken for what was expected, also when it says so itself.
  const std::string like = ErrorOf("{\"a\'; expected b\": \xCE\x82");
  EXPECT_EQ(like.find("expected b"), std::string::npos) << like;
  EXPECT_EQ(ErrorOf("{\"a\" 1}").substr(0, 4), "1:6 ");
  EXPECT_EQ(ErrorOf("{\"a\": tru}").substr(0, 4), "1:7 ");
  EXPECT_EQ(ErrorOf("[1, 2] []").substr(0, 4), "1:8 ");
}

TEST(JsonText, WordThatIsNoneIsPlacedAtItsBeginning) {
  EXPECT_EQ(ErrorOf("{\"a\": tru }").substr(0, 4), "1:7 ");
  EXPECT_EQ(ErrorOf("{\"a\": trxe}").substr(0, 4), "1:7 ");
  EXPECT_EQ(ErrorOf("{'a': 1}").substr(0, 4), "1:2 ");
  EXPECT_EQ(ErrorOf("[1 2]").substr(0, 4), "1:4 ");
  EXPECT_EQ(ErrorOf("{\"a\": 12]").substr(0, 4), "1:9 ");
  EXPECT_EQ(ErrorOf("[1, 2,, 3]").substr(0, 4), "1:7 ");
}

TEST(JsonText, StringIsPlacedWhereItIsWrong) {
  EXPECT_EQ(ErrorOf("{\"a\": \"b\nc\"}").substr(0, 4), "1:9 ");
  EXPECT_EQ(ErrorOf("{\"a\" \"b\"}").substr(0, 4), "1:6 ");
}

TEST(JsonText, MessageDoesNotRepeatTheText) {
  const std::string error = ErrorOf("{\"a\": " + std::string(500, 'x') + "}");
  EXPECT_EQ(error.find("xxxx"), std::string::npos) << error;
  EXPECT_LT(error.size(), 200U);
}

TEST(JsonText, TruncatedTextIsRefusedAtItsEnd) {
  EXPECT_EQ(ErrorOf("{\"a\": [1,\n").substr(0, 4), "2:1 ");
  EXPECT_EQ(ErrorOf("{\"a\": \"b").substr(0, 2), "1:");
}

TEST(JsonText, NumberPastAnyDoubleIsAnErrorWithAPlace) {
  EXPECT_EQ(ErrorOf("{\"a\": 1e999}").substr(0, 4), "1:7 ");
}

TEST(JsonText, EmptyFileSaysThatItIsEmpty) {
  for (const char* const text : {"", " \n\t", "// nothing\n", "\xEF\xBB\xBF"}) {
    EXPECT_NE(ErrorOf(text).find("the file is empty"), std::string::npos) << text;
  }
}

TEST(JsonText, ByteThatIsNotUtf8IsNamedWithItsPlace) {
  EXPECT_EQ(ErrorOf("{\"a\":\n \"\xC3\xA4 \xFF\"}"),
            "2:6 found the byte 0xff, expected UTF-8 text");
  EXPECT_EQ(ErrorOf("{} // \xC0\x80").substr(0, 4), "1:7 ");
}

TEST(JsonText, NestingOf64LevelsIsTheDeepest) {
  EXPECT_FALSE(Parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_EQ(ErrorOf(std::string(65, '[') + std::string(65, ']')),
            "1:65 found a value nested deeper than 64 levels");
  EXPECT_EQ(ErrorOf("{\"a\":" + std::string(64, '[')),
            "1:69 found a value nested deeper than 64 levels");
}

TEST(JsonText, BracketsInStringsAndCommentsAreNoNesting) {
  const std::string brackets(200, '[');
  EXPECT_FALSE(Parse("[\"" + brackets + "\\\"" + brackets + "\"] // " + brackets));
}

TEST(JsonText, TenMegabytesOfBracketsAreRefusedAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(ErrorOf(std::string(10'000'000, '[')).find("nested deeper"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(JsonText, KeyThatStandsTwiceIsRefusedAtItsSecondPlace) {
  const std::string text = "{\"a\": [{\"b\": 1,\n \"b\": 2}], \"c\": 3}";
  const auto error = Parse(text);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->pointer, "/a/0/b");
  EXPECT_EQ(ErrorOf(text), "2:2 the key \"b\" stands twice in one object");
}

TEST(JsonText, EqualKeysAreSeenThroughTheirEscapes) {
  EXPECT_NE(ErrorOf(R"({"key": 1, "\u006bey": 2})").find("stands twice"), std::string::npos);
}

TEST(JsonText, SameKeyInDifferentObjectsIsFine) {
  EXPECT_FALSE(Parse(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": "a"}]})"));
}

TEST(JsonText, PlaceOfAValueAndOfItsKeyAreFound) {
  const std::string text = "{\n  // c\n  \"a\": [1, {\"x/y\": true}],\n  \"b~\" : \"s\"\n}";
  EXPECT_EQ(PlaceIn(text, ""), "1:1");
  EXPECT_EQ(PlaceIn(text, "/a"), "3:8");
  EXPECT_EQ(PlaceIn(text, "/a", true), "3:3");
  EXPECT_EQ(PlaceIn(text, "/a/1"), "3:12");
  EXPECT_EQ(PlaceIn(text, "/a/1/x~1y"), "3:20");
  EXPECT_EQ(PlaceIn(text, "/b~0"), "4:10");
  EXPECT_EQ(PlaceIn(text, "/b~0", true), "4:3");
}

TEST(JsonText, PlaceOfAMissingValueIsThatOfItsParent) {
  const std::string text = "{\"a\": {\"b\": 1}}";
  EXPECT_EQ(PlaceIn(text, "/a/c"), "1:7");
  EXPECT_EQ(PlaceIn(text, "/a/b/c"), "1:13");
}

}  // namespace
}  // namespace tcplab::internal
