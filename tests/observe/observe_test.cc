// The whole of one trial: which observations there are, how far it may be believed, and the faults
// that its trace shows.
#include "core/observe/observe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

using testing::HasSubstr;

TrialHealth HealthOf(const TraceBuilder& trial, std::size_t clients = 1) {
  return ObservedOf(trial, CaseOf(clients)).health;
}

// A trial of one client that is connected and accepted.
TraceBuilder Accepted() {
  TraceBuilder trial(1);
  trial.Client(0).At(0.1).Connects(5000);
  trial.Connection(0).At(1).Accepts(5000);
  return trial;
}

TEST(Observe, GivesEveryObservationThereIs) {
  const TrialObservations observed = ObservedOf(Accepted(), CaseOf(1));
  std::set<std::string> names;
  for (const auto& [name, value] : observed.values) names.insert(name);
  std::set<std::string> expected;
  for (const ObservationKind& kind : ObservationKinds()) expected.emplace(kind.name);
  EXPECT_EQ(names, expected);
  EXPECT_EQ(names.size(), 14U);
}

TEST(Observe, ClassesAreThoseOfTheFormat) {
  std::map<std::string, std::string> classes;
  for (const ObservationKind& kind : ObservationKinds()) {
    classes.emplace(kind.name, ObservationClassName(kind.observation_class));
  }
  EXPECT_EQ(classes["connect_outcomes"], "set");
  EXPECT_EQ(classes["accept_order"], "order");
  EXPECT_EQ(classes["recv_sizes"], "distribution");
  EXPECT_EQ(classes["replies"], "exact");
  EXPECT_EQ(classes["bytes"], "exact");
  EXPECT_EQ(classes["steps"], "set");
  EXPECT_EQ(classes["connect_ms"], "timing");
}

TEST(Observe, SameTraceGivesTheSameBytes) {
  const Case a_case =
      CaseOf(3, R"([{"connect": {"label": "c"}}, {"send": "ciao\n"}, {"recv": {}}])");
  const auto text = [&a_case](const TrialTrace& trace) {
    Result<TrialObservations> observed = Observe(a_case, trace);
    EXPECT_TRUE(observed);
    return nlohmann::json(observed->values).dump() + observed->evidence.dump();
  };
  const std::string bytes = Encode(SampleTrace());
  EXPECT_EQ(text(SampleTrace()), text(SampleTrace()));
  EXPECT_EQ(text(*DecodeTrialTrace(bytes)), text(SampleTrace()));
}

TEST(Observe, SampleTrialReadsAsItHappened) {
  const TrialTrace trace = SampleTrace();
  const Result<TrialObservations> observed = Observe(CaseOf(3), trace);
  ASSERT_TRUE(observed);
  EXPECT_EQ(observed->values.at("connect_outcomes"), Json(R"(["accepted", "queued", "pending"])"));
  EXPECT_EQ(observed->values.at("recv_sizes"), Json("[[5]]"));
  EXPECT_EQ(observed->health.queue_mismatches, 0U);
}

TEST(Observe, TraceThatIsNotWholeIsAnErrorAndNoObservation) {
  TrialTrace trace = SampleTrace();
  trace.fleets[0].recorders[1].dropped = 1;
  EXPECT_FALSE(Observe(CaseOf(3), trace));
  trace = SampleTrace();
  trace.servers.front().recorders[1].events.pop_back();
  EXPECT_FALSE(Observe(CaseOf(3), trace));
}

TEST(Health, DelayIsHowMuchLaterThanDueAClientBegan) {
  TraceBuilder trial(2);
  trial.Client(0).At(0.5).Connects(5000);
  trial.Client(1).At(53.25).Connects(5001);
  Case a_case = CaseOf(2);
  a_case.clients[0].every_ms = 50;
  EXPECT_DOUBLE_EQ(ObservedOf(trial, a_case).health.max_delay_ms, 3.25);
}

TEST(Health, DelayIsHowMuchLongerThanAskedAPauseTook) {
  TraceBuilder trial(1);
  trial.Client(0).At(0).Sleeps(5, 12.5).Connects(5000);
  trial.Connection(0).At(20).Accepts(5000).Sleeps(1, 2);
  EXPECT_DOUBLE_EQ(HealthOf(trial).max_delay_ms, 7.5);
}

