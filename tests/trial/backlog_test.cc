// What a listen queue holds, on this system: the project's first claim.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include "core/base/clock.h"
#include "tests/trial/lab.h"
#include "tests/trial/runner_program.h"

namespace tcplab::test {
namespace {

using nlohmann::json;

// Client 0 is served, the next `backlog` + 1 wait in the queue, the rest goes on connecting (Linux,
// sk_acceptq_is_full).
json Expected(std::size_t clients, std::size_t backlog) {
  json outcomes = json::array();
  for (std::size_t i = 0; i < clients; ++i) {
    outcomes.push_back(i == 0 ? "accepted" : i <= backlog + 1 ? "queued" : "pending");
  }
  return outcomes;
}

json Numbers(std::size_t first, std::size_t last) {
  json numbers = json::array();
  for (std::size_t i = first; i < last; ++i) numbers.push_back(i);
  return numbers;
}

constexpr double kEveryMs = 20;

// An iterative server that is busy with its first client.
json BusyServer(const json& backlogs, const json& clients) {
  return {
      {"name", "backlog"},
      {"parameters",
       {{"backlog", backlogs},
        {"clients", clients},
        {"server_io", "blocking"},
        {"client_io", "blocking"}}},
      {"trials", 1},
      {"window_ms", 850},
      {"timing", "insensitive"},
      {"server",
       {{"listen", {{"backlog", "$backlog"}}},
        {"accept", {{"model", "iterative"}}},
        {"io", "$server_io"},
        {"script",
         json::parse(
             R"([{"repeat": {"until": "eof", "steps": [{"recv": "\n"}, {"reply": "uppercase"}]}}])")}}},
      {"clients",
       json::array({{{"count", "$clients"},
                     {"every_ms", kEveryMs},
                     {"io", "$client_io"},
                     {"script",
                      json::parse(R"([{"connect": {"timeout_ms": 830}}, {"send": "ciao ${index}\n"},
                                                    {"recv": {"until": "\n", "timeout_ms": 800, "label": "reply"}}])")}}})}};
}

// When the server had its first client, after "go". 0 when it had none.
double FirstAcceptMs(const TrialTrace& trace) {
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max();
  for (const RecorderTrace& recorder : trace.servers.front().recorders) {
    for (const Event& event : recorder.events) {
      if (event.op == Op::kAccept && event.finished() && !event.failed()) {
        first_ns = std::min(first_ns, event.end_ns);
      }
    }
  }
  return first_ns == std::numeric_limits<std::int64_t>::max() ? 0 : NsToMs(first_ns - trace.go_ns);
}

TEST(Backlog, AnyBacklogClientsAndEndpointsFollowTheRuleOfLinux) {
  std::random_device device;
  const unsigned seed = device();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 generator(seed);
  std::set<int> backlogs;
  std::set<int> clients;
  while (backlogs.size() < 4) backlogs.insert(std::uniform_int_distribution<int>(0, 20)(generator));
  while (clients.size() < 3) clients.insert(std::uniform_int_distribution<int>(1, 30)(generator));
  json document = BusyServer(backlogs, clients);
  document["parameters"]["server_io"] = {"blocking", "poll"};
  document["parameters"]["client_io"] = {"blocking", "poll"};

  // Fewer side by side than by default: up to 30 clients each, on sanitizers too.
  ControllerOptions options;
  options.agent_command = {RunnerProgram(), "agent"};
  options.jobs = 6;
  const LabRun run = RunScenario(document.dump(), options);

  EXPECT_TRUE(run.errors.empty()) << run.errors.front().message;
  ASSERT_EQ(run.trials.size(), 4U * 3U * 2U * 2U);
  std::size_t judged = 0;
  for (const LabTrial& trial : run.trials) {
    SCOPED_TRACE(trial.parameters.dump());
    EXPECT_EQ(trial.observed.health.queue_mismatches, 0U);
    EXPECT_EQ(trial.observed.health.strangers, 0U);
    // Later than the next client's turn is another order of clients than the one asked for.
    if (trial.observed.health.max_delay_ms >= kEveryMs) continue;
    // A server that slept on has no room for the last of them: its first client is in the queue.
    if (FirstAcceptMs(*trial.record.trace) >= kEveryMs) continue;
    ++judged;
    const auto count = trial.parameters["clients"].get<std::size_t>();
    const auto backlog = trial.parameters["backlog"].get<std::size_t>();
    EXPECT_EQ(trial["connect_outcomes"], Expected(count, backlog));
    EXPECT_EQ(trial["accept_order"], json::array({0}));
    EXPECT_EQ(trial["queue_order"], Numbers(1, std::min(count, backlog + 2)));
    EXPECT_EQ(trial["replies"][0], json::array({"CIAO 0\n"}));
  }
  EXPECT_GE(judged, run.trials.size() / 4) << "this machine stands still too often to be measured";
}

TEST(Backlog, LibuvServerHoldsOneConnectionMoreThanTheKernel) {
  json document = BusyServer(1, 5);
  document["server"]["accept"]["model"] = "never";
  document["server"]["script"] = json::array();
  document["parameters"]["server_io"] = {"blocking", "libuv"};
  const LabRun run = RunScenario(document.dump());
  ASSERT_EQ(run.trials.size(), 2U);
  for (const LabTrial& trial : run.trials) {
    const int queued = trial.parameters["server_io"] == "libuv" ? 3 : 2;
    EXPECT_EQ(trial["outcome_counts"]["queued"], queued) << trial.parameters;
  }
}

TEST(Backlog, SecondClientIsServedWhenTheFirstHasLeft) {
  const LabRun run = RunScenario(R"({
    "name": "in turn", "trials": 2, "window_ms": 3500,
    "server": {"listen": {"backlog": 5}, "script": [
      {"repeat": {"until": {"message": "."}, "steps": [{"recv": "\n"}, {"reply": "uppercase"}]}}]},
    "clients": [{"count": 3, "every_ms": 20, "script": [
      {"connect": {}}, {"send": "a\n"}, {"recv": "\n"}, {"sleep": 60}, {"send": ".\n"}, {"recv": {"until": "eof", "label": "end"}}]}]})");
  ASSERT_EQ(run.trials.size(), 2U);
  for (const LabTrial& trial : run.trials) {
    EXPECT_EQ(trial["accept_order"], json({0, 1, 2}));
    EXPECT_EQ(trial["replies"], json({{"A\n"}, {"A\n"}, {"A\n"}}));
    EXPECT_EQ(trial["steps"]["end"], json({{"eof"}, {"eof"}, {"eof"}}));
  }
}

TEST(Backlog, EventLoopServesAllClientsSideBySide) {
  const LabRun run = RunScenario(R"({
    "name": "side by side", "trials": 1, "window_ms": 4500, "timing": "insensitive",
    "server": {"listen": {"backlog": 500}, "accept": {"model": "event_loop"}, "script": [
      {"repeat": {"until": "eof", "steps": [{"recv": "\n"}, {"reply": "uppercase"}]}}]},
    "clients": [{"count": 300, "every_ms": 1, "io": "poll", "script": [
      {"connect": {}}, {"send": "client ${index}\n"}, {"recv": "\n"}, {"sleep": 400}]}]})");
  ASSERT_EQ(run.trials.size(), 1U);
  EXPECT_EQ(run.trials[0]["outcome_counts"]["accepted"], 300);
  EXPECT_EQ(run.trials[0]["replies"][299], json({"CLIENT 299\n"}));
  EXPECT_TRUE(run.trials[0].observed.health.bytes_conserved);
}

}  // namespace
}  // namespace tcplab::test
