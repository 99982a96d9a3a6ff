// A worker of a server of several processes: serves the connections, or accepts on the listener,
// that its server agent passes to it.
#pragma once

#include "core/agent/frame_pipe.h"
#include "core/agent/plan.h"

namespace tcplab {

// Plays the worker that `plan` describes until its server agent takes the trace, then ends the
// process. Sockets come over descriptor kSocketPipe.
[[noreturn]] void RunWorkerAgent(FramePipe& pipe, const ServerPlan& plan);

}  // namespace tcplab
