// Windows: Winsock. A socket is a HANDLE that children do not inherit; its mode can be set, and not
// be read.
//
// Names of errors are those of POSIX (winsock_call.h). One differs in kind: a non-blocking connect
// that has begun returns WSAEWOULDBLOCK there and EINPROGRESS here, as everywhere else
// (connect(2)).
#include <winsock2.h>
// after winsock2.h
#include <mstcpip.h>
#include <windows.h>
#include <ws2tcpip.h>
// after windows.h
#include <mmsystem.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "core/net/waitable_timer_windows.h"
#include "core/net/winsock_call_windows.h"

namespace tcplab {
namespace {

constexpr std::int64_t kNsPerUs = 1'000;

// libuv does the same when its first loop is made, which may be later than our first socket. Never
// taken back: it ends with the process.
[[maybe_unused]] const bool kWinsockStarted = [] {
  WSADATA ignored{};
  return WSAStartup(MAKEWORD(2, 2), &ignored) == 0;
}();

// The sockets interface wants sockaddr pointers into storage of another type; this is the one place
// for it.
sockaddr* AsSockaddr(sockaddr_storage& storage) { return reinterpret_cast<sockaddr*>(&storage); }

using NameCall = int(WSAAPI*)(SOCKET, sockaddr*, int*);

CallResult GetName(NameCall call, NativeSocket socket, Address& address) {
  sockaddr_storage storage{};
  int length = sizeof storage;
  const CallResult result = ReturnedBySocket(call(socket, AsSockaddr(storage), &length));
  if (result.ok()) address = Address::FromSockaddr(storage);
  return result;
}

int SizeOf(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

// What is given with a socket's making elsewhere. Windows has no flag for the mode.
CallResult SetUp(CallResult made, Blocking blocking) {
  if (!made.ok()) return made;
  const auto socket = static_cast<NativeSocket>(made.value);
  const CallResult set = SysSetBlocking(socket, blocking);
  if (set.ok()) return made;
  closesocket(socket);
  return set;
}

}  // namespace

CallResult SysSocket(bool ipv6, Blocking blocking) {
  // Overlapped, as socket() makes them too: without it there are no time limits (SO_RCVTIMEO) and
  // no polling.
  const SOCKET made = WSASocketW(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                 WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  const CallResult result = ReturnedBySocket(static_cast<std::int64_t>(made));
  return blocking == Blocking::kYes ? result : SetUp(result, blocking);
}

CallResult SysBind(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const auto length = static_cast<int>(address.ToSockaddr(storage));
  return ReturnedBySocket(bind(socket, AsSockaddr(storage), length));
}

CallResult SysListen(NativeSocket socket, int backlog) {
  return ReturnedBySocket(listen(socket, backlog));
}

CallResult SysConnect(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const auto length = static_cast<int>(address.ToSockaddr(storage));
  const CallResult result = ReturnedBySocket(connect(socket, AsSockaddr(storage), length));
  return result.error == errors::kAgain ? CallResult{-1, errors::kInProgress} : result;
}

// A connection has the mode of its listener, and is inherited by children unless that is taken from
// it.
CallResult SysAccept(NativeSocket listener, Blocking blocking, Address& peer) {
  sockaddr_storage storage{};
  int length = sizeof storage;
  const SOCKET accepted = accept(listener, AsSockaddr(storage), &length);
  const CallResult result = ReturnedBySocket(static_cast<std::int64_t>(accepted));
  if (!result.ok()) return result;
  peer = Address::FromSockaddr(storage);
  SetHandleInformation(reinterpret_cast<HANDLE>(accepted), HANDLE_FLAG_INHERIT, 0);
  return SetUp(result, blocking);
}

CallResult SysRecv(NativeSocket socket, std::span<char> buffer, int flags) {
  return ReturnedBySocket(recv(socket, buffer.data(), SizeOf(buffer.size()), flags));
}

CallResult SysSend(NativeSocket socket, std::string_view bytes, int flags) {
  return ReturnedBySocket(send(socket, bytes.data(), SizeOf(bytes.size()), flags));
}

CallResult SysShutdown(NativeSocket socket, ShutdownSide side) {
  const int how = side == ShutdownSide::kRead    ? SD_RECEIVE
                  : side == ShutdownSide::kWrite ? SD_SEND
                                                 : SD_BOTH;
  return ReturnedBySocket(shutdown(socket, how));
}

CallResult SysClose(NativeSocket socket) { return ReturnedBySocket(closesocket(socket)); }

CallResult SysDuplicate(NativeSocket socket) {
  WSAPROTOCOL_INFOW info{};
  const CallResult described =
      ReturnedBySocket(WSADuplicateSocketW(socket, GetCurrentProcessId(), &info));
  if (!described.ok()) return described;
  const SOCKET copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info,
                                 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  return ReturnedBySocket(static_cast<std::int64_t>(copy));
}

CallResult SysGetSockName(NativeSocket socket, Address& address) {
  return GetName(getsockname, socket, address);
}

CallResult SysGetPeerName(NativeSocket socket, Address& address) {
  return GetName(getpeername, socket, address);
}

CallResult SysSoError(NativeSocket socket) {
  int error = 0;
  int length = sizeof error;
  const CallResult result = ReturnedBySocket(
      getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &length));
  if (!result.ok() || error == 0) return result;
  return {-1, ErrorFromWinsock(error)};
}

CallResult SysSetBlocking(NativeSocket socket, Blocking blocking) {
  u_long non_blocking = blocking == Blocking::kNo ? 1 : 0;
  return ReturnedBySocket(ioctlsocket(socket, static_cast<long>(FIONBIO), &non_blocking));
}

CallResult SysLingerZero(NativeSocket socket) {
  const linger reset{1, 0};
  return ReturnedBySocket(setsockopt(socket, SOL_SOCKET, SO_LINGER,
                                     reinterpret_cast<const char*>(&reset), sizeof reset));
}

// select() and not WSAPoll(), which did not tell of a connect that failed before Windows 10 2004.
// It counts whole milliseconds inside, so it is asked again until the deadline is past.
CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  for (;;) {
    fd_set watched{};
    fd_set failed{};
    watched.fd_count = failed.fd_count = 1;
    watched.fd_array[0] = failed.fd_array[0] = socket;
    const std::int64_t left_ns = std::max<std::int64_t>(0, deadline_ns - MonotonicNs());
    timeval left{};
    left.tv_sec = static_cast<long>(std::min<std::int64_t>(left_ns / kNsPerSecond, 1'000'000));
    left.tv_usec = static_cast<long>(left_ns % kNsPerSecond / kNsPerUs);
    const bool reads = ready == Ready::kReadable;
    const int count = select(0, reads ? &watched : nullptr, reads ? nullptr : &watched,
                             reads ? nullptr : &failed, deadline_ns == 0 ? nullptr : &left);
    if (count < 0) return ReturnedBySocket(count);
    if (count > 0) return {1, ErrorCode::kNone};
    if (left_ns == 0) return {0, ErrorCode::kNone};
  }
}

namespace {

// A timer of its own for each thread that sleeps.
class SleepTimer {
 public:
  SleepTimer() = default;
  ~SleepTimer() {
    if (timer_ != nullptr) CloseHandle(timer_);
  }
  SleepTimer(const SleepTimer&) = delete;
  SleepTimer& operator=(const SleepTimer&) = delete;

