// The clients' side of a trial, as a process.
#pragma once

#include "core/agent/frame_pipe.h"
#include "core/agent/plan.h"

namespace tcplab {

// Plays the clients that `plan` describes until the controller takes the trace, then ends the
// process.
[[noreturn]] void RunFleetAgent(FramePipe& pipe, const FleetPlan& plan);

}  // namespace tcplab
