// What happened to each client. The tests of the words stand in the order of their table: the first
// word that fits is the client's.
#include "core/observe/outcomes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

// The word for the only client of a trial.
std::string WordOf(const TraceBuilder& trial) {
  return Observed(trial, "connect_outcomes").at(0).get<std::string>();
}

// A trial whose only client connected at 1 ms and was not accepted; the freeze is at 1500 ms.
TraceBuilder Established(double at_ms = 1) {
  TraceBuilder trial(1);
  trial.Client(0).At(at_ms).Connects(5000);
  return trial;
}

TEST(OutcomeRefused, IsConnectsError) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("ECONNREFUSED").Stands(SocketState::kNotConnected, 7);
  EXPECT_EQ(WordOf(trial), "refused");
}

TEST(OutcomeRefused, IsTheErrorThatConcludesANonBlockingConnectToo) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).BeginsToConnect(5000).ConcludesConnect("ECONNREFUSED");
  EXPECT_EQ(WordOf(trial), "refused");
}

TEST(OutcomeTimedOut, IsTheStacksOwnTimeout) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("ETIMEDOUT");
  EXPECT_EQ(WordOf(trial), "timed_out");
}

TEST(OutcomeFailed, NamesTheLocalError) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("EADDRNOTAVAIL");
  EXPECT_EQ(WordOf(trial), "failed:EADDRNOTAVAIL");
}

TEST(OutcomePending, IsStillConnectingAtTheSnapshot) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5000, 0);
  EXPECT_EQ(WordOf(trial), "pending");
}

TEST(OutcomePending, IsANonBlockingConnectWithoutItsEnd) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .BeginsToConnect(5000)
      .InFlight(Op::kPoll, 1)
      .Stands(SocketState::kConnecting, 2, 5000, 0);
  EXPECT_EQ(WordOf(trial), "pending");
}

TEST(OutcomePending, IsWhatPassedTheScriptsOwnDeadline) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .BeginsToConnect(5000)
      .Call(Op::kClose, 0, 0)
      .Step(0, Outcome::Of(Outcome::Kind::kTimeout))
      .Stands(SocketState::kClosed);
  EXPECT_EQ(WordOf(trial), "pending");
}

TEST(OutcomeAccepted, IsWhatAcceptReturnedBeforeTheFreeze) {
  TraceBuilder trial = Established();
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(2).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeAccepted, StandsAlsoWhenTheConnectionWasResetLater) {
  TraceBuilder trial = Established();
  trial.Client(0).At(3).RecvFails("ECONNRESET").Stands(SocketState::kNotConnected, 7, 5000);
  trial.Connection(0).At(2).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeAccepted, IsTheKernelsWordForAClientThatHasNotWoken) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kEstablished, 1, 5000, 0);
  trial.Connection(0).At(2).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeReset, IsConnectsError) {
  for (const char* error : {"ECONNRESET", "ECONNABORTED"}) {
    TraceBuilder trial(1);
    trial.Client(0).At(1).ConnectFails(error);
    EXPECT_EQ(WordOf(trial), "reset") << error;
  }
}

TEST(OutcomeReset, IsWhatAnUnacceptedClientWasTold) {
  for (const char* error : {"ECONNRESET", "ECONNABORTED", "EPIPE"}) {
    TraceBuilder receiving = Established();
    receiving.Client(0).RecvFails(error).Stands(SocketState::kNotConnected, 7, 5000);
    EXPECT_EQ(WordOf(receiving), "reset") << error;
    TraceBuilder sending = Established();
    sending.Client(0).SendFails(error).Stands(SocketState::kNotConnected, 7, 5000);
    EXPECT_EQ(WordOf(sending), "reset") << error;
  }
}

// A client that only sleeps is told of nothing: the kernel's word counts.
TEST(OutcomeReset, IsTheKernelsWordForASilentClient) {
  TraceBuilder trial = Established();
  trial.Client(0).Stands(SocketState::kNotConnected, 7, 5000);
  EXPECT_EQ(WordOf(trial), "reset");
}

TEST(OutcomeReset, IsTheKernelsWordForAClientThatIsStillConnecting) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kNotConnected, 7, 5000, 0);
  EXPECT_EQ(WordOf(trial), "reset");
}

TEST(OutcomeQueued, IsWhatTheDrainFound) {
  TraceBuilder trial = Established();
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  trial.Drains(5000);
  EXPECT_EQ(WordOf(trial), "queued");
}

TEST(OutcomeQueued, IsWhatTheAcceptorTookAfterTheStamp) {
  TraceBuilder trial = Established();
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(1499.995).Accepts(5000);  // takes 0.01 ms
  EXPECT_EQ(WordOf(trial), "queued");
}

TEST(OutcomeAccepted, EndsExactlyAtTheStamp) {
  TraceBuilder trial = Established();
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(1499.99).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomePhantom, IsOldAndNotThere) {
  TraceBuilder trial = Established(1449.98);  // connect takes 0.01 ms
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  EXPECT_EQ(WordOf(trial), "phantom");
}

TEST(OutcomeConnected, IsTooYoungToCallAPhantom) {
  TraceBuilder trial = Established(1450.0);
  trial.Client(0).Stands(SocketState::kEstablished, 1, 5000);
  EXPECT_EQ(WordOf(trial), "connected");
}

TEST(OutcomeConnected, IsWhatTheClientClosedItselfAndNobodyKnows) {
  TraceBuilder trial = Established();
  trial.Client(0).Call(Op::kClose, 0, 0).Stands(SocketState::kClosed);
  EXPECT_EQ(WordOf(trial), "connected");
}

