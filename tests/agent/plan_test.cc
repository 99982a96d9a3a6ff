#include "core/agent/plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace tcplab {
namespace {

void ExpectEqual(const Recorder::Capacity& a, const Recorder::Capacity& b) {
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.addresses, b.addresses);
  EXPECT_EQ(a.payload, b.payload);
}

TEST(Plan, OfAServerComesBackAsItWas) {
  const ServerPlan plan{nlohmann::json::parse(R"({"listen": {"backlog": 1}, "script": []})"),
                        {1, 2, 3},
                        {4, 5, 6},
                        {7, 8, 9},
                        10,
                        11};
  const Result<AnyPlan> back = PlanFromPayload(ToPayload(plan));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->is_server);
  EXPECT_EQ(back->server.server, plan.server);
  ExpectEqual(back->server.listener, plan.listener);
  ExpectEqual(back->server.handlers, plan.handlers);
  ExpectEqual(back->server.connection, plan.connection);
  EXPECT_EQ(back->server.connections, plan.connections);
  EXPECT_EQ(back->server.worker, plan.worker);
}

TEST(Plan, OfAFleetComesBackAsItWas) {
  FleetPlan plan;
  plan.groups = nlohmann::json::parse(R"([{"name": "a", "script": [{"connect": {}}]}])");
  plan.clients = {{0, 0, 0}, {1, 4'000'000'000, 12.345678}};
  plan.each = {7, 8, 9};
  const Result<AnyPlan> back = PlanFromPayload(ToPayload(plan));
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->is_server);
  EXPECT_EQ(back->fleet.groups, plan.groups);
  ASSERT_EQ(back->fleet.clients.size(), 2U);
  EXPECT_EQ(back->fleet.clients[1].group, 1U);
  EXPECT_EQ(back->fleet.clients[1].number, 4'000'000'000U);
  EXPECT_EQ(back->fleet.clients[1].start_ms, 12.345678);
  ExpectEqual(back->fleet.each, plan.each);
}

TEST(Plan, TellsItsAgentWhatToReadTheClockBy) {
  const TickMap ticks{123'456'789'012'345'678U, 987'654'321'098'765, 0.37593984962406013};
  for (const std::string& payload :
       {ToPayload(ServerPlan{}, {ticks, 3}), ToPayload(FleetPlan{}, {ticks, 3})}) {
    const Result<AnyPlan> plan = PlanFromPayload(payload);
    ASSERT_TRUE(plan && plan->terms.ticks);
    EXPECT_EQ(plan->terms.ticks->ticks, ticks.ticks);
    EXPECT_EQ(plan->terms.ticks->ns, ticks.ns);
    EXPECT_EQ(plan->terms.ticks->ns_per_tick, ticks.ns_per_tick);
    EXPECT_EQ(plan->terms.first_processor, 3U);
  }
  EXPECT_FALSE(PlanFromPayload(ToPayload(ServerPlan{}))->terms.ticks);
}

TEST(Plan, ThatIsNoneIsAnError) {
  for (const char* payload :
       {"", "rubbish", "[]", "{}", R"({"server": {}})", R"({"groups": [], "clients": 5})",
        R"({"groups": [], "clients": [[0]], "each": {"events": 1, "addresses": 1, "payload": 1}})",
        R"({"server": {}, "listener": {"events": "many"}, "handlers": {}})"}) {
    EXPECT_FALSE(PlanFromPayload(payload)) << payload;
  }
}

TEST(GoMessage, ComesBackAsItWas) {
  for (const char* literal : {"127.0.0.1", "::1"}) {
    const GoMessage go{
        INT64_MAX, {{"first", *Address::Parse(literal, 65535)}, {"b", *Address::Parse("::1", 1)}}};
    const Result<GoMessage> back = GoFromPayload(ToPayload(go));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->go_ns, go.go_ns);
    ASSERT_EQ(back->targets.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(back->targets[i].server, go.targets[i].server);
      EXPECT_EQ(back->targets[i].address, go.targets[i].address);
    }
  }
}

TEST(GoMessage, NeedsNoTarget) {
  const Result<GoMessage> back = GoFromPayload(ToPayload(GoMessage{5, {}}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->go_ns, 5);
  EXPECT_TRUE(back->targets.empty());
}

TEST(GoMessage, ThatIsNoneIsAnError) {
  for (const char* payload : {"", "{", "{}", R"({"go_ns": "now"})", "[1]", R"({"go_ns": 1})",
                              R"({"go_ns": 1, "targets": [[]]})"}) {
    EXPECT_FALSE(GoFromPayload(payload)) << payload;
  }
  const Result<GoMessage> odd = GoFromPayload(R"({"go_ns": 1, "targets": [["a", [1, 2, 3]]]})");
  ASSERT_TRUE(odd);
  EXPECT_FALSE(odd->targets.at(0).address.valid());
}

TEST(AgentFault, ComesBackAsItWas) {
  const AgentFault back =
      FaultFromPayload(ToPayload(AgentFault{"listen_failed", "port 1: EACCES"}));
  EXPECT_EQ(back.code, "listen_failed");
  EXPECT_EQ(back.message, "port 1: EACCES");
}

TEST(AgentFault, OfAnAgentThatCannotSayWhyIsAFaultToo) {
  EXPECT_EQ(FaultFromPayload("").code, "agent_fault");
  EXPECT_EQ(FaultFromPayload("[]").code, "agent_fault");
  EXPECT_EQ(FaultFromPayload("{}").code, "agent_fault");
  // A message with bytes that are no text must not be the end of the agent.
  EXPECT_EQ(FaultFromPayload(ToPayload(AgentFault{"x", "\xFF"})).code, "x");
}

TEST(AgentFault, WithAWrongTypeIsAFaultToo) {
  EXPECT_EQ(FaultFromPayload(R"({"code": 5, "message": []})").code, "agent_fault");
}

}  // namespace
}  // namespace tcplab
