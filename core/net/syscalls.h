// The system calls of a measurement, bare: one call each, nothing recorded, nothing retried.
//
// This header is the whole of what a platform must give; the files *_posix.cc, *_linux.cc, *_bsd.cc
// and *_windows.cc of this folder hold it. Every socket is close-on-exec. Recorded forms
// are in recorded_calls.h.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/net/address.h"
#include "core/trace/outcome.h"

namespace tcplab {

using NativeSocket = uv_os_sock_t;
constexpr NativeSocket kNoSocket = static_cast<NativeSocket>(-1);

// What a call returned: its value, or the errno by name.
struct CallResult {
  std::int64_t value = 0;
  ErrorCode error = ErrorCode::kNone;
  [[nodiscard]] bool ok() const { return error == ErrorCode::kNone; }
  // As Event::result has it.
  [[nodiscard]] std::int64_t encoded() const {
    return ok() ? value : -static_cast<std::int64_t>(error);
  }
};

// The errors that programs act on.
namespace errors {
inline const ErrorCode kAgain = ErrorCodeOf("EAGAIN");
inline const ErrorCode kInterrupted = ErrorCodeOf("EINTR");
inline const ErrorCode kInProgress = ErrorCodeOf("EINPROGRESS");
inline const ErrorCode kNoSys = ErrorCodeOf("ENOSYS");
inline const ErrorCode kNotSupported = ErrorCodeOf("ENOTSUP");
inline const ErrorCode kNoProtoOpt = ErrorCodeOf("ENOPROTOOPT");
}  // namespace errors

enum class Blocking : bool { kNo, kYes };
enum class Ready { kReadable, kWritable };
enum class ShutdownSide : int { kRead = 0, kWrite = 1, kBoth = 2 };

CallResult SysSocket(bool ipv6, Blocking blocking);
CallResult SysBind(NativeSocket socket, const Address& address);
CallResult SysListen(NativeSocket socket, int backlog);
CallResult SysConnect(NativeSocket socket, const Address& address);
// The accepted socket is `blocking` whatever the listener is (inheritance differs: accept(2)).
// `peer` is not valid() where the system does not say whose connection it is (one that was reset
// before it was accepted, on macOS).
CallResult SysAccept(NativeSocket listener, Blocking blocking, Address& peer);
// `flags` as SysMessageFlag gives them.
CallResult SysRecv(NativeSocket socket, std::span<char> buffer, int flags = 0);
CallResult SysSend(NativeSocket socket, std::string_view bytes, int flags = 0);
// The platform's number of a flag of send(2) or recv(2), by its name ("MSG_PEEK"); nothing where it
// has none.
[[nodiscard]] std::optional<int> SysMessageFlag(std::string_view name);
CallResult SysShutdown(NativeSocket socket, ShutdownSide side);
CallResult SysClose(NativeSocket socket);
// Another descriptor of the same socket, close-on-exec too.
CallResult SysDuplicate(NativeSocket socket);
CallResult SysGetSockName(NativeSocket socket, Address& address);
CallResult SysGetPeerName(NativeSocket socket, Address& address);
// Reads and clears the pending error: only to conclude a non-blocking connect (a later recv would
// return 0).
CallResult SysSoError(NativeSocket socket);
CallResult SysSetBlocking(NativeSocket socket, Blocking blocking);
// SO_LINGER {1, 0}: the next close sends RST and leaves no TIME_WAIT.
CallResult SysLingerZero(NativeSocket socket);

// Waits until the socket is ready (value 1) or `deadline_ns` on the monotonic clock has passed
// (value 0); without a deadline (0) for ever.
CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns);

// Sleeps until `deadline_ns` on the monotonic clock.
void SysSleepUntil(std::int64_t deadline_ns);

// Makes this thread's sleeps as exact as the system can (Linux: prctl PR_SET_TIMERSLACK; 50 us by
// default).
void SysMinimiseTimerSlack();

// Moves this thread to one of the processors it may use, counted from 0 and round again, and leaves
// it free to go elsewhere: where it wakes next is the scheduler's choice, which prefers where it
// was.
void SysStartOn(std::size_t processor);

// An integer-valued option by the system's own name ("TCP_NODELAY"); ErrorKind::kUnsupported where
// this platform has no such option. SO_LINGER takes seconds, -1 turns it off; SO_RCVTIMEO,
// SO_SNDTIMEO milliseconds.
Result<CallResult> SysSetOption(NativeSocket socket, std::string_view name, std::int64_t value);
// The same for an option whose value is a text (TCP_CONGESTION, SO_BINDTODEVICE).
Result<CallResult> SysSetTextOption(NativeSocket socket, std::string_view name,
                                    std::string_view text);

// What getsockopt(2) says of an option, in the units of SysSetOption. `text` for one whose value is
// a text, and then the call's value is its length.
struct OptionValue {
  CallResult call;
  std::string text;
};
Result<OptionValue> SysGetOption(NativeSocket socket, std::string_view name);

// One number that the kernel knows of a socket: "recv_queue" (bytes not yet read), "send_queue"
// (bytes not yet acknowledged), "state" (as Linux numbers them), and others of TCP_INFO.
// ErrorKind::kUnsupported where the platform does not tell.
Result<CallResult> SysSample(NativeSocket socket, std::string_view field);

// The state of a connection by the kernel's word (TCP_INFO), as Linux numbers them (1 ESTABLISHED,
// 7 CLOSE...); nothing where the platform does not tell.
[[nodiscard]] std::optional<std::uint32_t> SysTcpState(NativeSocket socket);

// The accept queue of a listener: its length and limit (Linux: tcpi_unacked and tcpi_sacked of
// TCP_INFO).
struct AcceptQueue {
  std::uint32_t length = 0;
  std::uint32_t limit = 0;
};
[[nodiscard]] std::optional<AcceptQueue> SysAcceptQueue(NativeSocket listener);

// Ignores SIGPIPE and what a terminal sends to the whole process group: the controller decides when
// an agent ends.
void SysIgnoreAgentSignals();

// A pipe whose reader is gone then fails with EPIPE instead of ending the process.
void SysIgnoreSigpipe();

// Raises the soft limit of open descriptors to the hard one and returns it; 0 when it is not known.
std::uint64_t SysRaiseDescriptorLimit();

// Whether shutdown(2) of a listener ends its listening, and with it every accept(2) that waits on
// it, in all processes that have the socket (Linux). Elsewhere it is refused (FreeBSD, macOS:
// ENOTCONN): there the last close ends the listening, and who waits is interrupted before that.
[[nodiscard]] bool SysShutdownEndsListening();

// Makes the call on `socket` in which `thread` waits return EINTR. One that it has not begun yet is
// not affected: ask again until the thread is out. Windows interrupts whoever waits on the socket
// (CancelIoEx).
void SysInterrupt(uv_thread_t thread, NativeSocket socket);

// Whether a socket that was sent to another process (SCM_RIGHTS) may be closed here before it has
// arrived there.
[[nodiscard]] bool SysSentSocketsAreSafe();

// Ends the process at once, without running destructors or flushing stdio.
[[noreturn]] void SysExitNow(int code);

}  // namespace tcplab
