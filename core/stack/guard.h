// The guard: a process between the runner and a command that starts another stack. It outlives
// both, and whatever the command started ends with it.
#pragma once

#include <string>
#include <vector>

namespace tcplab {

// The descriptor over which the guard hears from its keeper: lines, "interrupt" or "terminate" to
// pass on such a signal. When it ends, because the keeper wants the end or is dead, everything is
// killed. At the end the guard reports there, a line each:
//   "exit N", "signal N" or "failed ERRNO"      how the command ended, or why it did not start
//   "left TEXT"                                 what could not be taken away
inline constexpr int kGuardControl = 3;

// `arguments`: a folder that does not exist yet, made for the command and removed after it, and the
// command. Standard streams are the command's. Returns the exit code of the guard.
[[nodiscard]] int GuardMain(const std::vector<std::string>& arguments);

}  // namespace tcplab
