// What one trial left behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/net/kernel_counters.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

// Why a trial has no trace: a fault of the harness, never a finding about TCP.
struct TrialError {
  std::string code;  // "agent_died", "listen_failed", "timeout"...
  std::string message;
};

struct TrialRecord {
  std::size_t case_index = 0;
  std::size_t round = 0;
  bool alone = true;                // nothing else ran beside it
  bool may_repeat = false;          // there is still room for running it again
  std::optional<TrialTrace> trace;  // exactly one of trace and error
  std::optional<TrialError> error;
  KernelCounters counters;  // of the whole network namespace while it ran
  // How far times of two agents may be off against each other, where some ran on other machines.
  std::optional<std::int64_t> clock_bound_ns;
};

}  // namespace tcplab
