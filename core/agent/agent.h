// `runner agent`: a child process that plays one side of one trial.
#pragma once

namespace tcplab {

// Reads its plan from stdin and plays it. Prints nothing but frames; ends the process.
[[noreturn]] void AgentMain();

}  // namespace tcplab
