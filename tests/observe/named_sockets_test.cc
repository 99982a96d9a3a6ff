// Scripts on several sockets: what passed on the others is not the connection's stream.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

// A client that is connected from port 5000 and accepted.
TraceBuilder OneConnection() {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000);
  trial.Connection(0).At(2).Accepts(5000);
  return trial;
}

TEST(OtherSockets, OfAHandlerAreNoPartOfItsConnection) {
  TraceBuilder trial = OneConnection();
  trial.Client(0).Sends(5);
  trial.Connection(0).Receives("hello");
  trial.Connection(0).On(1).Connects(7000).Sends(9).Receives("other bytes").ReadsEof();
  trial.Connection(0).On(0).Sends(2);
  trial.Client(0).At(3).Receives("ok");
  EXPECT_EQ(Observed(trial, "recv_sizes"), Json("[[5]]"));
  EXPECT_EQ(Observed(trial, "recv_histogram"), Json(R"({"5": 1})"));
  EXPECT_EQ(Observed(trial, "recv_calls"), Json("[1]"));
  EXPECT_EQ(Observed(trial, "bytes"), Json(R"([{"to_server": [5, 5], "to_client": [2, 2]}])"));
  EXPECT_EQ(Observed(trial, "stream_end").at("server"), Json(R"(["open"])"));
}

TEST(OtherSockets, OfAClientAreNoPartOfItsConnection) {
  TraceBuilder trial = OneConnection();
  trial.Client(0).Sends(5);
  trial.Client(0).On(1).Connects(6000).Sends(9).Receives("elsewhere").ReadsEof();
  trial.Connection(0).Receives("hello");
  EXPECT_EQ(Observed(trial, "bytes"), Json(R"([{"to_server": [5, 5], "to_client": [0, 0]}])"));
  EXPECT_EQ(Observed(trial, "connect_outcomes"), Json(R"(["accepted"])"));
}

TEST(OtherSockets, OfAClientHaveStreamsOfTheirOwnToReplyFrom) {
  constexpr std::string_view kScript =
      R"([{"connect": {}}, {"connect": {"socket": "b"}}, {"recv": {"until": 2}},
          {"recv": {"until": 2, "socket": "b"}}, {"recv": {"until": 1}}])";
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000);
  trial.Client(0).On(1).Connects(5001);
  trial.Client(0).On(0).Receives("abc").Step(2, Outcome::Bytes(2));
  trial.Client(0).On(1).Receives("xy").Step(3, Outcome::Bytes(2));
  trial.Client(0).On(0).Step(4, Outcome::Bytes(1));
  EXPECT_EQ(ObservedOf(trial, CaseOf(1, kScript)).values["replies"],
            Json(R"([["ab", "xy", "c"]])"));
}

// Its peer is a socket of the script itself, or whoever has the port: no server of ours can say
// that it does not know the connection.
TEST(OtherSockets, SilentConnectionToOneOfThemIsNoPhantom) {
  TraceBuilder trial(1);
  trial.Client(0).Of(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  const auto outcome = [&](std::string_view script) {
    return ObservedOf(trial, CaseOf(1, script)).values["connect_outcomes"];
  };
  EXPECT_EQ(outcome(R"([{"connect": {}}])"), Json(R"(["phantom"])"));
  EXPECT_EQ(outcome(R"([{"connect": {"to": "server"}}])"), Json(R"(["phantom"])"));
  EXPECT_EQ(outcome(R"([{"connect": {"to": {"socket": "main"}}}])"), Json(R"(["connected"])"));
  EXPECT_EQ(outcome(R"([{"connect": {"port": 9}}])"), Json(R"(["connected"])"));
  EXPECT_EQ(outcome(R"([{"connect": {"address": "127.0.0.9"}}])"), Json(R"(["connected"])"));
}

TEST(OtherSockets, ThatAreAcceptedByAScriptAreNoConnectionsOfTheServer) {
  TraceBuilder trial = OneConnection();
  trial.Client(0).On(1).Call(Op::kAccept, 2, 9, "").On(2).Receives("abc");
  EXPECT_EQ(Observed(trial, "accept_order"), Json("[0]"));
  EXPECT_EQ(Observed(trial, "recv_sizes"), Json("[[]]"));
}

TEST(Peeks, TakeNothingFromTheStream) {
  constexpr std::string_view kScript =
      R"([{"connect": {}}, {"recv": {"flags": "MSG_PEEK", "label": "look"}}, {"recv": {"label": "take"}}])";
  TraceBuilder trial = OneConnection();
  trial.Client(0).Call(Op::kPeek, 4096, 4, "ciao").Step(1, Outcome::Bytes(4));
  trial.Client(0).Receives("ciao").Step(2, Outcome::Bytes(4));
  trial.Connection(0).Call(Op::kPeek, 4096, 1, "x").Sends(4);
  const TrialObservations observed = ObservedOf(trial, CaseOf(1, kScript));
  EXPECT_EQ(observed.values.at("replies"), Json(R"([["ciao"]])"));
  EXPECT_EQ(observed.values.at("steps"), Json(R"({"look": [["ok 4"]], "take": [["ok 4"]]})"));
  EXPECT_EQ(observed.values.at("recv_sizes"), Json("[[]]"));
  EXPECT_EQ(observed.values.at("bytes"), Json(R"([{"to_server": [0, 0], "to_client": [4, 4]}])"));
  EXPECT_TRUE(observed.health.bytes_conserved);
}

TEST(UrgentBytes, ThatNobodyAskedForAreNotMissing) {
  TraceBuilder trial = OneConnection();
  trial.Client(0).Sends(3).Call(Op::kSendUrgent, 2, 2).Sends(3);
  trial.Connection(0).At(4).Receives("abcX").Receives("def").ReadsEof();
  EXPECT_TRUE(ObservedOf(trial, CaseOf(1)).health.bytes_conserved);
  TraceBuilder lost = OneConnection();
  lost.Client(0).Sends(3).Call(Op::kSendUrgent, 2, 2).Sends(3);
  lost.Connection(0).At(4).Receives("abcX").Receives("de").ReadsEof();
  EXPECT_FALSE(ObservedOf(lost, CaseOf(1)).health.bytes_conserved);
}

TEST(Steps, OfStatesAndTextsSayThem) {
  constexpr std::string_view kScript =
      R"([{"connect": {}}, {"sample": {"field": "state", "label": "state"}},
          {"get": {"option": "TCP_CONGESTION", "label": "text"}}])";
  TraceBuilder trial = OneConnection();
  trial.Client(0).Of(1).Call(Op::kStep, static_cast<std::uint32_t>(Outcome::Kind::kTcpState), 8);
  trial.Client(0).Of(2).Call(Op::kStep, static_cast<std::uint32_t>(Outcome::Kind::kText), 0,
                             "cubic");
  EXPECT_EQ(ObservedOf(trial, CaseOf(1, kScript)).values["steps"],
            Json(R"({"state": [["CLOSE_WAIT"]], "text": [["ok cubic"]]})"));
}

}  // namespace
}  // namespace tcplab
