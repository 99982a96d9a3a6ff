// The same experiment twice: 100 bytes sent one by one, once between two plain programs, once by
// the runner. Each function runs one trial, with fresh processes, and returns the sizes of its
// recvs.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/observe/observe.h"
#include "core/scenario/loader.h"
#include "core/trial/controller.h"
#include "tests/bench/support/plain_process.h"
#include "tests/bench/support/programs.h"
#include "tests/bench/support/recv_sizes.h"

namespace tcplab::bench {

constexpr std::uint64_t kTrialLimitMs = 30'000;
constexpr std::size_t kBytesSent = 100;

// How the client sends.
struct Setting {
  bool nodelay = false;
  double pause_ms = 0;
};

// Neither program may lose a byte: then it would be another experiment.
inline Result<RecvSizes> CheckedSizes(RecvSizes sizes, const std::string& who) {
  std::size_t bytes = 0;
  for (const std::size_t size : sizes) bytes += size;
  if (bytes == kBytesSent && !sizes.empty()) return sizes;
  return HarnessFault(who + " received " + std::to_string(bytes) + " bytes");
}

// "recvs 3: 1 1 98", which follows the line with the port.
inline Result<RecvSizes> ParsePlainSizes(const std::string& output) {
  std::istringstream lines(output);
  std::string word;
  std::size_t count = 0;
  while (lines >> word && word != "recvs") {
  }
  lines >> count;
  lines >> word;  // the colon
  RecvSizes sizes;
  for (std::size_t size = 0; lines >> size;) sizes.push_back(size);
  if (sizes.size() != count) return HarnessFault("plain_server printed: " + output);
  return CheckedSizes(std::move(sizes), "plain_server");
}

// How the plain programs are started.
struct PlainStart {
  double wait_ms = 3;  // how long the client sleeps before it connects
  bool apart = true;   // each on a processor of its own (taskset), as the runner starts its own
};

inline std::vector<std::string> Command(std::vector<std::string> program, int processor,
                                        bool apart) {
  if (!apart) return program;
  std::vector<std::string> command = {"taskset", "-c", std::to_string(processor)};
  command.insert(command.end(), program.begin(), program.end());
  return command;
}

inline Result<RecvSizes> PlainTrial(const Setting& setting, const PlainStart& start) {
  const auto us = [](double ms) { return std::to_string(static_cast<long>(ms * 1000)); };
  Loop loop;
  auto server = PlainProcess::Start(loop, Command({Beside("plain_server")}, 0, start.apart));
  if (!server) return Forward(server);
  if (!RunUntil(loop, kTrialLimitMs, [&] { return (*server)->has_line(); })) {
    return HarnessFault("plain_server does not listen");
  }
  const std::string& line = (*server)->output();
  const std::string port = line.substr(5, line.find('\n') - 5);  // after "port "
  auto client =
      PlainProcess::Start(loop, Command({Beside("plain_client"), port, setting.nodelay ? "1" : "0",
                                         us(setting.pause_ms), us(start.wait_ms)},
                                        1, start.apart));
  if (!client) return Forward(client);
  const bool over =
      RunUntil(loop, kTrialLimitMs, [&] { return (*client)->over() && (*server)->over(); });
  if (!over || (*client)->failed() || (*server)->failed()) {
    return HarnessFault("the plain programs did not end well: " + (*server)->output());
  }
  return ParsePlainSizes((*server)->output());
}

// The scenario with one case, run once.
inline Result<Scenario> LoadSegmentation(const std::string& path, const Setting& setting) {
  LoadOptions options;
  options.overrides = {{"nodelay", setting.nodelay ? "true" : "false"},
                       {"pause_ms", nlohmann::json(setting.pause_ms).dump()}};
  options.trials = 1;
  LoadedScenario loaded = LoadScenarioFile(path, options);
  if (loaded.scenario && loaded.scenario->cases.size() == 1) return std::move(*loaded.scenario);
  std::string why = path + " gives no single case";
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    why += "\n" + FormatDiagnostic(diagnostic);
  }
  return Invalid(why);
}

inline Result<RecvSizes> SizesOf(const Scenario& scenario, const TrialRecord& record) {
  if (record.error) return HarnessFault(record.error->code + ": " + record.error->message);
  const Result<TrialObservations> observed = Observe(scenario.cases.front(), *record.trace);
  if (!observed) return Forward(observed);
  const nlohmann::json& connections = observed->values.at("recv_sizes");
  if (!connections.is_array() || connections.size() != 1) {
    return HarnessFault("not one connection: " + connections.dump());
  }
  return CheckedSizes(connections.front().get<RecvSizes>(), "the server agent");
}

inline Result<RecvSizes> RunnerTrial(const Scenario& scenario,
                                     const std::vector<std::string>& agent_command) {
  ControllerOptions options;
  options.agent_command = agent_command;
  std::optional<Result<RecvSizes>> sizes;
  const Result<RunEnd> end = RunTrials(scenario, options, [&](const TrialRecord& record) {
    sizes = SizesOf(scenario, record);
    return Verdict::kStands;
  });
  if (!end) return Forward(end);
  if (end->interrupted_by || !sizes) return HarnessFault("interrupted");
  return *sizes;
}

}  // namespace tcplab::bench
