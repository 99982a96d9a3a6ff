// Steps that make and question sockets, call by call: bind, listen, accept, get, sample, flags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/script/actor.h"
#include "tests/script/fake_transport.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// `l` is socket 1, `s` socket 2.
constexpr const char* kAcceptOne =
    R"([{"listen": {"backlog": 3, "socket": "l"}}, {"accept": {"as": "s", "socket": "l"}}])";

TEST(ActorListen, OfASocketThatIsNotBoundBindsItToTheLoopbackFirst) {
  Stage stage(R"([{"listen": {"backlog": -1, "socket": "l"}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok"));
  EXPECT_THAT(stage.Socket(1).calls, ElementsAre("open", "bind 127.0.0.1:0", "listen -1"));
  EXPECT_THAT(stage.transport.calls, IsEmpty());
}

TEST(ActorListen, OfASocketThatIsBoundOnlyListens) {
  Stage stage(R"([{"bind": {"address": "127.0.0.3", "port": 7}}, {"listen": 1}, {"listen": 5}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "bind 127.0.0.3:7", "listen 1", "listen 5"));
}

TEST(ActorListen, AfterABindThatFailedIsNotBound) {
  Stage stage(R"([{"bind": {"port": 7}}, {"listen": 1}])");
  stage.transport.Fail("bind", "EADDRINUSE");
  EXPECT_THAT(stage.Run(), ElementsAre("0:EADDRINUSE", "1:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "bind 127.0.0.1:7", "bind 127.0.0.1:0", "listen 1"));
}

TEST(ActorBind, LikeAnotherSocketTakesItsAddressAndWhatIsSaidBesideIt) {
  Stage stage(R"([{"bind": {"socket": "a"}}, {"bind": {"like": {"socket": "a"}, "socket": "b"}},
                  {"bind": {"like": {"socket": "a"}, "port": 9, "socket": "c"}},
                  {"bind": {"like": "server", "address": "127.0.0.4", "socket": "d"}}])");
  stage.Socket(1).local = *Address::Parse("127.0.0.2", 4242);
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:ok", "3:ok"));
  EXPECT_THAT(stage.Socket(2).calls, ElementsAre("open", "bind 127.0.0.2:4242"));
  EXPECT_THAT(stage.Socket(3).calls, ElementsAre("open", "bind 127.0.0.2:9"));
  EXPECT_THAT(stage.Socket(4).calls, ElementsAre("open", "bind 127.0.0.4:9"));  // the stage's port
}

TEST(ActorAccept, MakesTheConnectionASocketOfTheScript) {
  Stage stage(kAcceptOne);
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.Socket(1).calls,
              ElementsAre("open", "bind 127.0.0.1:0", "listen 3", "accept 2"));
  EXPECT_TRUE(stage.Socket(2).is_open());
}

TEST(ActorAccept, IntoASocketThatIsOpenClosesThatFirst) {
  Stage stage(R"([{"listen": {"socket": "l"}}, {"accept": {"as": "s", "socket": "l"}},
                  {"recv": {"until": 1, "socket": "s"}}, {"accept": {"as": "s", "socket": "l"}},
                  {"recv": {"until": 1, "socket": "s"}}])");
  stage.Socket(2).Piece("ab").Piece("c");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:ok 1", "3:ok", "4:ok 1"));
  // "b" belonged to the first connection: the second recv had to call again.
  EXPECT_THAT(stage.Socket(2).calls, ElementsAre("recv 4096", "close", "recv 4096"));
}

TEST(ActorAccept, WaitsForTheListenerWhereCallsDoNotBlock) {
  Stage stage(kAcceptOne);
  stage.Socket(1).blocks = false;
  stage.Socket(1).Fail("accept", "EAGAIN");
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kReadable);
  EXPECT_EQ(wait.transport, &stage.Socket(1));
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kReadable);  // somebody else was faster
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:ok"));
}

TEST(ActorAccept, WithADeadlineWaitsAndGivesUp) {
  Stage stage(
      R"([{"listen": {"socket": "l"}}, {"accept": {"as": "s", "socket": "l", "timeout_ms": 50}}])");
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kReadable);
  EXPECT_GT(wait.deadline_ns, 0);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok", "1:timeout"));
  EXPECT_THAT(stage.Socket(1).calls, ElementsAre("open", "bind 127.0.0.1:0", "listen 128"));
  EXPECT_FALSE(stage.Socket(2).is_open());
}

TEST(ActorAccept, GoesOnAfterAnInterruptionAndEndsWithAnError) {
  Stage stage(kAcceptOne);
  stage.Socket(1).Fail("accept", "EINTR").Fail("accept", "ECONNABORTED");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ECONNABORTED"));
}