  void Sleep(std::int64_t left_ns) const {
    if (timer_ != nullptr && StartWaitableTimer(timer_, left_ns)) {
      WaitForSingleObject(timer_, INFINITE);
    } else {
      ::Sleep(static_cast<DWORD>(left_ns / kNsPerMs));
    }
  }

 private:
  HANDLE timer_ = NewWaitableTimer();
};

}  // namespace

void SysSleepUntil(std::int64_t deadline_ns) {
  thread_local const SleepTimer kTimer;
  for (std::int64_t left_ns = deadline_ns - MonotonicNs(); left_ns > 0;
       left_ns = deadline_ns - MonotonicNs()) {
    kTimer.Sleep(left_ns);
  }
}

// Of the whole process, and never taken back: it ends with it.
void SysMinimiseTimerSlack() {
  static const bool kOnce = [] {
    timeBeginPeriod(1);
    return true;
  }();
  static_cast<void>(kOnce);
}

void SysStartOn(std::size_t processor) {
  DWORD_PTR mine = 0;
  DWORD_PTR all = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &mine, &all) == 0 || mine == 0) return;
  std::array<DWORD_PTR, sizeof(DWORD_PTR) * 8> each{};
  std::size_t count = 0;
  for (DWORD_PTR bit = 1; bit != 0; bit <<= 1U) {
    if ((mine & bit) != 0) each[count++] = bit;
  }
  SetThreadAffinityMask(GetCurrentThread(), each[processor % count]);
  SetThreadAffinityMask(GetCurrentThread(), mine);
}

