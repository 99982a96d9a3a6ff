// One event: what one system call (or one step of a script) did.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/trace/outcome.h"

namespace tcplab {

// What an event tells of. The numbers are part of the trace format: append only.
enum class Op : std::uint8_t {
  kSocket,       // socket(2)
  kBind,         // bind(2)
  kListen,       // listen(2); argument: backlog
  kGetSockName,  // getsockname(2); data: the local address
  kConnect,      // connect(2)
  kSoError,    // getsockopt(SO_ERROR), which concludes a non-blocking connect; result: as connect's
  kPoll,       // poll(2) before a call with a deadline; result: 1 ready, 0 deadline passed
  kAccept,     // accept(2); argument: the connection's number; data: the peer's address
  kRecv,       // recv(2); argument: bytes asked for; data: what came, where it is kept
  kSend,       // send(2); argument: bytes offered
  kShutdown,   // shutdown(2); argument: 0 read, 1 write, 2 both
  kClose,      // close(2)
  kSetOption,  // setsockopt(2)
  kFcntl,      // fcntl(2); argument: 1 non-blocking, 0 blocking
  kSleep,      // a pause of the script: the time it really took
  kAwait,      // waiting for a signal; result: 1 given, 0 deadline passed
  kSignal,     // giving a signal
  kStep,       // a whole step; result: its value or error, argument: its Outcome::Kind
  kState,   // a client at the freeze; result: a SocketState, argument: its TCP state; data: local
            // address
  kQueue,   // the listener at the freeze; result: length of its accept queue, argument: its limit
  kFreeze,  // the server's freeze stamp
  kGetOption,   // getsockopt(2)
  kSample,      // what the kernel knows of a socket: TCP_INFO, or the size of a queue
  kPeek,        // recv(2) with MSG_PEEK: what came stays in the stream
  kRecvUrgent,  // recv(2) with MSG_OOB
  kSendUrgent,  // send(2) with MSG_OOB: the last byte is the urgent one (RFC 6093)
  kInput,       // waiting for a piece of standard input; result: its bytes, 0 at end of file
};
[[nodiscard]] std::string_view OpName(Op op) noexcept;
constexpr std::uint8_t kOpCount = static_cast<std::uint8_t>(Op::kInput) + 1;

// "ESTABLISHED": the states of TCP (RFC 9293 section 3.3.2), as TCP_INFO numbers them on Linux.
[[nodiscard]] std::string_view TcpStateName(std::uint32_t state) noexcept;

// Where a client stood when the trial was frozen, by its own state and the kernel's word.
enum class SocketState : std::int64_t {
  kNotStarted = 0,    // its first connect had not begun
  kConnecting = 1,    // connect begun, no peer yet
  kEstablished = 2,   // getpeername(2) names a peer
  kNotConnected = 3,  // was connected or refused, has no peer now: reset, or failed
  kClosed = 4,        // the script closed its socket, or never opened one
};

// Actor numbers of events that belong to no client and no connection.
constexpr std::uint32_t kListenerActor = 0xFFFF'FFFFU;

// `step` of events that belong to no step.
constexpr std::uint16_t kNoStep = 0xFFFFU;

// Fields up to `op` are known before the call, the others after it; the recorder's reader depends
// on that.
struct Event {
  std::int64_t begin_ns = 0;
  std::uint32_t actor = 0;     // client number, connection number, or kListenerActor
  std::uint32_t argument = 0;  // see Op
  std::uint16_t step = kNoStep;
  std::uint8_t socket = 0;  // the actor's socket, by the order of its names
  Op op = Op::kSocket;
  std::uint32_t data = 0;   // 1 + offset of kept bytes in the recorder's arena; 0: none kept
  std::int64_t end_ns = 0;  // 0: in flight when the trace was taken
  std::int64_t result = 0;  // >= 0: what the call returned; < 0: minus an ErrorCode

  [[nodiscard]] bool finished() const { return end_ns != 0; }
  [[nodiscard]] bool failed() const { return result < 0; }
  [[nodiscard]] ErrorCode error() const {
    return failed() ? static_cast<ErrorCode>(-result) : ErrorCode::kNone;
  }
  friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 40, "an event is 40 bytes: the cost of a trace is counted with it");

}  // namespace tcplab
