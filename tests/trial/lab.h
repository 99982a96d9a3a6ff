// A test that reads as the experiment: a scenario as text, run by real agents, and what was
// observed.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/observe/observe.h"
#include "core/trial/controller.h"

namespace tcplab::test {

// One trial, reduced.
struct LabTrial {
  std::size_t case_index = 0;
  nlohmann::json parameters;
  TrialObservations observed;
  TrialRecord record;  // with its trace

  [[nodiscard]] const nlohmann::json& operator[](const std::string& observation) const {
    return observed.values.at(observation);
  }
};

// Everything that a run gave.
struct LabRun {
  Scenario scenario;
  std::vector<LabTrial> trials;
  std::vector<TrialError> errors;

  // In how many trials the observation was this value.
  [[nodiscard]] std::size_t Count(const std::string& observation,
                                  const nlohmann::json& value) const;
};

// Runs the scenario and fails the test when it cannot be loaded or run. Trials that the machine
// disturbed are run again, as the runner does.
[[nodiscard]] LabRun RunScenario(const std::string& text, const ControllerOptions& options);

}  // namespace tcplab::test
