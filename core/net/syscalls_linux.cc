// What Linux does in a way of its own: flags at creation, exact sleeping, TCP_INFO, its socket
// options.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/clock.h"
#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kMsPerSecond = 1'000;

timespec ToTimespec(std::int64_t ns) {
  return {static_cast<time_t>(ns / kNsPerSecond), static_cast<long>(ns % kNsPerSecond)};
}

enum class OptionType { kInt, kLinger, kTime };

struct OptionRow {
  std::string_view name;
  int level;
  int option;
  OptionType type = OptionType::kInt;
};

// socket(7), tcp(7), ip(7), ipv6(7).
constexpr auto kOptions = std::to_array<OptionRow>({
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST},
    {"SO_BUSY_POLL", SOL_SOCKET, SO_BUSY_POLL},
    {"SO_DEBUG", SOL_SOCKET, SO_DEBUG},
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE},
    {"SO_INCOMING_CPU", SOL_SOCKET, SO_INCOMING_CPU},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, OptionType::kLinger},
    {"SO_MARK", SOL_SOCKET, SO_MARK},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
    {"SO_PRIORITY", SOL_SOCKET, SO_PRIORITY},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, OptionType::kTime},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, OptionType::kTime},
    {"TCP_CORK", IPPROTO_TCP, TCP_CORK},
    {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
    {"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
    {"TCP_INQ", IPPROTO_TCP, TCP_INQ},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
    {"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
    {"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK},
    {"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT},
    {"TCP_THIN_LINEAR_TIMEOUTS", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS},
    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP},
    {"IP_TOS", IPPROTO_IP, IP_TOS},
    {"IP_TTL", IPPROTO_IP, IP_TTL},
    {"IP_TRANSPARENT", IPPROTO_IP, IP_TRANSPARENT},
    {"IP_FREEBIND", IPPROTO_IP, IP_FREEBIND},
    {"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT},
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
});

CallResult SetRow(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  switch (row.type) {
    case OptionType::kInt: {
      const int number = static_cast<int>(value);
      return ReturnedByCall(setsockopt(socket, row.level, row.option, &number, sizeof number));
    }
    case OptionType::kLinger: {
      const linger lingering{value >= 0 ? 1 : 0,
                             static_cast<int>(std::max<std::int64_t>(value, 0))};
      return ReturnedByCall(
          setsockopt(socket, row.level, row.option, &lingering, sizeof lingering));
    }
    case OptionType::kTime: {
      const timeval time{value / kMsPerSecond,
                         (value % kMsPerSecond) * (kUsPerSecond / kMsPerSecond)};
      return ReturnedByCall(setsockopt(socket, row.level, row.option, &time, sizeof time));
    }
  }
  return {-1, errors::kNoProtoOpt};
}

std::optional<tcp_info> TcpInfo(NativeSocket socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  return info;
}

}  // namespace

CallResult SysSocket(bool ipv6, Blocking blocking) {
  const int flags = SOCK_STREAM | SOCK_CLOEXEC | (blocking == Blocking::kNo ? SOCK_NONBLOCK : 0);
  return ReturnedByCall(socket(ipv6 ? AF_INET6 : AF_INET, flags, 0));
}

CallResult SysAccept(NativeSocket listener, Blocking blocking, Address& peer) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  const int flags = SOCK_CLOEXEC | (blocking == Blocking::kNo ? SOCK_NONBLOCK : 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): accept4's interface
  const CallResult result =
      ReturnedByCall(accept4(listener, reinterpret_cast<sockaddr*>(&storage), &length, flags));
  if (result.ok()) peer = Address::FromSockaddr(storage);
  return result;
}

// Not by way of recv() and send(): in a process of several threads those turn on, for each call,
// that the thread can be cancelled, which nobody does here.
CallResult SysRecv(NativeSocket socket, std::span<char> buffer) {
  return ReturnedByCall(
      syscall(SYS_recvfrom, socket, buffer.data(), buffer.size(), 0, nullptr, nullptr));
}

CallResult SysSend(NativeSocket socket, std::string_view bytes) {
  return ReturnedByCall(syscall(SYS_sendto, socket, bytes.data(), bytes.size(), 0, nullptr, 0));
}

CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  pollfd watched{socket, static_cast<short>(ready == Ready::kReadable ? POLLIN : POLLOUT), 0};
  const timespec left = ToTimespec(std::max<std::int64_t>(0, deadline_ns - MonotonicNs()));
  return ReturnedByCall(ppoll(&watched, 1, deadline_ns == 0 ? nullptr : &left, nullptr));
}

void SysSleepUntil(std::int64_t deadline_ns) {
  const timespec until = ToTimespec(deadline_ns);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
  while (MonotonicNs() < deadline_ns) {  // by the processor's counter: a microsecond, if at all
  }
}

void SysMinimiseTimerSlack() {
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL,
        0UL);  // NOLINT(cppcoreguidelines-pro-type-vararg): prctl's interface
}

void SysStartOn(std::size_t processor) {
  cpu_set_t all;
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  auto skip = processor % static_cast<std::size_t>(std::max(1, CPU_COUNT(&all)));
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i) {
    if (!CPU_ISSET(i, &all) || skip-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    sched_setaffinity(0, sizeof one, &one);
    break;
  }
  sched_setaffinity(0, sizeof all, &all);
}

Result<CallResult> SysSetOption(NativeSocket socket, std::string_view name, std::int64_t value) {
  const auto* const row = std::find_if(kOptions.begin(), kOptions.end(),
                                       [&](const OptionRow& r) { return r.name == name; });
  if (row == kOptions.end()) {
    return Fail(ErrorKind::kUnsupported, "this platform has no socket option " + std::string(name));
  }
  return SetRow(socket, *row, value);
}

std::optional<std::uint32_t> SysTcpState(NativeSocket socket) {
  const std::optional<tcp_info> info = TcpInfo(socket);
  if (!info) return std::nullopt;
  return info->tcpi_state;
}

std::optional<AcceptQueue> SysAcceptQueue(NativeSocket listener) {
  const std::optional<tcp_info> info = TcpInfo(listener);
  if (!info || info->tcpi_state != TCP_LISTEN) return std::nullopt;
  return AcceptQueue{info->tcpi_unacked, info->tcpi_sacked};
}

}  // namespace tcplab
