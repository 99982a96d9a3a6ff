// An agent as a process: what it is told, what it says, and that it ends with its controller.
#include "core/agent/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/agent/agent_child.h"
#include "tests/support/agent_main.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::HasSubstr;

constexpr int kOrphaned = 3;
constexpr int kFaulty = 3;

constexpr std::string_view kServer =
    R"({"listen": {"backlog": 4}, "accept": {"model": "iterative"}, "io": "blocking",
        "script": [{"recv": {"until": "\n"}}]})";

// A fleet of one client that runs `script`.
FleetPlan FleetOf(std::string_view script, std::string_view io = "blocking") {
  FleetPlan plan;
  plan.groups = nlohmann::json::array(
      {{{"name", "client"}, {"io", io}, {"script", nlohmann::json::parse(script)}}});
  plan.clients = {{0, 0, 0}};
  plan.each = {.events = 256, .addresses = 8, .payload = 1024};
  return plan;
}

TEST(Agent, EndsWhenItsInputEndsBeforeAnyPlan) {
  AgentChild agent;
  agent.CloseStdin();
  EXPECT_EQ(agent.ExitCode(), kOrphaned);
}

TEST(Agent, EndsWhenItsInputEndsWithinAFrame) {
  AgentChild agent;
  agent.Write(EncodeFrame(FrameKind::kPlan, "a long payload").substr(0, 9));
  agent.CloseStdin();
  EXPECT_EQ(agent.ExitCode(), kOrphaned);
}

TEST(Agent, EndsWhenItIsToldRubbish) {
  AgentChild agent;
  agent.Write("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(agent.ExitCode(), kOrphaned);
}

TEST(Agent, EndsWhenItsControllerIsGoneWhileItWaitsInAccept) {
  for (const char* io : {"blocking", "poll", "libuv"}) {
    nlohmann::json server = nlohmann::json::parse(kServer);
    server["io"] = io;
    ServerChild agent(server.dump());
    EXPECT_TRUE(agent.ReadyAndGo().valid());
    agent.CloseStdin();
    EXPECT_EQ(agent.ExitCode(), kOrphaned) << io;
  }
}

TEST(Agent, EndsWhenItsControllerIsGoneWhileAClientStillConnectsOrSleeps) {
  const FullListener full;
  for (const char* io : {"blocking", "poll"}) {
    for (const char* script : {R"([{"connect": {}}])", R"([{"sleep": 600000}])",
                               R"([{"await": {"signal": "never"}}])"}) {
      AgentChild agent;
      agent.Send(FrameKind::kPlan, ToPayload(FleetOf(script, io)));
      agent.Expect(FrameKind::kReady);
      agent.Send(FrameKind::kGo, ToPayload(GoMessage{MonotonicNs(), {{"server", full.address()}}}));
      agent.CloseStdin();
      EXPECT_EQ(agent.ExitCode(), kOrphaned) << io << script;
    }
  }
}

TEST(Agent, FirstFrameMustBeItsPlan) {
  AgentChild agent;
  agent.Send(FrameKind::kFreeze);
  const AgentFault fault = agent.ExpectFault();
  EXPECT_EQ(fault.code, "protocol");
  EXPECT_EQ(agent.ExitCode(), kFaulty);
}

TEST(Agent, PlanThatIsNoneIsAFault) {
  AgentChild agent;
  agent.Send(FrameKind::kPlan, "{\"neither\": 1}");
  EXPECT_EQ(agent.ExpectFault().code, "protocol");
  EXPECT_EQ(agent.ExitCode(), kFaulty);
}

TEST(Agent, ServerThatItDoesNotUnderstandIsAFault) {
  ServerChild agent(R"({"listen": {"backlog": "many"}})");
  const AgentFault fault = agent.ExpectFault();
  EXPECT_EQ(fault.code, "plan_rejected");
  EXPECT_THAT(fault.message, HasSubstr("backlog"));
}

TEST(Agent, ClientsThatItDoesNotUnderstandAreAFault) {
  AgentChild agent;
  agent.Send(FrameKind::kPlan, ToPayload(FleetOf(R"([{"dance": {}}])")));
  const AgentFault fault = agent.ExpectFault();
  EXPECT_EQ(fault.code, "fleet_failed");
  EXPECT_THAT(fault.message, HasSubstr("dance"));
}

TEST(Agent, FramesThatAreNotForItAreAFault) {
  for (const FrameKind kind : {FrameKind::kPlan, FrameKind::kReady, FrameKind::kTrace}) {
    ServerChild server(kServer);
    server.Expect(FrameKind::kReady);
    server.Send(kind);
    EXPECT_EQ(server.ExpectFault().code, "protocol");

    AgentChild fleet;
    fleet.Send(FrameKind::kPlan, ToPayload(FleetOf("[]")));
    fleet.Expect(FrameKind::kReady);
    fleet.Send(kind);
    EXPECT_EQ(fleet.ExpectFault().code, "protocol");
  }
}

TEST(Agent, GoThatIsNoneIsAFault) {
  ServerChild server(kServer);
  server.Expect(FrameKind::kReady);
  server.Send(FrameKind::kGo, "now");
  EXPECT_EQ(server.ExpectFault().code, "protocol");
}

TEST(Agent, PortInUseIsToldToItsController) {
  const TestListener other;
  nlohmann::json server = nlohmann::json::parse(kServer);
  server["listen"]["port"] = other.address().port();
  for (const char* io : {"blocking", "poll", "libuv"}) {
    server["io"] = io;
    ServerChild agent(server.dump());
    const AgentFault fault = agent.ExpectFault();
    EXPECT_EQ(fault.code, "listen_failed") << io;
    EXPECT_THAT(fault.message, HasSubstr("EADDRINUSE")) << io;
    EXPECT_EQ(agent.ExitCode(), kFaulty);
  }
}

TEST(Agent, OutlivesWhatATerminalSendsToAllOfItsProcesses) {
  ServerChild agent(kServer);
  agent.Expect(FrameKind::kReady);
  agent.Signal(SIGINT);
  agent.Signal(SIGHUP);
  agent.Signal(SIGQUIT);
  agent.Send(FrameKind::kGo, ToPayload(GoMessage{MonotonicNs(), {}}));
  EXPECT_NE(agent.Freeze(), 0);
}

}  // namespace
}  // namespace tcplab
