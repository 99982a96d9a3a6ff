// core/net/syscalls.h for lwIP: the system calls of a measurement are its functions.
#include "core/net/syscalls.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <atomic>
#include <climits>

#include "core/base/clock.h"
#include "core/net/posix_call.h"
#include "tests/stacks/lwip/lwip_calls.h"

namespace tcplab {

in_addr_t lwip_own_address = 0;

namespace {

sockaddr* AsSockaddr(sockaddr_storage& storage) {
  return reinterpret_cast<sockaddr*>(
      &storage);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

// lwIP has no loopback of its own that somebody else could reach: a scenario's 127.0.0.1 is the
// address that it has.
socklen_t FillAddress(const Address& address, sockaddr_storage& storage) {
  const socklen_t length = address.ToSockaddr(storage);
  auto* const in = reinterpret_cast<sockaddr_in*>(
      &storage);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  const bool loopback = !address.is_ipv6() && (ntohl(in->sin_addr.s_addr) >> 24U) == 127;
  if (loopback) in->sin_addr.s_addr = lwip_own_address;
  return length;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

CallResult GetName(NameCall call, NativeSocket socket, Address& address) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  const CallResult result = ReturnedByCall(call(socket, AsSockaddr(storage), &length));
  if (!result.ok()) return result;
  // Who listens everywhere is reached here; the controller would have clients try its own loopback.
  auto* const in = reinterpret_cast<sockaddr_in*>(
      &storage);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  if (in->sin_family == AF_INET && in->sin_addr.s_addr == INADDR_ANY)
    in->sin_addr.s_addr = lwip_own_address;
  address = Address::FromSockaddr(storage);
  return result;
}

// What SysInterrupt asks to be let go of: lwip_accept waits where no signal reaches it, and its
// listener must not be closed under it.
std::atomic<NativeSocket> interrupted = kNoSocket;

CallResult AwaitConnection(NativeSocket listener) {
  constexpr int kLookMs = 5;
  pollfd watched{listener, POLLIN, 0};
  for (;;) {
    if (interrupted.load() == listener) return {-1, errors::kInterrupted};
    const int count = lwip_poll(&watched, 1, kLookMs);
    if (count != 0) return ReturnedByCall(count);
  }
}

bool IsBlocking(NativeSocket socket) { return (lwip_fcntl(socket, F_GETFL, 0) & O_NONBLOCK) == 0; }

// A new socket blocks, also one from a listener that does not.
CallResult SetUp(CallResult made, Blocking blocking) {
  if (!made.ok() || blocking == Blocking::kYes) return made;
  const CallResult set = SysSetBlocking(static_cast<NativeSocket>(made.value), blocking);
  return set.ok() ? made : set;
}

}  // namespace

CallResult SysSocket(bool ipv6, Blocking blocking) {
  return SetUp(ReturnedByCall(lwip_socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)), blocking);
}

CallResult SysBind(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = FillAddress(address, storage);
  return ReturnedByCall(lwip_bind(socket, AsSockaddr(storage), length));
}

CallResult SysListen(NativeSocket socket, int backlog) {
  return ReturnedByCall(lwip_listen(socket, backlog));
}

CallResult SysConnect(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = FillAddress(address, storage);
  return ReturnedByCall(lwip_connect(socket, AsSockaddr(storage), length));
}

CallResult SysAccept(NativeSocket listener, Blocking blocking, Address& peer) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (IsBlocking(listener)) {
    if (const CallResult waited = AwaitConnection(listener); !waited.ok()) return waited;
  }
  const CallResult result = ReturnedByCall(lwip_accept(listener, AsSockaddr(storage), &length));
  if (result.ok()) peer = Address::FromSockaddr(storage);
  return SetUp(result, blocking);
}

CallResult SysRecv(NativeSocket socket, std::span<char> buffer, int flags) {
  return ReturnedByCall(lwip_recv(socket, buffer.data(), buffer.size(), flags));
}

CallResult SysSend(NativeSocket socket, std::string_view bytes, int flags) {
  return ReturnedByCall(lwip_send(socket, bytes.data(), bytes.size(), flags));
}

CallResult SysShutdown(NativeSocket socket, ShutdownSide side) {
  const int how = side == ShutdownSide::kRead    ? SHUT_RD
                  : side == ShutdownSide::kWrite ? SHUT_WR
                                                 : SHUT_RDWR;
  return ReturnedByCall(lwip_shutdown(socket, how));
}

CallResult SysClose(NativeSocket socket) { return ReturnedByCall(lwip_close(socket)); }

CallResult SysDuplicate(NativeSocket /*socket*/) { return {-1, errors::kNotSupported}; }

CallResult SysGetSockName(NativeSocket socket, Address& address) {
  return GetName(lwip_getsockname, socket, address);
}

CallResult SysGetPeerName(NativeSocket socket, Address& address) {
  return GetName(lwip_getpeername, socket, address);
}

CallResult SysSoError(NativeSocket socket) {
  int error = 0;
  socklen_t length = sizeof error;
  const CallResult result =
      ReturnedByCall(lwip_getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length));
  if (!result.ok() || error == 0) return result;
  return {-1, ErrorFromSystem(error)};
}

CallResult SysSetBlocking(NativeSocket socket, Blocking blocking) {
  return ReturnedByCall(lwip_fcntl(socket, F_SETFL, blocking == Blocking::kNo ? O_NONBLOCK : 0));
}

CallResult SysLingerZero(NativeSocket socket) {
  const linger reset{1, 0};
  return ReturnedByCall(lwip_setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
}

// lwIP counts milliseconds: up to one too late, never too early.
CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  pollfd watched{socket, static_cast<short>(ready == Ready::kReadable ? POLLIN : POLLOUT), 0};
  for (;;) {
    const std::int64_t left_ns = std::max<std::int64_t>(0, deadline_ns - MonotonicNs());
    const std::int64_t left_ms =
        std::min<std::int64_t>((left_ns + kNsPerMs - 1) / kNsPerMs, INT_MAX);
    const int count = lwip_poll(&watched, 1, deadline_ns == 0 ? -1 : static_cast<int>(left_ms));
    if (count != 0 || left_ns == 0) return ReturnedByCall(count);
  }
}

bool SysShutdownEndsListening() { return false; }
void SysInterrupt(uv_thread_t /*thread*/, NativeSocket socket) { interrupted.store(socket); }
bool SysSentSocketsAreSafe() { return true; }  // none is ever sent

Result<CallResult> SysSample(NativeSocket socket, std::string_view field) {
  if (field != "recv_queue")
    return Fail(ErrorKind::kUnsupported, "lwIP tells nothing as " + std::string(field));
  int bytes = 0;
  CallResult result = ReturnedByCall(lwip_ioctl(socket, FIONREAD, &bytes));
  if (result.ok()) result.value = bytes;
  return result;
}

std::optional<std::uint32_t> SysTcpState(NativeSocket /*socket*/) { return std::nullopt; }
std::optional<AcceptQueue> SysAcceptQueue(NativeSocket /*listener*/) { return std::nullopt; }

}  // namespace tcplab