TEST(Health, DelayOfAHandlersPauseCountsToo) {
  TraceBuilder trial = Accepted();
  trial.Connection(0).Sleeps(1, 9);
  EXPECT_DOUBLE_EQ(HealthOf(trial).max_delay_ms, 8);
}

TEST(Health, WhatDisturbsATrialIsTighterWhereTimesAreMeasured) {
  TrialHealth health;
  Case a_case = CaseOf(2);
  a_case.clients[0].every_ms = 100;
  health.max_delay_ms = 49;
  EXPECT_FALSE(WasDisturbed(a_case, false, health));
  health.max_delay_ms = 51;
  EXPECT_TRUE(WasDisturbed(a_case, false, health)) << "half the time between two clients";
  health.max_delay_ms = 26;
  EXPECT_TRUE(WasDisturbed(a_case, true, health));
  health.max_delay_ms = 24;
  EXPECT_FALSE(WasDisturbed(a_case, true, health));
}

TEST(Health, FreezeGapEndsWithTheDrain) {
  TraceBuilder trial = Accepted();
  EXPECT_DOUBLE_EQ(HealthOf(trial).freeze_gap_ms, 0);
  trial.Drains(6000).Drains(6001);
  EXPECT_DOUBLE_EQ(HealthOf(trial).freeze_gap_ms, 0.11);
}

TEST(Health, PendingClientThatTurnsUpAtTheDrainIsLate) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5000, 0);
  trial.Client(1).At(1).Connects(5001).Stands(SocketState::kEstablished, 1, 5001);
  trial.Drains(5001).Drains(5000);
  const TrialObservations observed = ObservedOf(trial, CaseOf(2));
  EXPECT_EQ(observed.health.late, 1U);
  EXPECT_EQ(observed.values.at("connect_outcomes"), Json(R"(["pending", "queued"])"))
      << "the snapshot wins";
}

TEST(Health, ConnectionOfNoneOfOurClientsIsAStranger) {
  TraceBuilder trial = Accepted();
  EXPECT_EQ(HealthOf(trial).strangers, 0U);
  trial.Connection(1).At(2).Accepts(6000);
  trial.Drains(6001);
  EXPECT_EQ(HealthOf(trial).strangers, 2U);
}

// macOS returns one that was reset before it was accepted without an address.
TEST(Health, ConnectionWithoutAnAddressIsNamelessAndNoStranger) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kClosed, 0, 5000);
  trial.Connection(0).At(2).Accepts(0);
  const TrialObservations observed = ObservedOf(trial, CaseOf(1));
  EXPECT_EQ(observed.health.nameless, 1U);
  EXPECT_EQ(observed.health.strangers, 0U);
  EXPECT_EQ(observed.values.at("accept_order"), Json("[]"));
  EXPECT_EQ(observed.values.at("connect_outcomes"), Json(R"(["connected"])"))
      << "nobody can say whose the accepted one is";
}

TEST(Health, ClientThatBeganAfterTheFreezeIsNoStranger) {
  TraceBuilder trial(1);
  trial.Client(0).At(1500.02).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Drains(5000);
  const TrialObservations observed = ObservedOf(trial, CaseOf(1));
  EXPECT_EQ(observed.health.strangers, 0U);
  EXPECT_EQ(observed.values.at("queue_order"), Json("[]"));
}

TEST(Health, KernelsQueueAndTheDrainAgree) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Client(1).At(1).Connects(5001).Stands(SocketState::kEstablished, 1, 5001);
  trial.QueueHolds(2).Drains(5000).Drains(5001);
  EXPECT_EQ(HealthOf(trial, 2).queue_mismatches, 0U);
}

TEST(Health, QueueThatLostAConnectionIsAMismatch) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.QueueHolds(2).Drains(5000);
  EXPECT_EQ(HealthOf(trial).queue_mismatches, 1U);
}

TEST(Health, LateClientExplainsALongerDrain) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5000, 0);
  trial.QueueHolds(0).Drains(5000);
  EXPECT_EQ(HealthOf(trial).queue_mismatches, 0U);
}

TEST(Health, LibuvsOwnConnectionIsNoMismatch) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.QueueHolds(0).Drains(5000);
  Case a_case = CaseOf(1);
  a_case.servers.front().io = Io::kLibuv;
  EXPECT_EQ(ObservedOf(trial, a_case).health.queue_mismatches, 0U);
}

