// Server models in whole trials: who waits for whom, what is in the trace, and what is left of
// threads and processes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "core/scenario/loader.h"
#include "tests/support/eventually.h"
#include "tests/support/processes.h"
#include "tests/trial/lab.h"
#include "tests/trial/runner_program.h"

namespace tcplab::test {
namespace {

using nlohmann::json;

std::vector<json> ServersOfSeveral() {
  return {json::parse(R"({"model": "thread_per_connection"})"),
          json::parse(R"({"model": "process_per_connection"})"),
          json::parse(R"({"model": "event_loop"})"),
          json::parse(R"({"model": "iterative", "workers": 3})"),
          json::parse(R"({"model": "iterative", "workers": 3, "worker": "process"})"),
          json::parse(R"({"model": "event_loop", "workers": 2, "worker": "process"})"),
          json::parse(R"({"model": "thread_per_connection", "workers": 2, "listeners": "own",
                          "worker": "process"})")};
}

// A slow client, and two that would have to wait for it.
json SlowAndQuick(const json& accept) {
  json document = json::parse(R"({
    "name": "who waits", "trials": 3, "window_ms": 3000, "timing": "insensitive",
    "server": {"script": [{"recv": "\n"}, {"reply": "uppercase"}]},
    "clients": [
      {"name": "slow", "script": [{"connect": {}}, {"sleep": 250}, {"send": "at last\n"},
                                  {"recv": {"until": "eof", "label": "slow"}}]},
      {"name": "quick", "count": 2, "every_ms": 20, "script": [
        {"sleep": 20}, {"connect": {}}, {"send": "ciao ${index}\n"},
        {"recv": {"until": "eof", "timeout_ms": 150, "label": "quick"}}]}]})");
  document["server"]["accept"] = accept;
  return document;
}

bool NoProcessIsLeft() { return ChildrenOf(getpid()).empty(); }

TEST(ServerModels, NobodyWaitsForTheSlowOneAndItsCallsAreAllThere) {
  for (const json& accept : ServersOfSeveral()) {
    SCOPED_TRACE(accept.dump());
    const LabRun run = RunScenario(SlowAndQuick(accept).dump());
    ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
    ASSERT_EQ(run.trials.size(), 3U);
    for (const LabTrial& trial : run.trials) {
      EXPECT_EQ(trial["steps"]["quick"], json({json::array(), {"ok 7"}, {"ok 7"}}));
      EXPECT_EQ(trial["steps"]["slow"], json({{"ok 8"}, json::array(), json::array()}));
      EXPECT_EQ(trial["recv_histogram"], json({{"7", 2}, {"8", 1}}));
      EXPECT_EQ(trial["recv_sizes"].size(), 3U);
      EXPECT_EQ(trial["outcome_counts"]["accepted"], 3);
      EXPECT_TRUE(trial.observed.health.bytes_conserved);
    }
    EXPECT_TRUE(NoProcessIsLeft());
  }
}

TEST(ServerModels, EverybodyWaitsForTheSlowOneOfAnIterativeServer) {
  const LabRun run = RunScenario(SlowAndQuick({{"model", "iterative"}}).dump());
  ASSERT_EQ(run.trials.size(), 3U);
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial["steps"]["quick"], json({json::array(), {"timeout"}, {"timeout"}}));
  }
}

TEST(ServerModels, HandlersThatAreAtWorkAtTheFreezeAreUnfinished) {
  for (const json& accept : ServersOfSeveral()) {
    SCOPED_TRACE(accept.dump());
    json document = json::parse(R"({
      "name": "at work", "trials": 2, "window_ms": 300, "timing": "insensitive",
      "server": {"script": [{"recv": {"until": "\n", "label": "first"}},
                            {"recv": {"until": "\n", "label": "second"}}]},
      "clients": [{"count": 2, "every_ms": 10, "script": [{"connect": {}}, {"send": "a\n"}, {"sleep": 3000}]}]})");
    document["server"]["accept"] = accept;
    const LabRun run = RunScenario(document.dump());
    ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
    for (const LabTrial& trial : run.trials) {
      EXPECT_EQ(trial["steps"]["first"], json({{"ok 2"}, {"ok 2"}}));
      EXPECT_EQ(trial["steps"]["second"], json({{"unfinished"}, {"unfinished"}}));
    }
  }
}

