// How much the agents of a case may record: enough for its scripts, and no more than they can use.
#include "core/trial/plan_builder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/scenario/loader.h"

namespace tcplab {
namespace {

using nlohmann::json;

Case FirstCaseOf(const json& document) {
  LoadedScenario loaded = LoadScenarioText(document.dump(), "plan.json", {});
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    EXPECT_NE(diagnostic.severity, Severity::kError) << FormatDiagnostic(diagnostic);
  }
  return loaded.scenario->cases.front();
}

std::vector<std::size_t> ConnectionsOf(const CasePlans& plans) {
  std::vector<std::size_t> connections;
  for (const ServerPlan& plan : plans.servers) connections.push_back(plan.connections);
  return connections;
}

// One front, which connects to each of so many others for each of its 8 clients.
json Star(std::size_t others) {
  json document =
      json::parse(R"({"name": "star", "servers": [{"name": "front", "script": [{"recv": "\n"}]}],
    "clients": [{"count": 8, "every_ms": 5, "script": [{"connect": {"to": "front"}}, {"send": "ciao\n"}, {"recv": "eof"}]}]})");
  for (std::size_t i = 0; i < others; ++i) {
    const std::string name = "s" + std::to_string(i);
    document["servers"][0]["script"].push_back({{"connect", {{"to", name}, {"socket", name}}}});
    document["servers"].push_back({{"name", name}, {"script", {{{"recv", "\n"}}}}});
  }
  return document;
}

TEST(BuildPlans, CountsTheConnectionsOfEachServer) {
  EXPECT_EQ(ConnectionsOf(BuildPlans(FirstCaseOf(Star(5)))),
            (std::vector<std::size_t>{8, 8, 8, 8, 8, 8}));
  EXPECT_EQ(ConnectionsOf(BuildPlans(FirstCaseOf(Star(15)))), std::vector<std::size_t>(16, 8));
}

TEST(BuildPlans, ConnectionsGoDownAChain) {
  json document = Star(0);
  document["servers"][0]["script"] = json::parse(
      R"([{"repeat": {"times": 3, "steps": [{"connect": {"to": "middle", "socket": "up"}}, {"close": {"socket": "up"}}]}}])");
  document["servers"].push_back(json::parse(
      R"({"name": "middle", "script": [{"repeat": {"times": 2, "steps": [{"connect": {"to": "back", "socket": "up"}}, {"close": {"socket": "up"}}]}}]})"));
  document["servers"].push_back({{"name", "back"}});
  EXPECT_EQ(ConnectionsOf(BuildPlans(FirstCaseOf(document))),
            (std::vector<std::size_t>{8, 24, 48}));
}

TEST(BuildPlans, ConnectsToTheScriptsOwnSocketsAreNobodysElse) {
  json document = Star(0);
  document["servers"][0]["script"] = json::parse(
      R"([{"listen": {"socket": "own"}}, {"connect": {"to": {"socket": "own"}, "socket": "up"}}])");
  EXPECT_EQ(ConnectionsOf(BuildPlans(FirstCaseOf(document))), (std::vector<std::size_t>{8}));
}

TEST(BuildPlans, ServersThatConnectInACircleAreCappedAndKeepRoomForEachHandler) {
  json document = Star(0);
  document["servers"][0]["script"] = json::parse(
      R"([{"recv": "\n"}, {"repeat": {"times": 1000, "steps": [{"connect": {"to": "back", "socket": "up"}}, {"close": {"socket": "up"}}]}}])");
  document["servers"].push_back(json::parse(
      R"({"name": "back", "script": [{"repeat": {"times": 1000, "steps": [{"connect": {"to": "front", "socket": "up"}}, {"close": {"socket": "up"}}]}}]})"));
  const CasePlans plans = BuildPlans(FirstCaseOf(document));
  for (const ServerPlan& plan : plans.servers) {
    EXPECT_LE(plan.connections, 4U << 20U);
    EXPECT_LE(plan.handlers.events, 4U << 20U);
    EXPECT_GE(plan.connection.events, 2000U) << "what one handler records by itself";
  }
}

TEST(BuildPlans, OneServerIsPlannedByItsClients) {
  EXPECT_EQ(ConnectionsOf(BuildPlans(FirstCaseOf(Star(0)))), (std::vector<std::size_t>{8}));
}

}  // namespace
}  // namespace tcplab
