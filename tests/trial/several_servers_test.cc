// Several servers in one scenario, each an agent of its own: who serves whom, what they say to each
// other, and that one trial is cut at one moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "core/scenario/loader.h"
#include "tests/support/loopback.h"
#include "tests/trial/lab.h"
#include "tests/trial/runner_program.h"

namespace tcplab::test {
namespace {

using nlohmann::json;

const char* const kIos[] = {"blocking", "poll", "libuv"};

// With this io for every client and, where its model allows, for every server.
LabRun RunWithIo(json document, const char* io) {
  for (json& group : document["clients"]) group["io"] = io;
  for (json& server : document["servers"]) {
    const json model = server.value("/accept/model"_json_pointer, json("iterative"));
    const bool blocks = io == std::string_view("blocking");
    if (model == "iterative" || (model == "event_loop" && !blocks)) server["io"] = io;
  }
  return RunScenario(document.dump());
}

TEST(SeveralServers, EachServesThoseWhoNameItAndTheFirstThoseWhoNameNone) {
  const json document = json::parse(R"({
    "name": "three", "trials": 2, "window_ms": 3000, "timing": "insensitive",
    "servers": [
      {"name": "upper", "script": [{"recv": {"until": "\n", "label": "at upper"}}, {"reply": "uppercase"}, {"signal": "served"}]},
      {"name": "count", "listen": {"address": "::1"},
       "script": [{"recv": {"until": "\n", "label": "at count"}}, {"reply": "consonants"}]},
      {"name": "shut", "listen": {"mode": "bound"}}],
    "clients": [
      {"name": "a", "script": [{"connect": {}}, {"send": "ciao\n"}, {"recv": "eof"}]},
      {"name": "b", "start": {"signal": "served"}, "script": [
        {"connect": {"to": "count"}}, {"send": "tre\n"}, {"recv": "eof"}]},
      {"name": "c", "script": [{"connect": {"to": "shut"}}]}]})");
  for (const char* io : kIos) {
    SCOPED_TRACE(io);
    const LabRun run = RunWithIo(document, io);
    ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
    ASSERT_EQ(run.trials.size(), 2U);
    for (const LabTrial& trial : run.trials) {
      EXPECT_EQ(trial["replies"], json({{"CIAO\n"}, {"2"}, json::array()}));
      EXPECT_EQ(trial["accepted_by"], json({"upper", "count"}));
      EXPECT_EQ(trial["accept_order"], json({0, 1}));
      EXPECT_EQ(trial["connect_outcomes"], json({"accepted", "accepted", "refused"}));
      EXPECT_EQ(trial["steps"]["at upper"], json::parse(R"([["ok 5"]])"));
      EXPECT_EQ(trial["steps"]["at count"], json::parse(R"([["ok 4"]])"));
      EXPECT_EQ(trial["recv_sizes"], json::parse("[[5], [4]]"));
      EXPECT_TRUE(trial.observed.health.bytes_conserved);
      EXPECT_EQ(trial.observed.health.strangers, 0U);
    }
  }
}

// front -> middle -> back, each by a connection that the handler before it makes.
TEST(SeveralServers, HandlersOfOneAreClientsOfAnother) {
  const auto relay = [](const char* to) {
    return json::parse(R"([{"recv": "\n"}, {"connect": {"to": ")" + std::string(to) +
                       R"(", "socket": "up"}}, {"reply": {"transform": "echo", "socket": "up"}},
                           {"recv": {"until": "\n", "socket": "up"}}, {"reply": "echo"}])");
  };
  json document = json::parse(R"({
    "name": "relay", "trials": 2, "window_ms": 4000, "timing": "insensitive",
    "servers": [{"name": "front", "accept": {"model": "thread_per_connection"}},
                {"name": "middle", "accept": {"model": "event_loop"}},
                {"name": "back", "script": [{"recv": "\n"}, {"reply": "uppercase"}]}],
    "clients": [{"count": 3, "every_ms": 5, "script": [
      {"connect": {"to": "front"}}, {"send": "ciao ${index}\n"}, {"recv": {"until": "eof"}}]}]})");
  document["servers"][0]["script"] = relay("middle");
  document["servers"][1]["script"] = relay("back");
  for (const char* io : kIos) {
    SCOPED_TRACE(io);
    const LabRun run = RunWithIo(document, io);
    ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
    for (const LabTrial& trial : run.trials) {
      EXPECT_EQ(trial["replies"], json({{"CIAO 0\n"}, {"CIAO 1\n"}, {"CIAO 2\n"}}));
      EXPECT_EQ(trial["accept_order"].size(), 3U) << "only clients of ours are in it";
      std::multiset<std::string> by;
      for (const json& name : trial["accepted_by"]) by.insert(name);
      EXPECT_EQ(by, (std::multiset<std::string>{"back", "back", "back", "front", "front", "front",
                                                "middle", "middle", "middle"}));
      EXPECT_EQ(trial.observed.health.strangers, 0U);
    }
  }
}

