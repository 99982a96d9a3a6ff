// What went through the connections.
#include "core/observe/streams.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

// A trial of `count` clients that are connected and accepted, client i from port 5000 + i.
TraceBuilder Connected(std::size_t count = 1) {
  TraceBuilder trial(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(5000 + i);
    trial.Client(i).At(1).Connects(port);
    trial.Connection(static_cast<std::uint32_t>(i)).At(2 + static_cast<double>(i)).Accepts(port);
  }
  return trial;
}

TEST(RecvSizes, AreThoseOfEachConnectionInTheOrderOfAccept) {
  TraceBuilder trial = Connected(2);
  trial.Connection(0).Receives("a").Receives("b").Receives(std::string(98, 'c'));
  trial.Connection(1).Receives("de");
  EXPECT_EQ(Observed(trial, "recv_sizes", 2), Json("[[1, 1, 98], [2]]"));
  EXPECT_EQ(Observed(trial, "recv_calls", 2), Json("[3, 1]"));
  EXPECT_EQ(Observed(trial, "recv_histogram", 2), Json(R"({"1": 2, "2": 1, "98": 1})"));
}

TEST(RecvSizes, LeaveOutWhatReturnedNoBytes) {
  TraceBuilder trial = Connected();
  trial.Connection(0).RecvFails("EAGAIN").Receives("ab").ReadsEof().RecvFails("ECONNRESET");
  EXPECT_EQ(Observed(trial, "recv_sizes"), Json("[[2]]"));
  EXPECT_EQ(Observed(trial, "recv_calls"), Json("[1]"));
}

TEST(RecvSizes, LeaveOutWhatCameAfterTheFreeze) {
  TraceBuilder trial = Connected();
  trial.Connection(0).Receives("ab").At(1500).Receives("cd");
  EXPECT_EQ(Observed(trial, "recv_sizes"), Json("[[2]]"));
  EXPECT_EQ(Observed(trial, "recv_histogram"), Json(R"({"2": 1})"));
}

TEST(RecvSizes, LeaveOutConnectionsThatNoScriptServed) {
  TraceBuilder trial = Connected();
  trial.Drains(6000);
  EXPECT_EQ(Observed(trial, "recv_sizes"), Json("[[]]"));
}

TEST(RecvSizes, AreNullPastTenThousand) {
  TraceBuilder trial = Connected();
  trial.Client(0).Sends(20'000);
  for (int i = 0; i < 10'000; ++i) trial.Connection(0).Receives("x");
  EXPECT_EQ(Observed(trial, "recv_sizes").at(0).size(), 10'000U);
  trial.Connection(0).Receives("x");
  EXPECT_TRUE(Observed(trial, "recv_sizes").is_null());
  EXPECT_EQ(Observed(trial, "recv_calls"), Json("[10001]"));
  EXPECT_EQ(Observed(trial, "recv_histogram"), Json(R"({"1": 10001})"));
}

// Replies are cut from what the recvs brought, as the steps did.
nlohmann::json RepliesTo(const TraceBuilder& trial, std::string_view script) {
  return ObservedOf(trial, CaseOf(1, script)).values["replies"].at(0);
}

TEST(Replies, AreWhatRecvStepsReturned) {
  TraceBuilder trial = Connected();
  trial.Client(0).Receives("CIAO\n").Step(1, Outcome::Bytes(5));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {"until": "\n"}}])"),
            Json(R"(["CIAO\n"])"));
}

TEST(Replies, OfSeveralMessagesInOneRecvAreSeveral) {
  TraceBuilder trial = Connected();
  trial.Client(0)
      .Receives("a\nbb\ncc")
      .Step(1, Outcome::Bytes(2))
      .Step(2, Outcome::Bytes(3))
      .Receives("c\n")
      .Step(3, Outcome::Bytes(4));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {"until": "\n"}},
                                 {"recv": {"until": "\n"}}, {"recv": {"until": "\n"}}])"),
            Json(R"(["a\n", "bb\n", "ccc\n"])"));
}

TEST(Replies, ThatAreNotUtf8AreWrittenInHex) {
  TraceBuilder trial = Connected();
  trial.Client(0).Receives(std::string("\xFF\x00", 2)).Step(1, Outcome::Bytes(2));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {}}])"), Json(R"([{"hex": "ff00"}])"));
}

TEST(Replies, BeyondWhatWasKeptAreTheirSizes) {
  TraceBuilder trial = Connected();
  trial.Client(0)
      .Receives("ab")
      .Step(1, Outcome::Bytes(2))
      .ReceivesUnkept(70'000)
      .Step(2, Outcome::Bytes(70'000));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {}}, {"recv": {}}])"),
            Json(R"(["ab", {"bytes": 70000}])"));
}

TEST(Replies, AreCutAtTheFreeze) {
  TraceBuilder trial = Connected();
  trial.Client(0)
      .Receives("a\n")
      .Step(1, Outcome::Bytes(2))
      .At(1499.99)
      .Receives("b\n")
      .Step(2, Outcome::Bytes(2));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {}}, {"recv": {}}])"),
            Json(R"(["a\n"])"));
}

TEST(Replies, OfStepsThatReturnedNothingAreNone) {
  TraceBuilder trial = Connected();
  trial.Client(0)
      .Step(1, Outcome::Of(Outcome::Kind::kTimeout))
      .RecvFails("ECONNRESET")
      .Step(2, Outcome::Failed(ErrorCodeOf("ECONNRESET")));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {}}, {"recv": {}}])"), Json("[]"));
}

