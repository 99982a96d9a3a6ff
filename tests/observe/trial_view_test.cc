// Who did what: which connection is whose, and what the freeze cuts off.
#include "core/observe/trial_view.h"

#include <gtest/gtest.h>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

// A view, with the trace and the case that it points into.
struct Viewed {
  Viewed(const TraceBuilder& trial, std::size_t clients)
      : trace(trial.Build()), view(BuildTrialView(CaseOf(clients), trace)) {}
  TrialTrace trace;
  TrialView view;
};

TEST(TrialView, ConnectionBelongsToTheClientOfItsPort) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000);
  trial.Client(1).At(2).Connects(5001);
  trial.Connection(0).At(3).Accepts(5001);
  trial.Connection(1).At(4).Accepts(5000);
  const Viewed viewed(trial, 2);
  EXPECT_EQ(viewed.view.connections.at(0).client, 1U);
  EXPECT_EQ(viewed.view.connections.at(1).client, 0U);
  EXPECT_EQ(viewed.view.clients.at(0).attempts.at(0).connection, 1U);
}

TEST(TrialView, PortThatIsUsedAgainIsJoinedByTheNthUse) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000).Call(Op::kClose, 0, 0).At(20).Connects(5000);
  trial.Client(1).At(10).Connects(5000);
  trial.Connection(0).At(2).Accepts(5000);
  trial.Connection(1).At(11).Accepts(5000);
  trial.Connection(2).At(21).Accepts(5000);
  const Viewed viewed(trial, 2);
  EXPECT_EQ(viewed.view.connections.at(0).client, 0U);
  EXPECT_EQ(viewed.view.connections.at(0).attempt, 0U);
  EXPECT_EQ(viewed.view.connections.at(1).client, 1U);
  EXPECT_EQ(viewed.view.connections.at(2).client, 0U);
  EXPECT_EQ(viewed.view.connections.at(2).attempt, 1U);
}

TEST(TrialView, ConnectThatWasRefusedIsNoUseOfItsPort) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).BeginsToConnect(5000).ConcludesConnect("ECONNREFUSED");
  trial.Client(1).At(10).Connects(5000);
  trial.Connection(0).At(11).Accepts(5000);
  const Viewed viewed(trial, 2);
  EXPECT_EQ(viewed.view.connections.at(0).client, 1U);
}

TEST(TrialView, MoreConnectionsThanUsesAreStrangers) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000);
  trial.Connection(0).At(2).Accepts(5000);
  trial.Connection(1).At(3).Accepts(5000);
  const Viewed viewed(trial, 1);
  EXPECT_EQ(viewed.view.connections.at(0).client, 0U);
  EXPECT_FALSE(viewed.view.connections.at(1).client);
}

TEST(TrialView, ClientThatIsConnectingIsJoinedByThePortOfTheSnapshot) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5000, 0);
  trial.Drains(5000);
  const Viewed viewed(trial, 1);
  EXPECT_EQ(viewed.view.connections.at(0).client, 0U);
}

TEST(TrialView, ConnectionsAreInTheOrderOfAcceptWhoeverMadeIt) {
  TraceBuilder trial(3);
  for (std::uint16_t i = 0; i < 3; ++i) trial.Client(i).At(1).Connects(5000 + i);
  trial.Connection(7).At(20).Accepts(5000);
  trial.Connection(3).At(10).Accepts(5001);
  trial.Drains(5002);
  const Viewed viewed(trial, 3);
  ASSERT_EQ(viewed.view.connections.size(), 3U);
  EXPECT_EQ(viewed.view.connections[0].client, 1U);
  EXPECT_EQ(viewed.view.connections[1].client, 0U);
  EXPECT_EQ(viewed.view.connections[2].client, 2U);
  EXPECT_EQ(viewed.view.accepted, 2U);
  EXPECT_TRUE(viewed.view.connections[1].before_freeze);
  EXPECT_FALSE(viewed.view.connections[2].before_freeze);
}

TEST(TrialView, EventsOfAHandlerGoToItsConnection) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000);
  trial.Client(1).At(1).Connects(5001);
  trial.Connection(0).At(2).Accepts(5000).Receives("ab");
  trial.Connection(1).At(3).Accepts(5001).Receives("c");
  const Viewed viewed(trial, 2);
  ASSERT_EQ(viewed.view.connections[0].events.size(), 1U);
  EXPECT_EQ(viewed.view.connections[0].events[0].data(), "ab");
  EXPECT_EQ(viewed.view.connections[1].events.at(0).data(), "c");
}

TEST(TrialView, EventThatEndsAfterTheFreezeIsInFlight) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).At(1400).Lasting(200).Sends(5).Sends(6);
  const Viewed viewed(trial, 1);
  const ClientFacts& client = viewed.view.clients[0];
  EXPECT_EQ(client.events.size(), 2U);
  ASSERT_TRUE(client.open);
  EXPECT_EQ((*client.open)->argument, 5U) << "and what began later never was";
}

TEST(TrialView, EventThatEndsAtTheFreezeCounts) {
  TraceBuilder trial(1);
  trial.Client(0).At(1499).Lasting(1).Sends(5);
  EXPECT_EQ(Viewed(trial, 1).view.clients[0].events.size(), 1U);
}

TEST(TrialView, OpenEventIsInFlight) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).InFlight(Op::kRecv, 4096);
  const Viewed viewed(trial, 1);
  EXPECT_EQ((*viewed.view.clients[0].open)->op, Op::kRecv);
}

TEST(TrialView, EventsOfNoClientAreLeftOut) {
  TraceBuilder trial(3);
  trial.Client(2).At(1).Connects(5000);
  EXPECT_TRUE(Viewed(trial, 2).view.clients.at(1).attempts.empty());
}

}  // namespace
}  // namespace tcplab
