// The steps of a script, resolved: what an actor does, in the order it does it.
//
// A Script is flat. `repeat` becomes a RepeatBegin and a RepeatEnd that know each other's place, so
// that an actor needs a program counter and no stack of scripts. Payloads stay descriptions here;
// the agent that runs the script builds their bytes before the trial begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tcplab {

// Opens a connection to the server under test. Without a deadline this is one plain connect(2).
struct ConnectStep {
  std::optional<double> timeout_ms;
};

// Sends `text`, or `bytes` bytes of a repeating alphabet, `each` bytes a system call (0: all in
// one).
struct SendStep {
  std::string text;
  std::size_t bytes = 0;  // used when `text` is empty and `is_text` is false
  bool is_text = true;
  std::size_t each = 0;
};

// When a recv step is done.
struct RecvUntil {
  enum class Kind {
    kOneCall,    // one recv(2), whatever it returns
    kDelimiter,  // the first occurrence of `delimiter`, which belongs to the message
    kBytes,      // `bytes` bytes
    kEof,        // the peer's FIN
  };
  Kind kind = Kind::kOneCall;
  std::string delimiter;
  std::size_t bytes = 0;
};

// Receives with a buffer of `buffer` bytes a call until `until` is met. What came after a delimiter
// or count is kept for the actor's next recv step.
struct RecvStep {
  RecvUntil until;
  std::size_t buffer = 4096;
  std::optional<double> timeout_ms;  // for the whole step
};

enum class Transform { kUppercase, kEcho };

// Sends the last message received, transformed.
struct ReplyStep {
  Transform transform = Transform::kEcho;
};

enum class ShutdownHow { kRead, kWrite, kBoth };

struct ShutdownStep {
  ShutdownHow how = ShutdownHow::kWrite;
};

// close(2). Unread data makes the kernel send RST instead of FIN on some systems (RFC
// 1122 4.2.2.13).
struct CloseStep {};

// SO_LINGER {1, 0}, then close(2): the connection ends with RST.
struct AbortStep {};

// Waits on the clock. 0 makes no call at all.
struct SleepStep {
  double ms = 0;
};

// Waits until `signal` was given at least `count` times, by any actor of the trial.
struct AwaitStep {
  std::string signal;
  std::uint32_t count = 1;
  std::optional<double> timeout_ms;
};

struct SignalStep {
  std::string signal;
};

// setsockopt(2), one call an option, in the order of the names. The name is the system's own
// (TCP_NODELAY); SO_LINGER's value is {onoff, seconds} written as seconds, or -1 for off.
struct SetStep {
  struct Option {
    std::string name;
    std::int64_t value = 0;
  };
  std::vector<Option> options;
};

// The loop [RepeatBegin, RepeatEnd]. Ends after `times` rounds, when `until` is met by a message
// just received, or at eof or an error of a step in it.
struct RepeatBegin {
  std::optional<std::uint64_t> times;
  std::optional<std::string> until_message;  // compared without the line's end ("\n" or "\r\n")
  std::size_t end = 0;                       // index of the RepeatEnd
};

struct RepeatEnd {
  std::size_t begin = 0;  // index of the RepeatBegin
};

using Action =
    std::variant<ConnectStep, SendStep, RecvStep, ReplyStep, ShutdownStep, CloseStep, AbortStep,
                 SleepStep, AwaitStep, SignalStep, SetStep, RepeatBegin, RepeatEnd>;

struct Step {
  Action action;
  std::string label;  // empty: the outcome is not an observation of its own
};

using Script = std::vector<Step>;

}  // namespace tcplab