TEST(Replies, KeepTwoConnectionsApart) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Connects(5000)
      .Receives("a\nrest")
      .Step(1, Outcome::Bytes(2))
      .Call(Op::kClose, 0, 0)
      .At(10)
      .Connects(5001)
      .Receives("b\n")
      .Step(4, Outcome::Bytes(2));
  EXPECT_EQ(RepliesTo(trial, R"([{"connect": {}}, {"recv": {}}, {"close": {}}, {"connect": {}},
                                 {"recv": {}}])"),
            Json(R"(["a\n", "b\n"])"));
}

TEST(SendResults, CountEachDistinctOutcome) {
  TraceBuilder trial = Connected();
  trial.Client(0).Sends(1).Sends(1).Sends(4).SendFails("EAGAIN").SendFails("ECONNRESET");
  EXPECT_EQ(Observed(trial, "send_results"), Json(R"([{"ok 1": 2, "ok 4": 1, "ECONNRESET": 1}])"));
}

TEST(SendResults, NameWhatWasInFlightAtTheFreeze) {
  TraceBuilder trial = Connected();
  trial.Client(0).Sends(1).InFlight(Op::kSend, 9);
  EXPECT_EQ(Observed(trial, "send_results"), Json(R"([{"ok 1": 1, "unfinished": 1}])"));
}

TEST(SendResults, OfAClientThatSentNothingAreEmpty) {
  EXPECT_EQ(Observed(Connected(), "send_results"), Json("[{}]"));
}

TEST(StreamEnd, SaysHowEachReaderSawItsStreamEnd) {
  TraceBuilder trial = Connected(4);
  trial.Client(0).ReadsEof();
  trial.Client(1).RecvFails("ECONNRESET");
  trial.Client(2).RecvFails("ETIMEDOUT");
  trial.Client(3).RecvFails("EHOSTUNREACH");
  trial.Connection(0).RecvFails("ECONNRESET");
  trial.Connection(1).Receives("x").ReadsEof();
  EXPECT_EQ(Observed(trial, "stream_end", 4),
            Json(R"({"client": ["eof", "reset", "timeout", "EHOSTUNREACH"],
                     "server": ["reset", "eof", "open", "open"]})"));
}

TEST(StreamEnd, IsNotChangedByTheZeroThatFollowsAReset) {
  TraceBuilder trial = Connected();
  trial.Client(0).RecvFails("ECONNRESET").ReadsEof();
  EXPECT_EQ(Observed(trial, "stream_end").at("client"), Json(R"(["reset"])"));
}

TEST(StreamEnd, OfAClientWithoutAConnectionIsNull) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("ECONNREFUSED");
  EXPECT_EQ(Observed(trial, "stream_end"), Json(R"({"client": [null], "server": []})"));
}

TEST(StreamEnd, IsThatOfTheLastConnection) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).ReadsEof().At(10).Connects(5001);
  EXPECT_EQ(Observed(trial, "stream_end").at("client"), Json(R"(["open"])"));
}

TEST(Bytes, AreSentAndReceivedInEachDirection) {
  TraceBuilder trial = Connected(2);
  trial.Client(0).Sends(60).Sends(40).Receives("answer");
  trial.Connection(0).ReceivesUnkept(100).Sends(6);
  trial.Client(1).Sends(10);
  trial.Connection(1).ReceivesUnkept(7);
  EXPECT_EQ(Observed(trial, "bytes", 2), Json(R"([{"to_server": [100, 100], "to_client": [6, 6]},
                     {"to_server": [10, 7], "to_client": [0, 0]}])"));
}

// The reader is awake, and maybe the trial over, before the sender has seen its call return.
TEST(Bytes, OfASendInFlightAreThoseThatArrived) {
  TraceBuilder trial = Connected(3);
  trial.Client(0).Sends(60).InFlight(Op::kSend, 40).Receives("answer");
  trial.Connection(0).ReceivesUnkept(90).InFlight(Op::kSend, 6);
  trial.Client(1).Sends(60).InFlight(Op::kSend, 40);
  trial.Connection(1).ReceivesUnkept(30).InFlight(Op::kRecv, 2048);
  trial.Client(2).Sends(5).InFlight(Op::kSend, 5);
  trial.Connection(2).ReceivesUnkept(11);  // more than was ever given to a send: no call hides that
  EXPECT_EQ(Observed(trial, "bytes", 3), Json(R"([{"to_server": [90, 90], "to_client": [6, 6]},
                     {"to_server": [60, 30], "to_client": [0, 0]},
                     {"to_server": [10, 11], "to_client": [0, 0]}])"));
}

TEST(Bytes, OfAStrangerAreKnownOnOneSideOnly) {
  TraceBuilder trial(1);
  trial.Client(0).Stands(SocketState::kNotStarted);
  trial.Connection(0).At(1).Accepts(6000).Receives("boo").Sends(2);
  EXPECT_EQ(Observed(trial, "bytes"),
            Json(R"([{"to_server": [null, 3], "to_client": [2, null]}])"));
}

TEST(Bytes, OfEachConnectionOfAClientAreItsOwn) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Sends(5).At(10).Connects(5001).Sends(7);
  trial.Connection(0).At(2).Accepts(5000).ReceivesUnkept(5);
  trial.Connection(1).At(11).Accepts(5001).ReceivesUnkept(7);
  EXPECT_EQ(Observed(trial, "bytes"), Json(R"([{"to_server": [5, 5], "to_client": [0, 0]},
                     {"to_server": [7, 7], "to_client": [0, 0]}])"));
}

}  // namespace
}  // namespace tcplab