bool SysShutdownEndsListening() { return false; }  // refused: WSAENOTCONN
// libuv sends a description of the socket (WSADuplicateSocket), which is of use only while the
// socket is there.
bool SysSentSocketsAreSafe() { return false; }

void SysInterrupt(uv_thread_t /*thread*/, NativeSocket socket) {
  CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
}

namespace {

// SIO_TCP_INFO, since Windows 10 1703.
std::optional<TCP_INFO_v0> TcpInfo(NativeSocket socket) {
  TCP_INFO_v0 info{};
  DWORD version = 0;
  DWORD bytes = 0;
  if (WSAIoctl(socket, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info, &bytes, nullptr,
               nullptr) != 0) {
    return std::nullopt;
  }
  return info;
}

// As Linux numbers the states (include/net/tcp_states.h).
std::uint32_t StateOf(const TCP_INFO_v0& info) {
  switch (info.State) {
    case TCPSTATE_ESTABLISHED:
      return 1;
    case TCPSTATE_SYN_SENT:
      return 2;
    case TCPSTATE_SYN_RCVD:
      return 3;
    case TCPSTATE_FIN_WAIT_1:
      return 4;
    case TCPSTATE_FIN_WAIT_2:
      return 5;
    case TCPSTATE_TIME_WAIT:
      return 6;
    case TCPSTATE_CLOSE_WAIT:
      return 8;
    case TCPSTATE_LAST_ACK:
      return 9;
    case TCPSTATE_LISTEN:
      return 10;
    case TCPSTATE_CLOSING:
      return 11;
    default:
      return 7;
  }
}

}  // namespace

Result<CallResult> SysSample(NativeSocket socket, std::string_view field) {
  if (field == "recv_queue") {
    u_long bytes = 0;
    CallResult result = ReturnedBySocket(ioctlsocket(socket, static_cast<long>(FIONREAD), &bytes));
    if (result.ok()) result.value = static_cast<std::int64_t>(bytes);
    return result;
  }
  struct Row {
    std::string_view field;
    std::int64_t (*read)(const TCP_INFO_v0& info);
  };
  static constexpr auto kRows = std::to_array<Row>({
      {"state", [](const TCP_INFO_v0& i) { return std::int64_t{StateOf(i)}; }},
      {"cwnd", [](const TCP_INFO_v0& i) { return std::int64_t{i.Mss == 0 ? 0 : i.Cwnd / i.Mss}; }},
      {"rtt_us", [](const TCP_INFO_v0& i) { return std::int64_t{i.RttUs}; }},
      {"snd_mss", [](const TCP_INFO_v0& i) { return std::int64_t{i.Mss}; }},
  });
  const auto* const row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.field == field; });
  const std::optional<TCP_INFO_v0> info = row == kRows.end() ? std::nullopt : TcpInfo(socket);
  if (!info) return Fail(ErrorKind::kUnsupported, "nothing is known here as " + std::string(field));
  return CallResult{row->read(*info), ErrorCode::kNone};
}

std::optional<std::uint32_t> SysTcpState(NativeSocket socket) {
  const std::optional<TCP_INFO_v0> info = TcpInfo(socket);
  if (!info) return std::nullopt;
  return StateOf(*info);
}

std::optional<AcceptQueue> SysAcceptQueue(NativeSocket /*listener*/) { return std::nullopt; }

// A console tells all its processes of Ctrl-C and of its end (SetConsoleCtrlHandler).
void SysIgnoreAgentSignals() {
  SetConsoleCtrlHandler([](DWORD /*event*/) -> BOOL { return TRUE; }, TRUE);
}

void SysIgnoreSigpipe() {}  // there is none

std::uint64_t SysRaiseDescriptorLimit() { return 0; }  // handles have none but memory

void SysExitNow(int code) {
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
  std::abort();  // not reached
}

}  // namespace tcplab