// Accepting begins when a client says so, and clients start when a handler does.
TEST(ServerModels, SignalsGoFromClientsToServersAndBack) {
  for (const json& accept : ServersOfSeveral()) {
    for (const char* io : {"blocking", "poll", "libuv"}) {
      SCOPED_TRACE(accept.dump() + " " + io);
      json document = json::parse(R"({
        "name": "signals", "trials": 1, "window_ms": 4000, "timing": "insensitive",
        "server": {"script": [{"recv": {"until": 1}}, {"signal": "served"}, {"send": "k"}]},
        "clients": [
          {"name": "first", "script": [{"connect": {}}, {"send": "x"}, {"sleep": 50}, {"signal": "open"},
                                       {"recv": {"until": 1, "label": "answer"}}]},
          {"name": "second", "start": {"signal": "served"}, "script": [
            {"connect": {}}, {"send": "x"}, {"recv": {"until": 1, "label": "answer"}}]}]})");
      document["server"]["accept"] = accept;
      document["server"]["accept"]["await"] = "open";
      for (json& group : document["clients"]) group["io"] = io;
      const LabRun run = RunScenario(document.dump());
      ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
      ASSERT_EQ(run.trials.size(), 1U);
      EXPECT_EQ(run.trials[0]["steps"]["answer"], json({{"ok 1"}, {"ok 1"}}));
      EXPECT_EQ(run.trials[0]["accept_order"], json({0, 1}));
    }
  }
}

TEST(ServerModels, MoreConnectionsThanWorkersWaitTheirTurn) {
  for (const char* worker : {"thread", "process"}) {
    json document = json::parse(R"({
      "name": "turns", "trials": 2, "window_ms": 4000, "timing": "insensitive",
      "server": {"listen": {"backlog": 16}, "script": [{"recv": {"until": "eof"}}, {"sleep": 30}]},
      "clients": [{"count": 9, "every_ms": 1, "script": [
        {"connect": {}}, {"send": "x"}, {"shutdown": "write"}, {"recv": {"until": "eof", "label": "end"}}]}]})");
    document["server"]["accept"] = {{"model", "iterative"}, {"workers", 3}, {"worker", worker}};
    const LabRun run = RunScenario(document.dump());
    ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
    for (const LabTrial& trial : run.trials) {
      EXPECT_EQ(trial["outcome_counts"]["accepted"], 9) << worker;
      for (const json& end : trial["steps"]["end"]) EXPECT_EQ(end, json::parse(R"(["eof"])"));
    }
  }
}

TEST(ServerModels, ClientsOfARangeOfAddressesAreKnownByThem) {
  const LabRun run = RunScenario(R"({
    "name": "sources", "trials": 2, "window_ms": 2000, "timing": "insensitive",
    "server": {"accept": {"model": "process_per_connection"}, "script": [{"recv": {"until": 1}}, {"send": "k"}]},
    "clients": [{"count": 3, "every_ms": 10, "source": "127.0.0.2-127.0.0.4", "script": [
      {"connect": {}}, {"send": "x"}, {"recv": {"until": 1}}]}]})");
  ASSERT_TRUE(run.errors.empty()) << run.errors.front().message;
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial["outcome_counts"]["accepted"], 3);
    std::set<std::string> peers;
    for (const RecorderTrace& recorder : trial.record.trace->servers.front().recorders) {
      for (const Event& event : recorder.events) {
        if (event.op != Op::kAccept || event.failed()) continue;
        Address peer = Address::Decode(recorder.Data(event));
        peer.set_port(0);
        peers.insert(peer.Encoded());
      }
    }
    std::set<std::string> expected;
    for (const char* address : {"127.0.0.2", "127.0.0.3", "127.0.0.4"}) {
      expected.insert(Address::Parse(address, 0)->Encoded());
    }
    EXPECT_EQ(peers, expected);
  }
}

// By the stamps of both sides: how long after the handler's close the client's recv returned.
TEST(ServerModels, PeerSeesTheEndOfAProcesssConnectionWithin50Ms) {
  const LabRun run = RunScenario(R"({
    "name": "the end", "trials": 5, "window_ms": 3000, "timing": "insensitive",
    "server": {"accept": {"model": "process_per_connection"}, "script": [{"recv": {"until": 1}}]},
    "clients": [{"count": 4, "every_ms": 5, "script": [
      {"connect": {}}, {"send": "x"}, {"recv": {"until": "eof", "label": "end"}}]}]})");
  std::vector<std::int64_t> delays;
  for (const LabTrial& trial : run.trials) {
    std::vector<std::int64_t> closed;
    std::vector<std::int64_t> seen;
    for (const RecorderTrace& recorder : trial.record.trace->servers.front().recorders) {
      for (const Event& event : recorder.events) {
        if (event.op == Op::kClose) closed.push_back(event.begin_ns);
      }
    }
    for (const RecorderTrace& recorder : trial.record.trace->fleets.at(0).recorders) {
      for (const Event& event : recorder.events) {
        if (event.op == Op::kRecv && event.finished() && event.result == 0) {
          seen.push_back(event.end_ns);
        }
      }
    }
    ASSERT_EQ(closed.size(), 4U);
    ASSERT_EQ(seen.size(), 4U);
    std::sort(closed.begin(), closed.end());
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < 4; ++i) delays.push_back(seen[i] - closed[i]);
  }
  std::sort(delays.begin(), delays.end());
  ASSERT_EQ(delays.size(), 20U);
  EXPECT_GE(delays.front(), 0);
  EXPECT_LT(delays[delays.size() / 2], 50 * kNsPerMs);
}

