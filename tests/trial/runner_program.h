// The runner as it was built for the tests. Included by tests only: the build tells each where the
// runner is.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/trial/lab.h"

namespace tcplab::test {

[[nodiscard]] inline std::string RunnerProgram() {
  const char* runner = std::getenv("TCPLAB_RUNNER");
  return runner == nullptr ? TCPLAB_RUNNER : runner;
}

// Runs a scenario with the runner's own agents.
[[nodiscard]] inline LabRun RunScenario(const std::string& text) {
  ControllerOptions options;
  options.agent_command = {RunnerProgram(), "agent"};
  return RunScenario(text, options);
}

}  // namespace tcplab::test