// One local port, two servers: who is whose is told by both ends of a connection.
TEST(SeveralServers, ClientsOfOneAddressAreToldApartByTheirServers) {
  const LabRun run = RunScenario(R"({
    "name": "one port", "trials": 2, "window_ms": 800, "timing": "insensitive", "local_errors": "data",
    "servers": [
      {"name": "a", "accept": {"model": "never"}},
      {"name": "b", "script": [{"recv": {"until": "\n"}}, {"signal": "heard"}, {"recv": "eof"}]}],
    "clients": [
      {"name": "first", "script": [
        {"set": {"SO_REUSEADDR": true}}, {"bind": {"address": "127.0.0.9", "port": 40001}},
        {"connect": {"to": "a"}}, {"signal": "there"}, {"sleep": 5000}]},
      {"name": "second", "start": {"signal": "there"}, "script": [
        {"set": {"SO_REUSEADDR": true}}, {"bind": {"address": "127.0.0.9", "port": 40001, "label": "bind"}},
        {"connect": {"to": "b"}}, {"send": "ciao\n"}, {"await": "heard"}, {"sleep": 5000}]}]})");
  ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
  for (const LabTrial& trial : run.trials) {
    ASSERT_EQ(trial["steps"]["bind"], json::parse(R"([[], ["ok"]])")) << "another has the port";
    EXPECT_EQ(trial["connect_outcomes"], json({"queued", "accepted"}));
    EXPECT_EQ(trial["accept_order"], json({1}));
    EXPECT_EQ(trial["queue_order"], json({0}));
    EXPECT_EQ(trial["bytes"], json::parse(R"([{"to_server": [5, 5], "to_client": [0, 0]}])"));
  }
}

// An option that is set first makes the socket: of the family that its connect will need.
TEST(SeveralServers, OptionBeforeConnectMakesASocketOfItsServersFamily) {
  const json document = json::parse(R"({
    "name": "families", "trials": 1, "window_ms": 800, "timing": "insensitive",
    "servers": [{"name": "four"}, {"name": "six", "listen": {"address": "::1"}}],
    "clients": [{"script": [{"set": {"TCP_NODELAY": true}}, {"connect": {"to": "six", "label": "six"}},
      {"set": {"TCP_NODELAY": true, "socket": "other"}}, {"connect": {"to": "four", "socket": "other", "label": "four"}}]}]})");
  for (const char* io : kIos) {
    const LabRun run = RunWithIo(document, io);
    ASSERT_EQ(run.trials.size(), 1U) << io;
    EXPECT_EQ(run.trials[0]["steps"]["six"], json::parse(R"([["ok"]])")) << io;
    EXPECT_EQ(run.trials[0]["steps"]["four"], json::parse(R"([["ok"]])")) << io;
  }
}

TEST(SeveralServers, SignalsGoBetweenThem) {
  const LabRun run = RunScenario(R"({
    "name": "signals", "trials": 2, "window_ms": 4000, "timing": "insensitive",
    "servers": [
      {"name": "first", "script": [{"recv": {"until": 1}}, {"signal": "open"}, {"await": "served"}, {"send": "1"}]},
      {"name": "second", "accept": {"await": "open"}, "script": [{"recv": {"until": 1}}, {"signal": "served"}, {"send": "2"}]}],
    "clients": [
      {"name": "b", "script": [{"connect": {"to": "second"}}, {"send": "x"}, {"recv": {"until": 1, "label": "b"}}]},
      {"name": "a", "script": [{"sleep": 60}, {"connect": {"to": "first"}}, {"send": "x"}, {"recv": {"until": 1, "label": "a"}}]}]})");
  ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial["steps"]["b"], json({{"ok 1"}, json::array()}));
    EXPECT_EQ(trial["steps"]["a"], json({json::array(), {"ok 1"}}));
    EXPECT_EQ(trial["accepted_by"], json({"first", "second"})) << "the second waited for the first";
  }
}