// A process that kills a worker, an agent's child, as soon as the runner has one. Not a thread:
// that would share clock and descriptors with the controller. Reaped by the caller.
pid_t KillsAWorkerOf(pid_t runner) {
  const pid_t killer = fork();
  if (killer != 0) return killer;
  const std::int64_t until_ns = MonotonicNs() + kTestPatienceNs;
  while (MonotonicNs() < until_ns) {
    for (const ProcessState& agent : ChildrenOf(runner)) {
      const std::vector<ProcessState> workers = ChildrenOf(agent.pid);
      if (workers.empty()) continue;
      kill(workers.front().pid, SIGKILL);
      _exit(0);
    }
    SysSleepUntil(MonotonicNs() + kNsPerMs);
  }
  _exit(1);
}

TEST(ServerModels, KilledWorkerMakesItsTrialAnErrorAndNoFinding) {
  for (const char* accept : {R"({"model": "process_per_connection"})",
                             R"({"model": "iterative", "workers": 2, "worker": "process"})"}) {
    json document = json::parse(R"({
      "name": "killed", "trials": 1, "window_ms": 8000, "timing": "insensitive",
      "server": {"script": [{"recv": "\n"}]},
      "clients": [{"script": [{"connect": {}}, {"recv": {"until": "eof"}}]}]})");
    document["server"]["accept"] = json::parse(accept);
    const pid_t killer = KillsAWorkerOf(getpid());
    const LabRun run = RunScenario(document.dump());
    ASSERT_EQ(waitpid(killer, nullptr, 0), killer);
    EXPECT_TRUE(run.trials.empty());
    ASSERT_EQ(run.errors.size(), 1U);
    EXPECT_EQ(run.errors[0].code, "worker_failed") << run.errors[0].message;
    EXPECT_TRUE(NoProcessIsLeft());
  }
}

TEST(ServerModels, LibuvClientsAreServedRefusedAndTimedOut) {
  const LabRun served = RunScenario(R"({
    "name": "libuv", "trials": 2, "window_ms": 2000, "timing": "insensitive",
    "server": {"accept": {"model": "thread_per_connection"}, "script": [{"recv": "\n"}, {"reply": "uppercase"}]},
    "clients": [{"count": 3, "every_ms": 5, "io": "libuv", "script": [
      {"connect": {"label": "c"}}, {"send": "ciao ${index}\n"}, {"recv": {"until": "eof", "label": "answer"}},
      {"close": {"label": "close"}}]}]})");
  ASSERT_TRUE(served.errors.empty()) << served.errors.front().message;
  for (const LabTrial& trial : served.trials) {
    EXPECT_EQ(trial["replies"], json({{"CIAO 0\n"}, {"CIAO 1\n"}, {"CIAO 2\n"}}));
    EXPECT_EQ(trial["steps"]["close"], json({{"ok"}, {"ok"}, {"ok"}}));
    EXPECT_EQ(trial["outcome_counts"]["accepted"], 3);
  }
  const LabRun refused = RunScenario(R"({
    "name": "dead port", "trials": 2, "window_ms": 1500, "timing": "insensitive",
    "server": {"listen": {"mode": "bound"}},
    "clients": [{"io": "libuv", "script": [{"connect": {"label": "c"}}, {"send": {"text": "x", "label": "s"}}]}]})");
  ASSERT_TRUE(refused.errors.empty()) << refused.errors.front().message;
  for (const LabTrial& trial : refused.trials) {
    EXPECT_EQ(trial["connect_outcomes"], json::parse(R"(["refused"])"));
    EXPECT_EQ(trial["steps"]["c"], json::parse(R"([["ECONNREFUSED"]])"));
    EXPECT_EQ(trial["steps"]["s"], json::parse(R"([["skipped"]])"));
  }
  const LabRun late = RunScenario(R"({
    "name": "full queue", "trials": 2, "window_ms": 700, "timing": "insensitive",
    "server": {"listen": {"backlog": 0}, "accept": {"model": "never"}},
    "clients": [{"count": 2, "every_ms": 30, "io": "libuv", "script": [{"connect": {"timeout_ms": 300, "label": "c"}}]}]})");
  ASSERT_TRUE(late.errors.empty()) << late.errors.front().message;
  for (const LabTrial& trial : late.trials) {
    EXPECT_EQ(trial["connect_outcomes"], json({"queued", "pending"}));
    EXPECT_EQ(trial["steps"]["c"], json({{"ok"}, {"timeout"}}));
  }
}

TEST(ServerModels, LimitOfSeveralProcessesIsRefusedWhenTheScenarioIsRead) {
  json document =
      SlowAndQuick({{"model", "iterative"}, {"workers", 2}, {"worker", "process"}, {"limit", 2}});
  const LoadedScenario loaded = LoadScenarioText(document.dump(), "test.json", {});
  EXPECT_FALSE(loaded.scenario);
  ASSERT_FALSE(loaded.diagnostics.empty());
  EXPECT_NE(FormatDiagnostic(loaded.diagnostics[0]).find("limit"), std::string::npos);
}

}  // namespace
}  // namespace tcplab::test
