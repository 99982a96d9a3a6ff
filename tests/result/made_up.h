// Scenarios, environments and trials that a test makes up.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/observe/observe.h"
#include "core/result/environment.h"
#include "core/result/result_builder.h"
#include "core/scenario/loader.h"

namespace tcplab {

// `parameters` and `expect` are JSON; every parameter must be used in the fixed part below.
inline Scenario MadeUpScenario(const std::string& parameters, int trials,
                               const std::string& expect = "[]") {
  const std::string text = R"({"name": "made-up", "summary": "Nothing that ever happened",
      "parameters": )" + parameters +
                           R"(, "trials": )" + std::to_string(trials) +
                           R"(, "window_ms": 600, "timing": "insensitive",
      "server": {"listen": {"backlog": "$backlog"}, "accept": {"model": "never"}},
      "clients": [{"count": "$clients", "every_ms": 20, "script": [{"connect": {}}]}],
      "expect": )" + expect +
                           "}";
  LoadedScenario loaded = LoadScenarioText(text, "scenarios/made-up.json", {});
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    EXPECT_EQ(diagnostic.severity, Severity::kWarning) << FormatDiagnostic(diagnostic);
  }
  return loaded.scenario.value_or(Scenario{});
}

inline Environment MadeUpEnvironment() {
  return {"linux-6.1-x86_64", "linux", "linux", {{"kernel", "6.1.0"}}};
}

inline RunInfo MadeUpRun() {
  RunInfo run;
  run.version = "0.0.0";
  run.libuv = "1.44.2";
  run.seed = 7;
  run.started = "2025-01-31T09:00:00Z";
  run.jobs = 4;
  return run;
}

// A trial in which nothing happened, but for what is given.
inline TrialObservations MadeUpTrial(const std::map<std::string, nlohmann::json>& values) {
  TrialObservations observed;
  for (const ObservationKind& kind : ObservationKinds()) {
    observed.values[std::string(kind.name)] = nlohmann::json::array();
  }
  for (const char* name : {"outcome_counts", "recv_histogram", "stream_end", "steps"}) {
    observed.values[name] = nlohmann::json::object();
  }
  for (const auto& [name, value] : values) observed.values.at(name) = value;
  observed.evidence = {{"queue_length", 1}};
  return observed;
}

// A client's trial with these outcomes, counted as well.
inline TrialObservations TrialWithOutcomes(const std::vector<std::string>& outcomes) {
  nlohmann::json counts = {{"accepted", 0}, {"queued", 0}, {"pending", 0}, {"refused", 0}};
  for (const std::string& word : outcomes) counts[word] = counts.value(word, 0) + 1;
  return MadeUpTrial({{"connect_outcomes", outcomes}, {"outcome_counts", counts}});
}

}  // namespace tcplab
