// What POSIX.1-2008 gives every Unix of sockets.
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

// The sockets interface wants sockaddr pointers into storage of another type; this is the one place
// for it.
sockaddr* AsSockaddr(sockaddr_storage& storage) {
  return reinterpret_cast<sockaddr*>(
      &storage);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

CallResult GetName(NameCall call, NativeSocket socket, Address& address) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  const CallResult result = ReturnedByCall(call(socket, AsSockaddr(storage), &length));
  if (result.ok()) address = Address::FromSockaddr(storage);
  return result;
}

}  // namespace

CallResult SysBind(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = address.ToSockaddr(storage);
  return ReturnedByCall(bind(socket, AsSockaddr(storage), length));
}

CallResult SysListen(NativeSocket socket, int backlog) {
  return ReturnedByCall(listen(socket, backlog));
}

CallResult SysConnect(NativeSocket socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = address.ToSockaddr(storage);
  return ReturnedByCall(connect(socket, AsSockaddr(storage), length));
}

CallResult SysShutdown(NativeSocket socket, ShutdownSide side) {
  const int how = side == ShutdownSide::kRead    ? SHUT_RD
                  : side == ShutdownSide::kWrite ? SHUT_WR
                                                 : SHUT_RDWR;
  return ReturnedByCall(shutdown(socket, how));
}

CallResult SysClose(NativeSocket socket) { return ReturnedByCall(close(socket)); }

CallResult SysDuplicate(NativeSocket socket) {
  return ReturnedByCall(
      fcntl(socket, F_DUPFD_CLOEXEC, 0));  // NOLINT(cppcoreguidelines-pro-type-vararg)
}

CallResult SysGetSockName(NativeSocket socket, Address& address) {
  return GetName(getsockname, socket, address);
}

CallResult SysGetPeerName(NativeSocket socket, Address& address) {
  return GetName(getpeername, socket, address);
}

CallResult SysSoError(NativeSocket socket) {
  int error = 0;
  socklen_t length = sizeof error;
  const CallResult result =
      ReturnedByCall(getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length));
  if (!result.ok() || error == 0) return result;
  return {-1, ErrorFromSystem(error)};
}

CallResult SysSetBlocking(NativeSocket socket, Blocking blocking) {
  const int flags =
      fcntl(socket, F_GETFL);  // NOLINT(cppcoreguidelines-pro-type-vararg): fcntl's interface
  if (flags < 0) return ReturnedByCall(flags);
  const int wanted = blocking == Blocking::kYes ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  return ReturnedByCall(
      fcntl(socket, F_SETFL, wanted));  // NOLINT(cppcoreguidelines-pro-type-vararg)
}

CallResult SysLingerZero(NativeSocket socket) {
  const linger reset{1, 0};
  return ReturnedByCall(setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
}

// A handler that does nothing and does not restart the call (sigaction(2), without SA_RESTART).
void SysInterrupt(uv_thread_t thread, NativeSocket /*socket*/) {
  static const bool kHandled = [] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigemptyset(&action.sa_mask);
    return sigaction(SIGUSR1, &action, nullptr) == 0;
  }();
  if (kHandled) pthread_kill(thread, SIGUSR1);
}

}  // namespace tcplab
