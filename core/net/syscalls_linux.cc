// What Linux does in a way of its own: flags at creation, exact sleeping, TCP_INFO, its socket
// options.
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
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

enum class OptionType { kInt, kLinger, kTime, kText };

struct OptionRow {
  std::string_view name;
  int level;
  int option;
  OptionType type = OptionType::kInt;
};

// socket(7), tcp(7), ip(7), ipv6(7).
constexpr auto kOptions = std::to_array<OptionRow>({
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN},
    {"SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, OptionType::kText},
    {"SO_BINDTOIFINDEX", SOL_SOCKET, SO_BINDTOIFINDEX},
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST},
    {"SO_BUF_LOCK", SOL_SOCKET, SO_BUF_LOCK},
    {"SO_BUSY_POLL", SOL_SOCKET, SO_BUSY_POLL},
    {"SO_BUSY_POLL_BUDGET", SOL_SOCKET, SO_BUSY_POLL_BUDGET},
    {"SO_DEBUG", SOL_SOCKET, SO_DEBUG},
    {"SO_DOMAIN", SOL_SOCKET, SO_DOMAIN},
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE},
    {"SO_ERROR", SOL_SOCKET, SO_ERROR},
    {"SO_INCOMING_CPU", SOL_SOCKET, SO_INCOMING_CPU},
    {"SO_INCOMING_NAPI_ID", SOL_SOCKET, SO_INCOMING_NAPI_ID},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, OptionType::kLinger},
    {"SO_LOCK_FILTER", SOL_SOCKET, SO_LOCK_FILTER},
    {"SO_MARK", SOL_SOCKET, SO_MARK},
    {"SO_MAX_PACING_RATE", SOL_SOCKET, SO_MAX_PACING_RATE},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
    {"SO_PREFER_BUSY_POLL", SOL_SOCKET, SO_PREFER_BUSY_POLL},
    {"SO_PRIORITY", SOL_SOCKET, SO_PRIORITY},
    {"SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, OptionType::kTime},
    {"SO_RESERVE_MEM", SOL_SOCKET, SO_RESERVE_MEM},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"SO_SNDBUFFORCE", SOL_SOCKET, SO_SNDBUFFORCE},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, OptionType::kTime},
    {"SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP},
    {"SO_TXREHASH", SOL_SOCKET, SO_TXREHASH},
    {"SO_TYPE", SOL_SOCKET, SO_TYPE},
    {"SO_ZEROCOPY", SOL_SOCKET, SO_ZEROCOPY},
    {"TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, OptionType::kText},
    {"TCP_CORK", IPPROTO_TCP, TCP_CORK},
    {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
    {"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
    {"TCP_FASTOPEN_NO_COOKIE", IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE},
    {"TCP_INQ", IPPROTO_TCP, TCP_INQ},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
    {"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
    {"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK},
    {"TCP_REPAIR", IPPROTO_TCP, TCP_REPAIR},
    {"TCP_SAVE_SYN", IPPROTO_TCP, TCP_SAVE_SYN},
    {"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT},
    {"TCP_THIN_DUPACK", IPPROTO_TCP, TCP_THIN_DUPACK},
    {"TCP_THIN_LINEAR_TIMEOUTS", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS},
    {"TCP_TIMESTAMP", IPPROTO_TCP, TCP_TIMESTAMP},
    {"TCP_TX_DELAY", IPPROTO_TCP, TCP_TX_DELAY},
    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP},
    {"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT},
    {"IP_FREEBIND", IPPROTO_IP, IP_FREEBIND},
    {"IP_MINTTL", IPPROTO_IP, IP_MINTTL},
    {"IP_MTU", IPPROTO_IP, IP_MTU},
    {"IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER},
    {"IP_TOS", IPPROTO_IP, IP_TOS},
    {"IP_TRANSPARENT", IPPROTO_IP, IP_TRANSPARENT},
    {"IP_TTL", IPPROTO_IP, IP_TTL},
    {"IPV6_AUTOFLOWLABEL", IPPROTO_IPV6, IPV6_AUTOFLOWLABEL},
    {"IPV6_DONTFRAG", IPPROTO_IPV6, IPV6_DONTFRAG},
    {"IPV6_FREEBIND", IPPROTO_IPV6, IPV6_FREEBIND},
    {"IPV6_MINHOPCOUNT", IPPROTO_IPV6, IPV6_MINHOPCOUNT},
    {"IPV6_MTU", IPPROTO_IPV6, IPV6_MTU},
    {"IPV6_MTU_DISCOVER", IPPROTO_IPV6, IPV6_MTU_DISCOVER},
    {"IPV6_TCLASS", IPPROTO_IPV6, IPV6_TCLASS},
    {"IPV6_TRANSPARENT", IPPROTO_IPV6, IPV6_TRANSPARENT},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS},
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
    case OptionType::kText:
      break;
  }
  return {-1, errors::kNoProtoOpt};
}

const OptionRow* FindRow(std::string_view name) {
  const auto* const row = std::find_if(kOptions.begin(), kOptions.end(),
                                       [&](const OptionRow& r) { return r.name == name; });
  return row == kOptions.end() ? nullptr : row;
}

tl::unexpected<Error> NoSuchOption(std::string_view name) {
  return Fail(ErrorKind::kUnsupported, "this platform has no socket option " + std::string(name));
}

template <typename T>
CallResult GetInto(NativeSocket socket, const OptionRow& row, T& value) {
  socklen_t length = sizeof value;
  return ReturnedByCall(getsockopt(socket, row.level, row.option, &value, &length));
}

OptionValue GetRow(NativeSocket socket, const OptionRow& row) {
  OptionValue got;
  switch (row.type) {
    case OptionType::kInt: {
      int number = 0;
      got.call = GetInto(socket, row, number);
      if (got.call.ok()) got.call.value = number;
      break;
    }
    case OptionType::kLinger: {
      linger lingering{};
      got.call = GetInto(socket, row, lingering);
      if (got.call.ok()) got.call.value = lingering.l_onoff != 0 ? lingering.l_linger : -1;
      break;
    }
    case OptionType::kTime: {
      timeval time{};
      got.call = GetInto(socket, row, time);
      if (got.call.ok()) {
        got.call.value = time.tv_sec * kMsPerSecond + time.tv_usec / (kUsPerSecond / kMsPerSecond);
      }
      break;
    }
    case OptionType::kText: {
      std::array<char, 16> text{};  // IFNAMSIZ, TCP_CA_NAME_MAX
      got.call = GetInto(socket, row, text);
      text.back() = '\0';
      if (got.call.ok()) got.text = text.data();
      got.call.value = static_cast<std::int64_t>(got.text.size());
      break;
    }
  }
  return got;
}

std::optional<tcp_info> TcpInfo(NativeSocket socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  return info;
}

// A listener's queue stands in fields that mean something else of a connection, and who imitates
// Linux may leave them empty (gVisor does): a length of 0 would be taken for a fact. Asked of a
// listener of our own, on an address that nobody connects to.
bool FindOutWhetherQueuesAreTold() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7ffffffeU);  // 127.255.255.254
  constexpr int kBacklog = 7;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind's interface
  const bool listens = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       listen(listener, kBacklog) == 0;
  const std::optional<tcp_info> info = listens ? TcpInfo(listener) : std::nullopt;
  close(listener);
  return info && info->tcpi_state == TCP_LISTEN && info->tcpi_sacked > 0;
}

bool QueuesAreTold() {
  static const bool told = FindOutWhetherQueuesAreTold();
  return told;
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
CallResult SysRecv(NativeSocket socket, std::span<char> buffer, int flags) {
  return ReturnedByCall(
      syscall(SYS_recvfrom, socket, buffer.data(), buffer.size(), flags, nullptr, nullptr));
}

CallResult SysSend(NativeSocket socket, std::string_view bytes, int flags) {
  return ReturnedByCall(syscall(SYS_sendto, socket, bytes.data(), bytes.size(), flags, nullptr, 0));
}

std::optional<int> SysMessageFlag(std::string_view name) {
  struct Row {
    std::string_view name;
    int flag;
  };
  static constexpr auto kFlags = std::to_array<Row>({{"MSG_DONTROUTE", MSG_DONTROUTE},
                                                     {"MSG_DONTWAIT", MSG_DONTWAIT},
                                                     {"MSG_EOR", MSG_EOR},
                                                     {"MSG_MORE", MSG_MORE},
                                                     {"MSG_NOSIGNAL", MSG_NOSIGNAL},
                                                     {"MSG_OOB", MSG_OOB},
                                                     {"MSG_PEEK", MSG_PEEK},
                                                     {"MSG_TRUNC", MSG_TRUNC},
                                                     {"MSG_WAITALL", MSG_WAITALL}});
  const auto* const row =
      std::find_if(kFlags.begin(), kFlags.end(), [&](const Row& r) { return r.name == name; });
  return row == kFlags.end() ? std::nullopt : std::optional(row->flag);
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
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return SetRow(socket, *row, value);
}

Result<CallResult> SysSetTextOption(NativeSocket socket, std::string_view name,
                                    std::string_view text) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr || row->type != OptionType::kText) return NoSuchOption(name);
  return ReturnedByCall(setsockopt(socket, row->level, row->option, text.data(),
                                   static_cast<socklen_t>(text.size())));
}

Result<OptionValue> SysGetOption(NativeSocket socket, std::string_view name) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return GetRow(socket, *row);
}

namespace {

// Of a listener, TCP_INFO means other things by the same fields (tcp_get_info() in the kernel). Of
// a connection it always has an MSS; who imitates Linux without giving one (gVisor) has filled in
// little else, and its zeros are no facts.
enum class Told { kOfListeners, kAlways, kBesideMss };

struct InfoRow {
  std::string_view field;
  Told told;
  std::int64_t (*read)(const tcp_info& info);
};

constexpr auto kInfoRows = std::to_array<InfoRow>({
    {"accept_queue", Told::kOfListeners,
     [](const tcp_info& i) { return std::int64_t{i.tcpi_unacked}; }},
    {"accept_queue_limit", Told::kOfListeners,
     [](const tcp_info& i) { return std::int64_t{i.tcpi_sacked}; }},
    {"cwnd", Told::kAlways, [](const tcp_info& i) { return std::int64_t{i.tcpi_snd_cwnd}; }},
    {"rcv_mss", Told::kBesideMss, [](const tcp_info& i) { return std::int64_t{i.tcpi_rcv_mss}; }},
    {"retransmits", Told::kBesideMss,
     [](const tcp_info& i) { return std::int64_t{i.tcpi_total_retrans}; }},
    {"rtt_us", Told::kAlways, [](const tcp_info& i) { return std::int64_t{i.tcpi_rtt}; }},
    {"snd_mss", Told::kBesideMss, [](const tcp_info& i) { return std::int64_t{i.tcpi_snd_mss}; }},
    {"unacked", Told::kBesideMss, [](const tcp_info& i) { return std::int64_t{i.tcpi_unacked}; }},
});

bool IsTold(const InfoRow& row, const tcp_info& info) {
  const bool listens = info.tcpi_state == TCP_LISTEN;
  if (row.told == Told::kOfListeners) return listens && QueuesAreTold();
  return !listens && (row.told == Told::kAlways || info.tcpi_snd_mss > 0);
}

// tcp(7): FIONREAD and SIOCOUTQ.
CallResult QueueSize(NativeSocket socket, unsigned long request) {
  int bytes = 0;
  CallResult result = ReturnedByCall(
      ioctl(socket, request, &bytes));  // NOLINT(cppcoreguidelines-pro-type-vararg): its interface
  if (result.ok()) result.value = bytes;
  return result;
}

}  // namespace

Result<CallResult> SysSample(NativeSocket socket, std::string_view field) {
  if (field == "recv_queue") return QueueSize(socket, SIOCINQ);
  if (field == "send_queue") return QueueSize(socket, SIOCOUTQ);
  tcp_info info{};
  socklen_t length = sizeof info;
  const CallResult got = ReturnedByCall(getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length));
  if (!got.ok()) return got;
  if (field == "state") return CallResult{info.tcpi_state, ErrorCode::kNone};
  const auto* const row = std::find_if(kInfoRows.begin(), kInfoRows.end(),
                                       [&](const InfoRow& r) { return r.field == field; });
  if (row == kInfoRows.end() || !IsTold(*row, info)) {
    return Fail(ErrorKind::kUnsupported, "nothing is known here as " + std::string(field));
  }
  return CallResult{row->read(info), ErrorCode::kNone};
}

std::optional<std::uint32_t> SysTcpState(NativeSocket socket) {
  const std::optional<tcp_info> info = TcpInfo(socket);
  if (!info) return std::nullopt;
  return info->tcpi_state;
}

std::optional<AcceptQueue> SysAcceptQueue(NativeSocket listener) {
  const std::optional<tcp_info> info = TcpInfo(listener);
  if (!info || info->tcpi_state != TCP_LISTEN || !QueuesAreTold()) return std::nullopt;
  return AcceptQueue{info->tcpi_unacked, info->tcpi_sacked};
}

}  // namespace tcplab