TEST(OutcomeConnected, IsOnlyTheKernelsWordAtTheFreeze) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kEstablished, 1, 5000, 0);
  EXPECT_EQ(WordOf(trial), "connected") << "since when it is established is not known";
}

TEST(OutcomeNotStarted, IsWhatHasNotConnectedYet) {
  TraceBuilder silent(1);
  silent.Client(0).Stands(SocketState::kNotStarted);
  EXPECT_EQ(WordOf(silent), "not_started");
  TraceBuilder sleeping(1);
  sleeping.Client(0).At(0).Sleeps(1, 1).Stands(SocketState::kNotStarted, 0, 0, 1);
  EXPECT_EQ(WordOf(sleeping), "not_started");
}

TEST(OutcomeNotStarted, IsWhatBeganAfterTheFreeze) {
  TraceBuilder trial(1);
  trial.Client(0).At(1500.5).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(1500.6).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "not_started");
}

// The agents' stamps are taken where they are taken: a call that ends just after the freeze is in
// flight at it.
TEST(OutcomeAtTheFreeze, ConnectThatEndsAfterItIsJudgedByTheSnapshot) {
  TraceBuilder trial(1);
  trial.Client(0).At(1000).Lasting(500.5).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(1400).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeAtTheFreeze, ConnectThatIsOverIsJoinedAlthoughItsNameCameLater) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1499.98)
      .Call(Op::kConnect, 0, 0)
      .At(1500.3)
      .Names(5000)
      .Stands(SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(1499.985).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
  EXPECT_EQ(ObservedOf(trial, CaseOf(1)).health.strangers, 0U);
}

TEST(OutcomeAtTheFreeze, RefusalAfterItIsNoRefusal) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .BeginsToConnect(5000)
      .At(1501)
      .ConcludesConnect("ECONNREFUSED")
      .Stands(SocketState::kConnecting, 2, 5000, 0);
  EXPECT_EQ(WordOf(trial), "pending");
}

TEST(OutcomeOfSeveralConnects, IsTheLastOnes) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .ConnectFails("ECONNREFUSED")
      .At(10)
      .Connects(5001)
      .Stands(SocketState::kEstablished, 1, 5001);
  trial.Connection(0).At(11).Accepts(5001);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeOfAnInterruptedConnect, IsThatOfItsConclusion) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("EINTR").At(2).ConcludesConnect().Names(5000).Stands(
      SocketState::kEstablished, 1, 5000);
  trial.Connection(0).At(2).Accepts(5000);
  EXPECT_EQ(WordOf(trial), "accepted");
}

TEST(OutcomeCounts, HaveAllWords) {
  TraceBuilder trial(4);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Client(1).At(2).Connects(5001).Stands(SocketState::kEstablished, 1, 5001);
  trial.Client(2).At(3).ConnectFails("EACCES");
  trial.Client(3).Stands(SocketState::kNotStarted);
  trial.Connection(0).At(2).Accepts(5000);
  trial.Drains(5001);
  EXPECT_EQ(Observed(trial, "connect_outcomes", 4),
            Json(R"(["accepted", "queued", "failed:EACCES", "not_started"])"));
  EXPECT_EQ(Observed(trial, "outcome_counts", 4),
            Json(R"({"accepted": 1, "connected": 0, "failed:EACCES": 1, "not_started": 1,
                     "pending": 0, "phantom": 0, "queued": 1, "refused": 0, "reset": 0,
                     "timed_out": 0})"));
}

TEST(AcceptOrder, IsThatOfAcceptAndNotOfConnecting) {
  TraceBuilder trial(3);
  for (std::uint16_t i = 0; i < 3; ++i) trial.Client(i).At(1 + i).Connects(5000 + i);
  trial.Connection(0).At(10).Accepts(5002);
  trial.Connection(1).At(20).Accepts(5000);
  trial.Connection(2).At(30).Accepts(5001);
  EXPECT_EQ(Observed(trial, "accept_order", 3), Json("[2, 0, 1]"));
  EXPECT_EQ(Observed(trial, "queue_order", 3), Json("[]"));
}

TEST(AcceptOrder, LeavesOutWhatCameAfterTheFreeze) {
  TraceBuilder trial(3);
  for (std::uint16_t i = 0; i < 3; ++i) trial.Client(i).At(1 + i).Connects(5000 + i);
  trial.Connection(0).At(10).Accepts(5000);
  trial.Drains(5002).Drains(5001);
  EXPECT_EQ(Observed(trial, "accept_order", 3), Json("[0]"));
  EXPECT_EQ(Observed(trial, "queue_order", 3), Json("[2, 1]"));
}

TEST(ConnectMs, HasThreeDecimals) {
  TraceBuilder trial(3);
  trial.Client(0).At(1).Lasting(0.1234).Connects(5000);
  trial.Client(1).At(1).BeginsToConnect(5001).At(12.3456).ConcludesConnect();
  trial.Client(2).At(1).ConnectFails("ECONNREFUSED");
  EXPECT_EQ(Observed(trial, "connect_ms", 3).dump(), "[0.123,11.356,null]");
}

TEST(ConnectMs, IsUnknownWhereOnlyTheKernelKnowsOfTheConnection) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kEstablished, 1, 5000, 0);
  EXPECT_EQ(Observed(trial, "connect_ms").dump(), "[null]");
}

}  // namespace
}  // namespace tcplab
