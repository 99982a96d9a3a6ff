// Sending, receiving and replying.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/script/actor.h"
#include "tests/script/fake_transport.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The calls that moved data, without those that made the connection.
std::vector<std::string> DataCalls(const Stage& stage) {
  std::vector<std::string> calls;
  for (const std::string& call : stage.transport.calls) {
    if (call.starts_with("send") || call.starts_with("recv")) calls.push_back(call);
  }
  return calls;
}

TEST(ActorSend, IsOneCallForAllBytes) {
  Stage stage(R"([{"connect": {}}, {"send": "hello"}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 5"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 5"));
}

TEST(ActorSend, EachSaysHowManyBytesACallOffers) {
  Stage stage(R"([{"connect": {}}, {"send": {"text": "hello", "each": 2}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 5"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 2", "send 2", "send 1"));
  EXPECT_EQ(stage.transport.sent, "hello");
}

TEST(ActorSend, BytesAreTheAlphabetOverAndOver) {
  Stage stage(R"([{"connect": {}}, {"send": {"bytes": 30}}])");
  stage.Run();
  EXPECT_EQ(stage.transport.sent, "abcdefghijklmnopqrstuvwxyzabcd");
}

TEST(ActorSend, GoesOnWhereAPartialSendStopped) {
  Stage stage(R"([{"connect": {}}, {"send": {"text": "abcdefgh", "each": 4}}])");
  stage.transport.Answer("send", 3).Answer("send", 1);
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 8"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 4", "send 4", "send 4"));
  EXPECT_EQ(stage.transport.sent, "abcdefgh");
}

TEST(ActorSend, ThatWasInterruptedIsMadeAgain) {
  Stage stage(R"([{"connect": {}}, {"send": "hello"}])");
  stage.transport.Fail("send", "EINTR");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 5"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 5", "send 5"));
}

TEST(ActorInput, IsOneSendAPieceUntilItsEnd) {
  Stage stage(R"([{"connect": {}}, {"send": {"from": "stdin"}}, {"shutdown": "write"}])");
  stage.input_pieces = {"ciao\n", "a tutti\n", ""};
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 13", "2:ok"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 5", "send 8"));
  EXPECT_EQ(stage.transport.sent, "ciao\na tutti\n");
  const std::vector<Event> inputs = stage.EventsOf(Op::kInput);
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs[1].result, 8);
  EXPECT_EQ(inputs[2].result, 0);
}

TEST(ActorInput, ThatIsEmptyIsNoSendAtAll) {
  Stage stage(R"([{"connect": {}}, {"send": {"from": "stdin"}}])");
  stage.input_pieces = {""};
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 0"));
  EXPECT_THAT(DataCalls(stage), IsEmpty());
}

TEST(ActorInput, IsAskedForOnlyWhenThePieceBeforeWasSentWhole) {
  Stage stage(R"([{"connect": {}}, {"send": {"from": "stdin"}}])");
  stage.transport.blocks = false;
  stage.transport.Answer("send", 2).Fail("send", "EAGAIN");
  EXPECT_EQ(stage.Resume().what, Wait::For::kInput);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kInput) << "nothing has come";
  EXPECT_EQ(stage.input_asked, 1);
  stage.input.Deliver("hello");
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kWritable);
  EXPECT_EQ(stage.transport.sent, "he");
  EXPECT_EQ(stage.input_asked, 1);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kInput);
  EXPECT_EQ(stage.transport.sent, "hello");
  EXPECT_EQ(stage.input_asked, 2);
  stage.input.Deliver("");
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kDone);
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:ok 5"));
}

TEST(ActorInput, IsLeftAloneOnceAnErrorEndedTheStep) {
  Stage stage(R"([{"connect": {}}, {"send": {"from": "stdin"}}, {"send": "x"}])");
  stage.input_pieces = {"ciao", "never"};
  stage.transport.Fail("send", "EPIPE");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:EPIPE", "2:ok 1"));
  EXPECT_EQ(stage.input_asked, 1);
}

TEST(ActorInput, IsNotReadWithoutAConnection) {
  Stage stage(R"([{"connect": {}}, {"send": {"from": "stdin"}}])");
  stage.transport.Fail("connect", "ECONNREFUSED");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ECONNREFUSED", "1:skipped"));
  EXPECT_EQ(stage.input_asked, 0);
}

TEST(ActorSend, WaitsForRoomWhereCallsDoNotBlock) {
  Stage stage(R"([{"connect": {}}, {"send": "hello"}])");
  stage.transport.blocks = false;
  stage.transport.Answer("send", 2).Fail("send", "EAGAIN").Fail("send", "EAGAIN");
  EXPECT_EQ(stage.Resume().what, Wait::For::kWritable);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kWritable);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:ok 5"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("send 5", "send 3", "send 3", "send 3"));
  EXPECT_EQ(stage.transport.sent, "hello");
}

TEST(ActorSend, EagainOfABlockingSocketIsItsOutcome) {
  Stage stage(R"([{"connect": {}}, {"send": "hello"}])");  // SO_SNDTIMEO
  stage.transport.Fail("send", "EAGAIN");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:EAGAIN"));
}

TEST(ActorSend, ErrorIsTheOutcomeAndTheScriptGoesOn) {
  Stage stage(R"([{"connect": {}}, {"send": {"text": "ab", "each": 1}}, {"send": "c"}])");
  stage.transport.Answer("send", 1).Fail("send", "ECONNRESET");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ECONNRESET", "2:ok 1"));
}

