// `runner serve`, and `runner --target` against a server that is not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>

#include "tests/runner/run_binary.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kUppercase = R"({"name": "up", "trials": 3,
    "server": {"script": [{"recv": {"until": "\n", "label": "request"}}, {"reply": "uppercase"}]},
    "clients": [{"count": 2, "every_ms": 10, "script": [{"connect": {}}, {"send": "ciao\n"},
        {"recv": {"until": "\n", "timeout_ms": 2000, "label": "answer"}}]}],
    "expect": [{"observation": "steps.answer", "equals": [["ok 5"], ["ok 5"]]},
        {"observation": "accept_order", "equals": [0, 1]},
        {"observation": "steps.request", "equals": [["ok 5"], ["ok 5"]]}]})";

// The port that a serving runner says it has; 0 when it says none in time.
std::uint16_t PortOf(const RunnerProcess& runner) {
  std::smatch found;
  std::string said;
  const auto has_port = [&] {
    said = runner.ErrSoFar();
    return std::regex_search(said, found, std::regex(R"(serves on 127\.0\.0\.1:(\d+))"));
  };
  if (!Eventually(has_port, 20)) return 0;
  return static_cast<std::uint16_t>(std::stoi(found[1]));
}

TEST(Serve, AnswersClientsThatSomebodyElseWroteUntilItIsEnded) {
  const TempFolder folder;
  folder.Write("up.json", kUppercase);
  RunnerProcess serving(folder, {"serve", "up.json", "--port", "0"});
  const std::uint16_t port = PortOf(serving);
  ASSERT_NE(port, 0) << serving.ErrSoFar();
  for (const std::string text : {"hello\n", "again\n"}) {
    TestSocket client = ConnectTo(*Address::Parse("127.0.0.1", port));
    WriteBytes(client.get(), text);
    std::string upper = text;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(ReadBytes(client.get(), upper.size()), upper);
  }
  serving.Signal(SIGINT);
  const Finished ended = serving.Wait();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, HasSubstr("2 connections, 12 bytes received, 12 sent"));
  EXPECT_EQ(serving.Living(), 0U);
}

TEST(Serve, EndsByItselfWhenItsTimeIsOver) {
  const TempFolder folder;
  folder.Write("up.json", kUppercase);
  const Finished ended = RunRunner(folder, {"serve", "up.json", "--seconds", "0.1"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, HasSubstr("0 connections"));
}

TEST(Serve, PortInUseIsAFaultOfTheHarness) {
  const TempFolder folder;
  folder.Write("up.json", kUppercase);
  const TestListener taken;
  const Finished ended =
      RunRunner(folder, {"serve", "up.json", "--port", std::to_string(taken.address().port())});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.err, HasSubstr("EADDRINUSE"));
}

TEST(Target, ForeignServerTellsNothingSoItsClientsAreConnectedAndNoMore) {
  const TempFolder folder;
  folder.Write("up.json", kUppercase);
  RunnerProcess serving(folder, {"serve", "up.json", "--port", "0"});
  const std::uint16_t port = PortOf(serving);
  ASSERT_NE(port, 0);
  const std::string target = "127.0.0.1:" + std::to_string(port);
  const Finished ended =
      RunRunner(folder, {"up.json", "--target", target, "--format", "json", "--out", "-"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json result = json::parse(ended.out);
  EXPECT_EQ(result["run"]["target"], target);
  const json& a_case = result["cases"][0];
  EXPECT_EQ(a_case["io"]["servers"]["server"], "foreign");
  const json& observations = a_case["observations"];
  EXPECT_EQ(observations["connect_outcomes"]["values"][0]["value"],
            json({"connected", "connected"}));
  EXPECT_EQ(observations["replies"]["values"][0]["value"],
            json::parse(R"([["CIAO\n"], ["CIAO\n"]])"));
  EXPECT_FALSE(observations.contains("accept_order"));
  EXPECT_FALSE(observations.contains("recv_sizes"));
  // Only what clients can tell is judged.
  EXPECT_EQ(a_case["expectations"].size(), 1U);
  serving.Signal(SIGTERM);
  EXPECT_EQ(serving.Wait().exit_code, 0);
}

// It stands for the scenario's server, by that name too.
TEST(Target, IsFoundByTheNameOfTheServerThatItStandsFor) {
  const TempFolder folder;
  json document = json::parse(kUppercase);
  document["server"]["name"] = "up";
  document["clients"][0]["script"][0] = json::parse(R"({"connect": {"to": "up"}})");
  folder.Write("up.json", document.dump());
  RunnerProcess serving(folder, {"serve", "up.json", "--port", "0"});
  const std::uint16_t port = PortOf(serving);
  ASSERT_NE(port, 0);
  const Finished ended =
      RunRunner(folder, {"up.json", "--target", "127.0.0.1:" + std::to_string(port)});
  EXPECT_EQ(ended.exit_code, 0) << ended.err << ended.out;
  serving.Signal(SIGTERM);
  const Finished served = serving.Wait();
  EXPECT_EQ(served.exit_code, 0) << served.err;
}

constexpr const char* kTwoServers = R"({"name": "two", "trials": 1, "window_ms": 1000,
    "servers": [{"name": "loud", "script": [{"recv": "\n"}, {"reply": "uppercase"}]},
                {"name": "count", "script": [{"recv": "\n"}, {"reply": "consonants"}]}],
    "clients": [{"script": [{"connect": "count"}, {"send": "ciao\n"}, {"recv": "eof"}]}]})";

