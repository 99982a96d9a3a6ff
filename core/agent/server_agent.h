// The server's side of a trial, as a process.
#pragma once

#include "core/agent/frame_pipe.h"
#include "core/agent/plan.h"

namespace tcplab {

// Plays the server that `plan` describes until the controller takes the trace, then ends the
// process.
[[noreturn]] void RunServerAgent(FramePipe& pipe, const ServerPlan& plan);

}  // namespace tcplab
