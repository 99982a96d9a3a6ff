// Where each client stands at the freeze: its own state, and the kernel's word for it.
#pragma once

#include "core/agent/fleet.h"
#include "core/trace/recorder.h"

namespace tcplab {

// Records one kState event a client. The context's `frozen` must have been set before. Asks the
// kernel by getsockname, getpeername and TCP_INFO, never by SO_ERROR, which would take the error
// from the script.
void RecordStates(FleetContext& context, Recorder& recorder);

// SO_LINGER {1, 0} on every client's socket, so that the end of the process leaves no TIME_WAIT
// behind.
void ResetOnExit(FleetContext& context);

}  // namespace tcplab