TEST(BytesConserved, WhenAllThatWasSentArrives) {
  TraceBuilder trial = Accepted();
  trial.Client(0).Sends(5).ReceivesUnkept(3);
  trial.Connection(0).ReceivesUnkept(5).Sends(3);
  EXPECT_TRUE(HealthOf(trial).bytes_conserved);
}

TEST(BytesConserved, WhileSomeAreStillOnTheirWay) {
  TraceBuilder trial = Accepted();
  trial.Client(0).Sends(5);
  trial.Connection(0).ReceivesUnkept(2);
  EXPECT_TRUE(HealthOf(trial).bytes_conserved);
}

TEST(BytesConserved, NotWhenMoreArrivesThanWasSent) {
  TraceBuilder to_server = Accepted();
  to_server.Client(0).Sends(5);
  to_server.Connection(0).ReceivesUnkept(6);
  EXPECT_FALSE(HealthOf(to_server).bytes_conserved);
  TraceBuilder to_client = Accepted();
  to_client.Client(0).ReceivesUnkept(1);
  EXPECT_FALSE(HealthOf(to_client).bytes_conserved);
}

TEST(BytesConserved, NotWhenAStreamWasReadToItsEndAndSomeIsMissing) {
  TraceBuilder trial = Accepted();
  trial.Client(0).Sends(5);
  trial.Connection(0).ReceivesUnkept(4).ReadsEof();
  EXPECT_FALSE(HealthOf(trial).bytes_conserved);
}

TEST(BytesConserved, WhenAStreamEndedWithAReset) {
  TraceBuilder trial = Accepted();
  trial.Client(0).Sends(5);
  trial.Connection(0).ReceivesUnkept(4).RecvFails("ECONNRESET");
  EXPECT_TRUE(HealthOf(trial).bytes_conserved);
}

TEST(BytesConserved, WhenTheSendThatBroughtThemIsInFlight) {
  TraceBuilder trial = Accepted();
  trial.Client(0).Sends(5).InFlight(Op::kSend, 100);
  trial.Connection(0).ReceivesUnkept(50);
  EXPECT_TRUE(HealthOf(trial).bytes_conserved);
}

TEST(Evidence, TellsOfTheQueueAndTheClientsStates) {
  TraceBuilder trial(3);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Client(1).At(1).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5001, 0);
  trial.Client(2).Stands(SocketState::kNotStarted);
  trial.QueueHolds(1, 5).Drains(5000);
  EXPECT_EQ(ObservedOf(trial, CaseOf(3)).evidence, Json(R"({"queue_length": 1, "queue_limit": 5,
                     "tcp_states": ["ESTABLISHED", "SYN_SENT", null]})"));
}

TEST(Evidence, OfAQueueThatThePlatformDoesNotTellIsNull) {
  const nlohmann::json evidence = ObservedOf(Accepted(), CaseOf(1)).evidence;
  EXPECT_TRUE(evidence.at("queue_length").is_null());
}

TEST(LocalFault, IsFoundInEitherAgent) {
  EXPECT_FALSE(FindLocalFault(Accepted().Build()));
  TraceBuilder client(1);
  client.Client(0).At(1).Call(Op::kSocket, 0, -static_cast<std::int64_t>(ErrorCodeOf("EMFILE")));
  const auto fault = FindLocalFault(client.Build());
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "descriptors");
  EXPECT_THAT(fault->message, HasSubstr("fleet agent's socket returned EMFILE"));

  TraceBuilder server = Accepted();
  server.Connection(0).Call(Op::kSend, 0, -static_cast<std::int64_t>(ErrorCodeOf("ENOMEM")));
  EXPECT_EQ(FindLocalFault(server.Build())->code, "memory");
}

TEST(LocalFault, OfAnAddressIsOneAtAClientOnly) {
  const std::int64_t failure = -static_cast<std::int64_t>(ErrorCodeOf("EADDRNOTAVAIL"));
  TraceBuilder client(1);
  client.Client(0).At(1).Call(Op::kConnect, 0, failure);
  EXPECT_EQ(FindLocalFault(client.Build())->code, "local_address");
  TraceBuilder server = Accepted();
  server.Connection(0).Call(Op::kSend, 0, failure);
  EXPECT_FALSE(FindLocalFault(server.Build()));
}

TEST(LocalFault, IsNoErrorOfTheNetwork) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).ConnectFails("ECONNREFUSED").RecvFails("ECONNRESET");
  EXPECT_FALSE(FindLocalFault(trial.Build()));
}

}  // namespace
}  // namespace tcplab