TEST(Serve, OneOfSeveralServersIsChosenByItsName) {
  const TempFolder folder;
  folder.Write("two.json", kTwoServers);
  const Finished none = RunRunner(folder, {"serve", "two.json", "--seconds", "1"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("--server is needed: the scenario has loud and count"));
  const Finished wrong = RunRunner(folder, {"serve", "two.json", "--server", "cuont"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean count?"));

  RunnerProcess serving(folder, {"serve", "two.json", "--server", "count", "--port", "0"});
  const std::uint16_t port = PortOf(serving);
  ASSERT_NE(port, 0) << serving.ErrSoFar();
  TestSocket client = ConnectTo(*Address::Parse("127.0.0.1", port));
  WriteBytes(client.get(), "ciao\n");
  EXPECT_EQ(ReadBytes(client.get(), 10), "1");  // consonants
  serving.Signal(SIGINT);
  EXPECT_EQ(serving.Wait().exit_code, 0);
}

TEST(Serve, OneThatConnectsToAnotherIsNotServedAlone) {
  const TempFolder folder;
  folder.Write("relay.json", R"({"name": "relay",
      "servers": [{"name": "front", "script": [{"recv": "\n"}, {"connect": {"to": "back", "socket": "up"}}]},
                  {"name": "back"}],
      "clients": [{"script": [{"connect": "front"}]}]})");
  const Finished run = RunRunner(folder, {"serve", "relay.json", "--server", "front"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("its script connects to back, which is not served beside it"));
}

TEST(Target, CannotStandForSeveralServers) {
  const TempFolder folder;
  folder.Write("two.json", kTwoServers);
  const Finished run = RunRunner(folder, {"two.json", "--target", "127.0.0.1:9"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot stand for the 2 servers of two.json"));
}

TEST(Target, SilentClientOfAForeignServerIsNoPhantom) {
  const TempFolder folder;
  folder.Write("silent.json", R"({"name": "silent", "trials": 2, "window_ms": 200, "server": {},
      "clients": [{"script": [{"connect": {}}, {"sleep": 100}]}]})");
  const TestListener silent;  // nobody accepts
  const Finished ended = RunRunner(
      folder, {"silent.json", "--target", "127.0.0.1:" + std::to_string(silent.address().port()),
               "--format", "json", "--out", "-"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json result = json::parse(ended.out);
  EXPECT_EQ(result["cases"][0]["observations"]["connect_outcomes"]["values"][0]["value"],
            json({"connected"}));
}

TEST(Target, MustBeALiteralAddressWithAPort) {
  const TempFolder folder;
  folder.Write("up.json", kUppercase);
  for (const char* target : {"localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "::1:80",
                             "127.0.0.1:65536", "127.0.0.1:80x"}) {
    const Finished ended = RunRunner(folder, {"up.json", "--target", target});
    EXPECT_EQ(ended.exit_code, 2) << target;
    EXPECT_THAT(ended.err, HasSubstr("expected an address and a port")) << target;
  }
}

}  // namespace
}  // namespace tcplab
