// The one trial that is to be explained: run for it, or read from the traces kept with a result.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "core/base/result.h"
#include "core/scenario/loader.h"
#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"
#include "runner/exit_code.h"

namespace tcplab {

struct ExplainedTrial {
  Scenario scenario;
  std::size_t case_index = 0;
  TrialTrace trace;    // verified
  std::string origin;  // "one trial, run just now; the first of 4 cases (--case picks another)"

  [[nodiscard]] const Case& its_case() const { return scenario.cases[case_index]; }
};

enum class ExplainableKind { kScenario, kResult };

// By what the file holds. An error (kInvalid) when it is neither; what is no JSON at all counts as
// a scenario, whose loader says where it is broken.
[[nodiscard]] Result<ExplainableKind> KindOfFile(const std::string& path);

// Runs one trial of the first case that the options leave. What is wrong is said on stderr, and its
// exit code returned. Writes no file.
[[nodiscard]] std::variant<ExplainedTrial, ExitCode> RunOneTrial(const std::string& path,
                                                                 const LoadOptions& options);

// The trial `round` (without one: the first) of the first case that the options leave.
[[nodiscard]] Result<ExplainedTrial> ReadKeptTrial(const std::string& path,
                                                   const LoadOptions& options,
                                                   std::optional<std::size_t> round);

}  // namespace tcplab
