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

// Whose address is meant: a server's, or that of a socket of this script, by what getsockname(2)
// says when the step runs. With neither it is the first server's.
struct Whose {
  std::string server;                  // its name; empty: see `socket`
  std::optional<std::uint8_t> socket;  // by the order of its name in the script
};

// An address as a script gives it: what is not given here is taken from `whose`.
struct Endpoint {
  std::optional<std::string> address;  // a literal IPv4 or IPv6 address
  std::optional<std::uint16_t> port;
  std::optional<Whose> whose;
};

// connect(2), to the first server unless `to` says otherwise. Without a deadline this is one plain
// call.
struct ConnectStep {
  Endpoint to;
  std::optional<double> timeout_ms;
};

// bind(2): to 127.0.0.1 and a port of the system's choice, as far as `to` says nothing else.
struct BindStep {
  Endpoint to;
};

struct ListenStep {
  int backlog = 128;
};

// accept(2) on a listening socket; the connection becomes the socket `as`.
struct AcceptStep {
  std::uint8_t as = 0;
  std::optional<double> timeout_ms;
};

// Flags of send(2) and recv(2), by name; which of them a platform has shows when the step runs.
using MessageFlags = std::vector<std::string>;

// Sends `text`, or `bytes` bytes of a repeating alphabet, `each` bytes a system call (0: all in
// one); or what arrives on the runner's standard input, as it comes, until end of file.
struct SendStep {
  std::string text;
  bool from_stdin = false;
  std::string example;    // what standard input holds where nobody is there to give it
  std::size_t bytes = 0;  // used when `text` is empty and `is_text` is false
  bool is_text = true;
  std::size_t each = 0;
  MessageFlags flags;
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
  MessageFlags flags;
};

enum class Transform { kUppercase, kEcho, kConsonants, kPrime };

// Sends the last message received, transformed, and `end` after it.
struct ReplyStep {
  Transform transform = Transform::kEcho;
  std::string end;
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
    std::string text;  // of an option whose value is a text, such as TCP_CONGESTION
  };
  std::vector<Option> options;
};

// getsockopt(2) of one option, by the system's own name; its outcome is the value.
struct GetStep {
  std::string name;
};

// One number that the kernel knows of a socket, by the field's name ("recv_queue"); for `state` the
// outcome is the state's name (RFC 9293 section 3.3.2).
struct SampleStep {
  std::string field;
};

// The loop [RepeatBegin, RepeatEnd]. Ends after `times` rounds, when `until` is met by a message
// just received or by the outcome of a step, or at eof or an error of a step in it.
struct RepeatBegin {
  std::optional<std::uint64_t> times;
  std::optional<std::string> until_message;  // compared without the line's end ("\n" or "\r\n")
  std::optional<std::string> until_outcome;  // of any step in it: "timeout", "would_block"
  std::size_t end = 0;                       // index of the RepeatEnd
};

struct RepeatEnd {
  std::size_t begin = 0;  // index of the RepeatBegin
};

using Action = std::variant<ConnectStep, BindStep, ListenStep, AcceptStep, SendStep, RecvStep,
                            ReplyStep, ShutdownStep, CloseStep, AbortStep, SleepStep, AwaitStep,
                            SignalStep, SetStep, GetStep, SampleStep, RepeatBegin, RepeatEnd>;

// The socket that a step means when it names none: a client's, or a handler's connection.
inline constexpr std::uint8_t kMainSocket = 0;

struct Step {
  Action action;
  std::string label;  // empty: the outcome is not an observation of its own
  // Which of the script's sockets it works on, by the order in which their names first stand there;
  // the main one is always the first.
  std::uint8_t socket = kMainSocket;
};

using Script = std::vector<Step>;

// How many sockets a script names, the main one included.
[[nodiscard]] std::size_t SocketCount(const Script& script);

// Whether a script sends standard input, which there is only once.
[[nodiscard]] bool SendsStdin(const Script& script);

}  // namespace tcplab