TEST(ActorAccept, OnASocketThatIsClosedIsSkipped) {
  Stage stage(R"([{"listen": {"socket": "l"}}, {"close": {"socket": "l"}},
                  {"accept": {"as": "s", "socket": "l"}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:skipped"));
}

TEST(ActorGet, IsTheValueOrTheError) {
  Stage stage(R"([{"connect": {}}, {"get": "SO_RCVBUF"}, {"get": "TCP_MAXSEG"}])");
  stage.transport.Answer("get", 131072).Fail("get", "EINVAL");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 131072", "2:EINVAL"));
}

TEST(ActorGet, OfASocketThatIsNotOpenIsSkipped) {
  Stage stage(R"([{"connect": {}}, {"close": {}}, {"get": "SO_RCVBUF"}, {"sample": "state"}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:skipped", "3:skipped"));
}

TEST(ActorGet, OfATextKeepsTheText) {
  Stage stage(R"([{"set": {"TCP_CONGESTION": "reno"}}, {"get": "TCP_CONGESTION"}])");
  stage.transport.option_text = "reno";
  stage.transport.Answer("get", 4);
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "set TCP_CONGESTION reno", "get TCP_CONGESTION"));
  const RecorderTrace trace = stage.recorder.Take();
  EXPECT_EQ(trace.Data(trace.events.back()), "reno");
}

TEST(ActorSample, NamesAStateAndCountsTheRest) {
  Stage stage(R"([{"connect": {}}, {"sample": "state"}, {"sample": "recv_queue"}])");
  stage.transport.Answer("sample", 8).Answer("sample", 8);
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:CLOSE_WAIT", "2:ok 8"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "connect", "established", "sample state", "sample recv_queue"));
}

TEST(ActorFlags, ReachTheCallAndSayWhatItIs) {
  Stage stage(R"([{"connect": {}}, {"recv": {"flags": "MSG_PEEK"}}, {"recv": {}},
                  {"send": {"text": "x", "flags": ["MSG_OOB", "MSG_DONTWAIT"]}}, {"send": "y"}])");
  stage.transport.Piece("abc").Piece("abc");
  stage.Run();
  ASSERT_EQ(stage.transport.modes.size(), 4U);
  EXPECT_EQ(stage.transport.modes[0].op, Op::kPeek);
  EXPECT_EQ(stage.transport.modes[0].flags, *SysMessageFlag("MSG_PEEK"));
  EXPECT_EQ(stage.transport.modes[1].op, Op::kRecv);
  EXPECT_EQ(stage.transport.modes[1].flags, 0);
  EXPECT_EQ(stage.transport.modes[2].op, Op::kSendUrgent);
  EXPECT_EQ(stage.transport.modes[2].flags,
            *SysMessageFlag("MSG_OOB") | *SysMessageFlag("MSG_DONTWAIT"));
  EXPECT_EQ(stage.transport.modes[3].op, Op::kSend);
}

TEST(ActorFlags, WhatAPeekReturnsIsNoMessage) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"recv": {"flags": "MSG_PEEK"}},
                  {"reply": "uppercase"}])");
  stage.transport.Piece("ab\n").Piece("cd\n");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 3", "2:ok 3", "3:ok 3"));
  EXPECT_EQ(stage.transport.sent, "AB\n");
}

TEST(ActorFlags, DontWaitEndsInWouldBlockAndLeavesTheLoopThatWaitsForIt) {
  for (const bool blocks : {true, false}) {
    Stage stage(R"([{"connect": {}}, {"repeat": {"until": {"outcome": "would_block"}, "steps": [
                    {"send": {"text": "abcd", "flags": "MSG_DONTWAIT", "label": "s"}}, {"sleep": 0}]}},
                    {"recv": {"flags": "MSG_DONTWAIT"}}])");
    stage.transport.blocks = blocks;
    stage.transport.Answer("send", 4).Answer("send", 3).Fail("send", "EAGAIN");
    EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "2:ok 4", "2:would_block", "5:would_block"));
  }
}

TEST(ActorReply, EndsWithWhatTheStepSays) {
  Stage stage(R"([{"connect": {}}, {"recv": {"until": "\n"}},
                  {"reply": {"transform": "consonants", "end": "\r\n"}}])");
  stage.transport.Piece("Programmazione\n");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok 15", "2:ok 3"));
  EXPECT_EQ(stage.transport.sent, "8\r\n");
}

}  // namespace
}  // namespace tcplab
