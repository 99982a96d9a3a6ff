// Connections made and broken as fast as one client process and one server process can: once by
// plain programs, once by our agents with every call recorded. Each function runs one trial with
// fresh processes and says how many connections a second there were.
//
// Both are measured in the same way: from before the client's first call to after the last close of
// either side.
#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/loader.h"
#include "core/trial/controller.h"
#include "tests/bench/support/plain_process.h"
#include "tests/bench/support/programs.h"

namespace tcplab::bench {

// How the endpoints of both sides make their calls.
struct ConnectionKind {
  std::string io;  // as in a scenario
  std::string accept_model;
  std::string plain;  // the program that does the same
  std::size_t connections = 0;
  std::size_t clients = 1;  // at a time
};

inline Result<double> Rate(std::size_t connections, std::int64_t first_ns, std::int64_t last_ns) {
  if (first_ns <= 0 || last_ns <= first_ns) return HarnessFault("no span of time was measured");
  constexpr double kNsPerSecond = 1e9;
  return static_cast<double>(connections) * kNsPerSecond / static_cast<double>(last_ns - first_ns);
}

// --- plain programs ------------------------------------------------------------------------------

// The number after a word that a plain program printed; 0 when it did not.
inline std::int64_t NumberAfter(const std::string& output, const std::string& word) {
  std::istringstream words(output);
  std::int64_t number = 0;
  for (std::string next; words >> next;) {
    if (next == word) words >> number;
  }
  return number;
}

inline Result<double> PlainRate(const ConnectionKind& kind) {
  constexpr std::uint64_t kLimitMs = 60'000;
  const std::string count = std::to_string(kind.connections);
  Loop loop;
  auto server = PlainProcess::Start(loop, {Beside(kind.plain), "server", count});
  if (!server) return Forward(server);
  if (!RunUntil(loop, kLimitMs, [&] { return (*server)->has_line(); })) {
    return HarnessFault(kind.plain + " does not listen");
  }
  std::vector<std::string> command = {Beside(kind.plain), "client", count,
                                      std::to_string(NumberAfter((*server)->output(), "port"))};
  if (kind.io == "poll") command.push_back(std::to_string(kind.clients));
  auto client = PlainProcess::Start(loop, command);
  if (!client) return Forward(client);
  const bool over =
      RunUntil(loop, kLimitMs, [&] { return (*client)->over() && (*server)->over(); });
  if (!over || (*client)->failed() || (*server)->failed()) {
    return HarnessFault(kind.plain + " did not end well");
  }
  const std::int64_t first_ns = NumberAfter((*client)->output(), "first");
  const std::int64_t last_ns =
      std::max(NumberAfter((*client)->output(), "last"), NumberAfter((*server)->output(), "last"));
  return Rate(kind.connections, first_ns, last_ns);
}

// --- our agents ----------------------------------------------------------------------------------

inline Result<Scenario> RstScenario(const ConnectionKind& kind) {
  using nlohmann::json;
  const json connect_and_abort =
      json::array({{{"connect", json::object()}}, {{"abort", json::object()}}});
  const json repeat = {{"times", kind.connections / kind.clients}, {"steps", connect_and_abort}};
  // The sleep is outside of what is measured: a server that is still busy must not be frozen.
  const json client = {{"count", kind.clients},
                       {"io", kind.io},
                       {"script", json::array({{{"repeat", repeat}}, {{"sleep", 200}}})}};
  const json server = {{"listen", {{"address", "127.0.0.1"}, {"port", 0}, {"backlog", 4096}}},
                       {"accept", {{"model", kind.accept_model}}},
                       {"io", kind.io},
                       {"script", json::array()}};
  const json document = {{"name", "rst"},        {"summary", "connections closed by RST"},
                         {"trials", 1},          {"window_ms", 60'000},
                         {"server", server},     {"clients", json::array({client})},
                         {"timing", "sensitive"}};
  LoadedScenario loaded = LoadScenarioText(document.dump(), "rst.json", {});
  if (loaded.scenario) return std::move(*loaded.scenario);
  std::string why = "the scenario was refused";
  for (const Diagnostic& one : loaded.diagnostics) why += "\n" + FormatDiagnostic(one);
  return HarnessFault(why);
}

// What one agent's calls come to.
struct CallSummary {
  std::int64_t first_socket_ns = 0;
  std::int64_t last_close_ns = 0;
  std::size_t connected = 0;
  std::size_t accepted = 0;
  std::size_t closed = 0;
};

inline CallSummary Summarise(const AgentTrace& agent) {
  CallSummary summary;
  for (const RecorderTrace& recorder : agent.recorders) {
    for (const Event& event : recorder.events) {
      if (event.failed() || event.end_ns > agent.freeze_ns) continue;
      if (event.op == Op::kSocket &&
          (summary.first_socket_ns == 0 || event.begin_ns < summary.first_socket_ns)) {
        summary.first_socket_ns = event.begin_ns;
      }
      if (event.op == Op::kAccept) ++summary.accepted;
      if (event.op == Op::kConnect || event.op == Op::kSoError) ++summary.connected;
      if (event.op != Op::kClose) continue;
      ++summary.closed;
      summary.last_close_ns = std::max(summary.last_close_ns, event.end_ns);
    }
  }
  return summary;
}

inline Result<double> RateOf(const ConnectionKind& kind, const TrialRecord& record) {
  if (record.error) return HarnessFault(record.error->code + ": " + record.error->message);
  const CallSummary client = Summarise(record.trace->fleets.front());
  const CallSummary server = Summarise(record.trace->servers.front());
  const bool all = client.connected == kind.connections && client.closed == kind.connections &&
                   server.accepted == kind.connections && server.closed == kind.connections;
  if (!all) {
    return HarnessFault("connected " + std::to_string(client.connected) + ", accepted " +
                        std::to_string(server.accepted) + " of " +
                        std::to_string(kind.connections));
  }
  return Rate(kind.connections, client.first_socket_ns,
              std::max(client.last_close_ns, server.last_close_ns));
}

inline Result<double> OurRate(const ConnectionKind& kind, const Scenario& scenario) {
  ControllerOptions options;
  options.agent_command = AgentCommand();
  std::optional<Result<double>> rate;
  const Result<RunEnd> end = RunTrials(scenario, options, [&](const TrialRecord& record) {
    rate = RateOf(kind, record);
    return Verdict::kStands;
  });
  if (!end) return Forward(end);
  if (end->interrupted_by || !rate) return HarnessFault("interrupted");
  return *rate;
}

}  // namespace tcplab::bench