TEST(ActorRecv, WithoutUntilIsOneCall) {
  Stage stage(R"([{"connect": {}}, {"recv": {"buffer": 16}}])");
  stage.transport.Pieces({"abc", "def"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 3"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("recv 16"));
}

TEST(ActorRecv, BufferIsTheMostThatACallAsksFor) {
  Stage stage(R"([{"connect": {}}, {"recv": {"buffer": 2, "until": 5}}, {"recv": {"buffer": 9}}])");
  stage.transport.Pieces({"abcdefghi"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 5", "2:ok 4"));
  EXPECT_THAT(DataCalls(stage), ElementsAre("recv 2", "recv 2", "recv 2", "recv 9"));
}

TEST(ActorRecv, DelimiterMayComeInManyPieces) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\r\n"}}])");
  stage.transport.Pieces({"a", "b\r", "c\r", "\n"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 6"));
}

TEST(ActorRecv, SeveralMessagesOfOnePieceNeedNoFurtherCall) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"recv": {"until": "\n"}},
                  {"recv": {"until": "\n"}}])");
  stage.transport.Pieces({"a\nbb\nccc", "\n"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 2", "2:ok 3", "3:ok 4"));
  EXPECT_EQ(DataCalls(stage).size(), 2U);
}

TEST(ActorRecv, CountIsMetExactlyAndTheRestIsKept) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": 3}}, {"recv": {"until": 2}}])");
  stage.transport.Pieces({"ab", "cde"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 3", "2:ok 2"));
}

TEST(ActorRecv, UntilEofTakesAllThatComes) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "eof"}}, {"recv": {"until": "eof"}}])");
  stage.transport.Pieces({"ab", "c", "", ""});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 3", "2:eof"));
}

TEST(ActorRecv, EofBeforeTheDelimiterIsEof) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"reply": "echo"}])");
  stage.transport.Pieces({"abc", ""});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:eof", "2:ok 3"));
  EXPECT_EQ(stage.transport.sent, "abc") << "what came before it is the message";
}

TEST(ActorRecv, ErrorIsTheOutcome) {
  Stage stage(R"([{"connect": {}}, {"recv": {}}, {"send": "x"}])");
  stage.transport.Fail("recv", "ECONNRESET");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ECONNRESET", "2:ok 1"));
}

TEST(ActorRecv, ThatWasInterruptedIsMadeAgain) {
  Stage stage(R"([{"connect": {}}, {"recv": {}}])");
  stage.transport.Fail("recv", "EINTR").Piece("ab");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 2"));
}

TEST(ActorRecv, WithADeadlineWaitsBeforeEveryCall) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n", "timeout_ms": 1000}}])");
  stage.transport.Pieces({"a", "\n"});
  const Wait first = stage.Resume();
  EXPECT_EQ(first.what, Wait::For::kReadable);
  EXPECT_NE(first.deadline_ns, 0);
  EXPECT_THAT(DataCalls(stage), IsEmpty());
  const Wait second = stage.Resume(Wake::kReady);
  EXPECT_EQ(second.what, Wait::For::kReadable);
  EXPECT_EQ(second.deadline_ns, first.deadline_ns) << "the deadline is the whole step's";
  EXPECT_EQ(DataCalls(stage).size(), 1U);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:ok 2"));
}

TEST(ActorRecv, OnALoopIsOneCallAWake) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": 3}}])");
  stage.transport.blocks = false;
  stage.transport.waits_for_recv = true;
  stage.transport.Piece("a").Fail("recv", "EAGAIN").Piece("bc");
  EXPECT_EQ(stage.Resume().what, Wait::For::kReadable);
  EXPECT_EQ(DataCalls(stage).size(), 0U);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kReadable);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kReadable);
  EXPECT_EQ(DataCalls(stage).size(), 2U);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:ok 3"));
}

TEST(ActorRecv, PastItsDeadlineIsATimeoutAndKeepsWhatCame) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n", "timeout_ms": 5}},
                  {"recv": {"until": 2}}])");
  stage.transport.Piece("ab");
  EXPECT_EQ(stage.Resume().what, Wait::For::kReadable);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kReadable);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:timeout", "2:ok 2"));
}

TEST(ActorRecv, AnotherDelimiterIsLookedForFromTheStart) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n", "timeout_ms": 5}},
                  {"recv": {"until": "."}}])");
  stage.transport.Piece("a.b");
  stage.Resume();
  stage.Resume(Wake::kReady);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:timeout", "2:ok 2"));
}

// Two connections are two streams.
TEST(ActorRecv, WhatOneConnectionLeftIsNoPartOfTheNext) {
  for (const char* ending : {"close", "abort"}) {
    Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {")" + std::string(ending) +
                R"(": {}}, {"connect": {}}, {"recv": {"until": "\n"}}])");
    stage.transport.Pieces({"a\nleft over", "b\n"});
    EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 2", "2:ok", "3:ok", "4:ok 2")) << ending;
  }
}

TEST(ActorReply, TransformsTheLastMessage) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"reply": "uppercase"},
                  {"recv": {"until": "\n"}}, {"reply": "echo"}])");
  stage.transport.Pieces({"one\ntwo\n"});
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 4", "2:ok 4", "3:ok 4", "4:ok 4"));
  EXPECT_EQ(stage.transport.sent, "ONE\ntwo\n");
}

TEST(ActorReply, GoesOnAfterAWait) {
  Stage stage(R"([{"connect": {}}, {"recv": {}}, {"reply": "uppercase"}])");
  stage.transport.blocks = false;
  stage.transport.Piece("abcd").Answer("send", 1).Fail("send", "EAGAIN");
  EXPECT_EQ(stage.Resume().what, Wait::For::kWritable);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_EQ(stage.transport.sent, "ABCD");
}

}  // namespace
}  // namespace tcplab
