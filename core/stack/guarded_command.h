// A command run to its end behind a guard (guard.h): bounded in time and in what it writes, and
// nothing of it is left afterwards, not even when this process is killed.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace tcplab {

struct GuardedCommand {
  std::vector<std::string> guard;    // what starts a guard: {"/path/to/runner", "guard"}
  std::string folder;                // not there yet: made for the command, removed after it
  std::vector<std::string> command;  // program, looked for on PATH, and its arguments
  std::string input;                 // for its standard input
  bool live_input = false;           // what comes on our own standard input follows
  double limit_seconds = 60;         // then it is killed
  std::size_t most_output_bytes = std::size_t{512} << 20U;
  std::function<void(std::string_view)> on_error_output;  // what it writes to stderr, as it comes
};

// How it ended.
struct CommandEnd {
  enum class Kind {
    kExited,      // number: its exit code
    kSignalled,   // number: the signal
    kNotStarted,  // `why`: the errno's name
    kTimedOut,
    kTooMuchOutput,
    kGuardLost,  // somebody killed the guard: nobody knows
  };
  bool guard_lost = false;  // whatever it was killed for
  Kind kind = Kind::kGuardLost;
  int number = 0;
  std::string why;
  std::string out;                    // what it wrote to stdout
  std::string err;                    // the last of what it wrote to stderr
  std::optional<int> interrupted_by;  // SIGINT (2) or SIGTERM (15), which was passed on to it
  std::vector<std::string> left;      // what could not be taken away
};

// Returns when the command and all that it started are gone. SIGINT and SIGTERM are passed on; what
// does not end within ten seconds, or after a second one, is killed. An error: no guard could be
// started.
[[nodiscard]] Result<CommandEnd> RunGuarded(const GuardedCommand& command);

}  // namespace tcplab
