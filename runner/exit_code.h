// What the runner's exit codes mean (they are part of its interface: README, "Exit codes").
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace tcplab {

enum class ExitCode : int {
  kOk = 0,             // done; expectations met
  kFailed = 1,         // an expectation failed
  kInvalid = 2,        // usage, or a scenario or result that is missing or not valid
  kHarness = 3,        // the harness could not measure
  kInconclusive = 4,   // with --strict
  kUnsupported = 77,   // every case was unsupported here
  kInterrupted = 130,  // by SIGINT; what was measured so far is written
  kTerminated = 143,   // by SIGTERM
};

// The one that applies to both: 130 and 143 before 2, 3, 1, 4, 77 and 0.
[[nodiscard]] ExitCode Worse(ExitCode a, ExitCode b);

[[nodiscard]] ExitCode ExitCodeOf(ErrorKind kind);

// Of a result document that was not interrupted.
[[nodiscard]] ExitCode ExitCodeOf(const nlohmann::json& document);

// 130 or 143.
[[nodiscard]] ExitCode ExitCodeOfSignal(int signal);

}  // namespace tcplab
