// What macOS and FreeBSD tell of a socket: its queues, and what TCP knows of the connection.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#ifdef __FreeBSD__
#include <sys/filio.h>
#endif

#include <algorithm>
#include <array>

#include "core/net/bsd_tcp_state.h"
#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

constexpr std::uint32_t kListenState = 10;  // as Linux numbers them

// In the units of tcp(7) of Linux: segments, microseconds, bytes.
struct ConnectionInfo {
  std::uint32_t state = 0;
  std::optional<std::int64_t> cwnd;
  std::optional<std::int64_t> rcv_mss;
  std::optional<std::int64_t> retransmits;
  std::optional<std::int64_t> rtt_us;
  std::optional<std::int64_t> snd_mss;
};

[[maybe_unused]] std::int64_t Segments(std::int64_t bytes, std::int64_t segment) {
  return segment > 0 ? bytes / segment : 0;
}

#if defined(TCP_CONNECTION_INFO)  // macOS: windows in bytes, times in milliseconds
using SystemInfo = tcp_connection_info;
constexpr int kInfoOption = TCP_CONNECTION_INFO;
constexpr std::int64_t kUsPerTick = 1000;

ConnectionInfo FromSystem(const SystemInfo& info) {
  return {.state = FromBsdTcpState(info.tcpi_state),
          .cwnd = Segments(info.tcpi_snd_cwnd, info.tcpi_maxseg),
          .rcv_mss = std::nullopt,
          .retransmits = static_cast<std::int64_t>(info.tcpi_txretransmitpackets),
          .rtt_us = std::int64_t{info.tcpi_srtt} * kUsPerTick,
          .snd_mss = info.tcpi_maxseg};
}
#elif defined(__FreeBSD__)  // Linux's structure with BSD's states, and windows in bytes
using SystemInfo = tcp_info;
constexpr int kInfoOption = TCP_INFO;

ConnectionInfo FromSystem(const SystemInfo& info) {
  return {.state = FromBsdTcpState(info.tcpi_state),
          .cwnd = Segments(info.tcpi_snd_cwnd, info.tcpi_snd_mss),
          .rcv_mss = info.tcpi_rcv_mss,
          .retransmits = info.tcpi_snd_rexmitpack,
          .rtt_us = info.tcpi_rtt,
          .snd_mss = info.tcpi_snd_mss};
}
#elif defined(TCP_INFO) && TCPLAB_TELLS_TCP_INFO  // Linux, where the files of BSD are tried out
using SystemInfo = tcp_info;
constexpr int kInfoOption = TCP_INFO;

ConnectionInfo FromSystem(const SystemInfo& info) {
  return {.state = info.tcpi_state,
          .cwnd = info.tcpi_snd_cwnd,
          .rcv_mss = info.tcpi_rcv_mss,
          .retransmits = info.tcpi_total_retrans,
          .rtt_us = info.tcpi_rtt,
          .snd_mss = info.tcpi_snd_mss};
}
#else
struct SystemInfo {};
constexpr int kInfoOption = -1;  // ENOPROTOOPT

ConnectionInfo FromSystem(const SystemInfo& /*info*/) { return {}; }
#endif

CallResult ReadInfo(NativeSocket socket, ConnectionInfo& info) {
  SystemInfo told{};
  socklen_t length = sizeof told;
  const CallResult got =
      ReturnedByCall(getsockopt(socket, IPPROTO_TCP, kInfoOption, &told, &length));
  if (got.ok()) info = FromSystem(told);
  return got;
}

struct InfoRow {
  std::string_view field;
  std::optional<std::int64_t> ConnectionInfo::*value;
};

constexpr auto kInfoRows = std::to_array<InfoRow>({{"cwnd", &ConnectionInfo::cwnd},
                                                   {"rcv_mss", &ConnectionInfo::rcv_mss},
                                                   {"retransmits", &ConnectionInfo::retransmits},
                                                   {"rtt_us", &ConnectionInfo::rtt_us},
                                                   {"snd_mss", &ConnectionInfo::snd_mss}});

tl::unexpected<Error> NotTold(std::string_view field) {
  return Fail(ErrorKind::kUnsupported, "nothing is known here as " + std::string(field));
}

[[maybe_unused]] CallResult ByIoctl(NativeSocket socket, unsigned long request) {
  int bytes = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): its interface
  CallResult result = ReturnedByCall(ioctl(socket, request, &bytes));
  if (result.ok()) result.value = bytes;
  return result;
}

[[maybe_unused]] CallResult ByOption(NativeSocket socket, int option) {
  int number = 0;
  socklen_t length = sizeof number;
  CallResult result = ReturnedByCall(getsockopt(socket, SOL_SOCKET, option, &number, &length));
  if (result.ok()) result.value = number;
  return result;
}

Result<CallResult> SendQueue([[maybe_unused]] NativeSocket socket) {
#if defined(SO_NWRITE)  // macOS: all that the send buffer holds
  return ByOption(socket, SO_NWRITE);
#elif defined(FIONWRITE)  // FreeBSD: likewise
  return ByIoctl(socket, FIONWRITE);
#else
  return NotTold("send_queue");
#endif
}

Result<CallResult> OfConnection(NativeSocket socket, std::string_view field) {
  ConnectionInfo info;
  const CallResult got = ReadInfo(socket, info);
  if (got.error == errors::kNoProtoOpt) return NotTold(field);
  if (!got.ok()) return got;
  if (field == "state") return CallResult{info.state, ErrorCode::kNone};
  const auto* const row = std::find_if(kInfoRows.begin(), kInfoRows.end(),
                                       [&](const InfoRow& r) { return r.field == field; });
  if (row == kInfoRows.end() || info.state == kListenState) return NotTold(field);
  const std::optional<std::int64_t>& value = info.*(row->value);
  if (!value) return NotTold(field);
  return CallResult{*value, ErrorCode::kNone};
}

}  // namespace

Result<CallResult> SysSample(NativeSocket socket, std::string_view field) {
  if (field == "recv_queue") return ByIoctl(socket, FIONREAD);
  if (field == "send_queue") return SendQueue(socket);
  if (field != "accept_queue" && field != "accept_queue_limit") return OfConnection(socket, field);
  const std::optional<AcceptQueue> queue = SysAcceptQueue(socket);
  if (!queue) return NotTold(field);
  return CallResult{field == "accept_queue" ? queue->length : queue->limit, ErrorCode::kNone};
}

std::optional<std::uint32_t> SysTcpState(NativeSocket socket) {
  ConnectionInfo info;
  if (!ReadInfo(socket, info).ok() || info.state == 0) return std::nullopt;
  return info.state;
}

// FreeBSD: getsockopt(2), SO_LISTENQLEN, which is 0 for a socket that does not listen. macOS does
// not tell.
std::optional<AcceptQueue> SysAcceptQueue([[maybe_unused]] NativeSocket listener) {
#if defined(SO_LISTENQLEN) && defined(SO_LISTENQLIMIT)
  const CallResult listens = ByOption(listener, SO_ACCEPTCONN);
  const CallResult length = ByOption(listener, SO_LISTENQLEN);
  const CallResult limit = ByOption(listener, SO_LISTENQLIMIT);
  if (!listens.ok() || listens.value == 0 || !length.ok() || !limit.ok()) return std::nullopt;
  return AcceptQueue{static_cast<std::uint32_t>(length.value),
                     static_cast<std::uint32_t>(limit.value)};
#else
  return std::nullopt;
#endif
}

}  // namespace tcplab