TEST(SeveralServers, QueuesAndTimesAreEachServersOwn) {
  const LabRun run = RunScenario(R"({
    "name": "queues", "trials": 3, "window_ms": 400, "timing": "insensitive",
    "servers": [{"name": "a", "listen": {"backlog": 4}, "accept": {"model": "never"}},
                {"name": "b", "listen": {"backlog": 7, "close_after_ms": 250}, "accept": {"model": "never"}},
                {"name": "c", "listen": {"backlog": 9}, "accept": {"after_ms": 30}, "script": [{"recv": "eof"}]}],
    "clients": [{"name": "x", "count": 2, "every_ms": 10, "script": [{"connect": {"to": "a"}}, {"sleep": 3000}]},
                {"name": "y", "count": 3, "every_ms": 10, "script": [{"connect": {"to": "c"}}, {"sleep": 3000}]},
                {"name": "z", "script": [{"connect": {"to": "b"}}, {"recv": {"until": "eof", "label": "z"}}, {"sleep": 3000}]}]})");
  ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
  ASSERT_EQ(run.trials.size(), 3U);
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial.observed.evidence["queue_length"], json({{"a", 2}, {"b", nullptr}, {"c", 2}}));
    EXPECT_EQ(trial.observed.evidence["queue_limit"], json({{"a", 4}, {"b", nullptr}, {"c", 9}}));
    EXPECT_EQ(trial.observed.health.queue_mismatches, 0U);
    EXPECT_EQ(trial["outcome_counts"]["queued"], 4);
    EXPECT_EQ(trial["outcome_counts"]["accepted"], 1);
    EXPECT_EQ(trial["outcome_counts"]["reset"], 1) << "the closed listener's";
    const json& z = trial["steps"]["z"];
    EXPECT_EQ(std::count(z.begin(), z.end(), json::parse(R"(["ECONNRESET"])")), 1);
  }
}

// Nothing after the first server's stamp is observed, of whichever server it is.
TEST(SeveralServers, OneFreezeCutsAllTraces) {
  const LabRun run = RunScenario(R"({
    "name": "freeze", "trials": 5, "window_ms": 150, "timing": "insensitive",
    "servers": [{"name": "a", "script": [{"repeat": {"times": 5000, "steps": [{"send": "x"}, {"sleep": 0.3}]}}]},
                {"name": "b", "script": [{"repeat": {"times": 5000, "steps": [{"send": "x"}, {"sleep": 0.3}]}}]}],
    "clients": [{"name": "x", "script": [{"connect": {"to": "a"}}, {"sleep": 3000}]},
                {"name": "y", "script": [{"connect": {"to": "b"}}, {"sleep": 3000}]}]})");
  for (const LabTrial& trial : run.trials) {
    const TrialTrace& trace = *trial.record.trace;
    ASSERT_EQ(trace.servers.size(), 2U);
    EXPECT_EQ(trace.servers[0].name, "a");
    EXPECT_EQ(trace.servers[1].name, "b");
    const std::int64_t first = std::min(trace.servers[0].freeze_ns, trace.servers[1].freeze_ns);
    ASSERT_EQ(trace.fleets.size(), 1U);
    EXPECT_EQ(trace.fleets[0].freeze_ns, first);
    // What each had sent by then, counted from its events.
    json sent = json::array();
    for (const AgentTrace& server : trace.servers) {
      std::int64_t bytes = 0;
      for (const RecorderTrace& recorder : server.recorders) {
        for (const Event& event : recorder.events) {
          const bool counts = event.op == Op::kSend && !event.failed() && event.finished();
          if (counts && event.end_ns <= first) bytes += event.result;
        }
      }
      sent.push_back(bytes);
    }
    std::multiset<std::int64_t> observed;
    for (const json& connection : trial["bytes"])
      observed.insert(connection["to_client"][0].get<std::int64_t>());
    EXPECT_EQ(observed, (std::multiset<std::int64_t>{sent[0], sent[1]}));
  }
}

TEST(SeveralServers, OneThatCannotListenIsAnErrorThatNamesIt) {
  const TestListener taken;
  json document = json::parse(R"({
    "name": "port in use", "trials": 1, "window_ms": 300, "timing": "insensitive",
    "servers": [{"name": "good"}, {"name": "bad"}], "clients": [{"script": [{"connect": {}}]}]})");
  document["servers"][1]["listen"]["port"] = taken.address().port();
  const LabRun run = RunScenario(document.dump());
  EXPECT_TRUE(run.trials.empty());
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].code, "listen_failed");
  EXPECT_NE(run.errors[0].message.find("EADDRINUSE"), std::string::npos) << run.errors[0].message;
  EXPECT_NE(run.errors[0].message.find("\"bad\""), std::string::npos) << run.errors[0].message;
}

TEST(SeveralServers, ForeignOneCannotStandForThem) {
  LoadedScenario loaded = LoadScenarioText(
      R"({"name": "x", "servers": [{"name": "a"}, {"name": "b"}], "clients": [{}]})", "x.json", {});
  ASSERT_TRUE(loaded.scenario);
  ControllerOptions options;
  options.agent_command = {RunnerProgram(), "agent"};
  options.target = *Address::Parse("127.0.0.1", 9);
  const auto run =
      RunTrials(*loaded.scenario, options, [](TrialRecord) { return Verdict::kStands; });
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace tcplab::test
