// What Linux does with sockets in a way of its own: flags at creation, TCP_INFO.
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "core/base/clock.h"
#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

timespec ToTimespec(std::int64_t ns) {
  return {static_cast<time_t>(ns / kNsPerSecond), static_cast<long>(ns % kNsPerSecond)};
}

std::optional<tcp_info> TcpInfo(NativeSocket socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  return info;
}

// A listener's queue stands in fields that mean something else of a connection, and who imitates
// Linux may leave them empty (gVisor does): a length of 0 would be taken for a fact. Asked of a
// listener of our own, on an address that nobody connects to; nothing, where there can be none.
std::optional<bool> FindOutWhetherQueuesAreTold() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return std::nullopt;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7ffffffeU);  // 127.255.255.254
  constexpr int kBacklog = 7;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind's interface
  const bool listens = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       listen(listener, kBacklog) == 0;
  const std::optional<tcp_info> info = listens ? TcpInfo(listener) : std::nullopt;
  close(listener);
  if (!listens) return std::nullopt;
  return info && info->tcpi_state == TCP_LISTEN && info->tcpi_sacked > 0;
}

// `info` is a listener's, which tells it too, unless its backlog is 0.
bool QueuesAreTold(const tcp_info& info) {
  enum Known : int { kNotYet, kNo, kYes };
  static std::atomic<Known> known = kNotYet;
  if (known == kNotYet) {
    const std::optional<bool> told = FindOutWhetherQueuesAreTold();
    if (!told) return info.tcpi_sacked > 0;
    known = *told ? kYes : kNo;
  }
  return known == kYes;
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

CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  pollfd watched{socket, static_cast<short>(ready == Ready::kReadable ? POLLIN : POLLOUT), 0};
  const timespec left = ToTimespec(std::max<std::int64_t>(0, deadline_ns - MonotonicNs()));
  return ReturnedByCall(ppoll(&watched, 1, deadline_ns == 0 ? nullptr : &left, nullptr));
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
  if (row.told == Told::kOfListeners) return listens && QueuesAreTold(info);
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

bool SysShutdownEndsListening() { return true; }
bool SysSentSocketsAreSafe() { return true; }

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
  if (!info || info->tcpi_state != TCP_LISTEN || !QueuesAreTold(*info)) return std::nullopt;
  return AcceptQueue{info->tcpi_unacked, info->tcpi_sacked};
}

}  // namespace tcplab
