// Loops: how often they go round, and what ends them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/script/actor.h"
#include "tests/script/fake_transport.h"

namespace tcplab {
namespace {

using testing::ElementsAre;

// A script runs with its connection made; step 0 is the connect.
std::string Connected(const std::string& steps) { return R"([{"connect": {}}, )" + steps + "]"; }

TEST(ActorRepeat, GoesRoundAsManyTimesAsItSays) {
  Stage stage(Connected(R"({"repeat": {"times": 3, "steps": [{"send": "a"}]}}, {"send": "b"})"));
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "aaab");
}

TEST(ActorRepeat, OfZeroTimesIsPassedOver) {
  Stage stage(Connected(R"({"repeat": {"times": 0, "steps": [{"send": "a"}]}}, {"send": "b"})"));
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "b");
}

TEST(ActorRepeat, WithoutStepsIsPassedOver) {
  Stage stage(Connected(R"({"repeat": {"times": 5, "steps": []}}, {"send": "b"})"));
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "b");
}

TEST(ActorRepeat, InARepeatMultiplies) {
  Stage stage(Connected(R"({"repeat": {"times": 2, "steps": [
      {"send": "a"}, {"repeat": {"times": 3, "steps": [{"send": "b"}]}}, {"send": "c"}]}})"));
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "abbbcabbbc");
}

TEST(ActorRepeat, RecordsEachRoundOfItsStepsAndNoStepOfItsOwn) {
  Stage stage(Connected(
      R"({"repeat": {"times": 2, "steps": [{"send": {"text": "a", "label": "send"}}]}})"));
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "2:ok 1", "2:ok 1"));
}

// What an unlabelled send came to is told by the events of its calls.
TEST(ActorRepeat, RecordsNoStepOfASendThatNobodyAsksFor) {
  Stage stage(Connected(R"({"repeat": {"times": 3, "steps": [{"send": "a"}, {"sleep": 0}]}})"));
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok"));
  EXPECT_EQ(stage.transport.sent, "aaa");
}

TEST(ActorRepeat, EndsWithTheMessageItWaitsFor) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "."}, "steps": [
      {"recv": {"until": "\n"}}, {"reply": "uppercase"}]}}, {"send": "over"})"));
  stage.transport.Pieces({"a\n..\n.\n"});
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "A\n..\nover") << "the rest of its round is left out";
}

TEST(ActorRepeat, MessageIsComparedWithoutItsLineEnd) {
  for (const char* line_end : {"\\n", "\\r\\n"}) {
    const std::string delimiter = line_end;
    Stage stage(Connected(R"({"repeat": {"until": {"message": "end"}, "steps": [
        {"recv": {"until": "\n"}}, {"send": "x"}]}})"));
    stage.transport.Pieces({delimiter == "\\n" ? "end\n" : "end\r\n"});
    stage.Run();
    EXPECT_EQ(stage.transport.sent, "");
  }
}

TEST(ActorRepeat, MessageWithoutALineEndMatchesToo) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "end"}, "steps": [
      {"recv": {"until": 3}}, {"send": "x"}]}})"));
  stage.transport.Pieces({"nodend"});
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "x");
}

TEST(ActorRepeat, EndsAtEof) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "."}, "steps": [
      {"recv": {"until": "\n"}}, {"reply": "echo"}]}}, {"send": "over"})"));
  stage.transport.Pieces({"a\n", ""});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "2:ok 2", "3:ok 2", "2:eof", "5:ok 4"));
}

TEST(ActorRepeat, EndsAtAnError) {
  Stage stage(Connected(
      R"({"repeat": {"times": 5, "steps": [{"send": {"text": "a", "label": "send"}}]}}, {"send": "b"})"));
  stage.transport.Answer("send", 1).Fail("send", "EPIPE");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "2:ok 1", "2:EPIPE", "4:ok 1"));
}

TEST(ActorRepeat, EndsWhenItsStepsAreSkipped) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "."}, "steps": [{"recv": {}}]}})"));
  stage.transport.Fail("connect", "ECONNREFUSED");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ECONNREFUSED", "2:skipped"));
}

TEST(ActorRepeat, GoesOnAfterATimeout) {
  Stage stage(Connected(R"({"repeat": {"times": 2, "steps": [
      {"recv": {"timeout_ms": 5}}]}}, {"send": "b"})"));
  EXPECT_EQ(stage.Resume().what, Wait::For::kReadable);
  EXPECT_EQ(stage.Resume(Wake::kDeadline).what, Wait::For::kReadable);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "2:timeout", "2:timeout", "4:ok 1"));
}

TEST(ActorRepeat, EofEndsTheInnermostLoopOnly) {
  Stage stage(Connected(R"({"repeat": {"times": 2, "steps": [
      {"repeat": {"until": "eof", "steps": [{"recv": {}}]}}, {"send": "x"}]}})"));
  stage.transport.Pieces({"a", "", ""});
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "xx");
}

TEST(ActorRepeat, MessageEndsTheLoopThatWaitsForItFromWithinAnother) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "."}, "steps": [
      {"repeat": {"times": 4, "steps": [{"recv": {"until": "\n"}}, {"send": "x"}]}}]}},
      {"send": "over"})"));
  stage.transport.Pieces({"a\n.\n"});
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "xover");
}

TEST(ActorRepeat, InnermostLoopThatWaitsForAMessageGetsIt) {
  Stage stage(Connected(R"({"repeat": {"until": {"message": "outer"}, "steps": [
      {"repeat": {"until": {"message": "inner"}, "steps": [{"recv": {"until": "\n"}}]}},
      {"send": "i"}, {"recv": {"until": "\n"}}]}}, {"send": "o"})"));
  stage.transport.Pieces({"outer\ninner\nouter\n"});
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "io");
}

TEST(ActorRepeat, StartsItsCountAnewWhenItIsEnteredAgain) {
  Stage stage(Connected(R"({"repeat": {"times": 2, "steps": [
      {"repeat": {"times": 2, "steps": [{"send": "a"}]}}]}})"));
  stage.transport.Answer("send", 1).Fail("send", "EPIPE");
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "aaa");
}

}  // namespace
}  // namespace tcplab
