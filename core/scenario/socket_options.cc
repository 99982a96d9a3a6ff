#include "core/scenario/socket_options.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tcplab::internal {
namespace {

constexpr std::int64_t kLongestTimeoutMs = 3'600'000;

// By level. core/net knows those of its platform; the rest are options of other systems.
constexpr auto kNames = std::to_array<std::string_view>({
    // SOL_SOCKET
    "SO_ACCEPTCONN",
    "SO_BINDTODEVICE",
    "SO_BINDTOIFINDEX",
    "SO_BROADCAST",
    "SO_BUF_LOCK",
    "SO_BUSY_POLL",
    "SO_BUSY_POLL_BUDGET",
    "SO_DEBUG",
    "SO_DOMAIN",
    "SO_DONTROUTE",
    "SO_ERROR",
    "SO_EXCLUSIVEADDRUSE",
    "SO_INCOMING_CPU",
    "SO_INCOMING_NAPI_ID",
    "SO_KEEPALIVE",
    "SO_LINGER",
    "SO_LISTENINCQLEN",
    "SO_LISTENQLEN",
    "SO_LISTENQLIMIT",
    "SO_LOCK_FILTER",
    "SO_MARK",
    "SO_MAX_PACING_RATE",
    "SO_NOADDRERR",
    "SO_NOSIGPIPE",
    "SO_NREAD",
    "SO_NWRITE",
    "SO_OOBINLINE",
    "SO_PREFER_BUSY_POLL",
    "SO_PRIORITY",
    "SO_PROTOCOL",
    "SO_RANDOMPORT",
    "SO_RCVBUF",
    "SO_RCVBUFFORCE",
    "SO_RCVLOWAT",
    "SO_RCVTIMEO",
    "SO_RERROR",
    "SO_RESERVE_MEM",
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "SO_REUSEPORT_LB",
    "SO_REUSESHAREUID",
    "SO_SNDBUF",
    "SO_SNDBUFFORCE",
    "SO_SNDLOWAT",
    "SO_SNDTIMEO",
    "SO_TIMESTAMP",
    "SO_TXREHASH",
    "SO_TYPE",
    "SO_USELOOPBACK",
    "SO_ZEROCOPY",
    // IPPROTO_TCP
    "TCP_BSDURGENT",
    "TCP_CONGESTION",
    "TCP_CONNECTIONTIMEOUT",
    "TCP_CORK",
    "TCP_DEFER_ACCEPT",
    "TCP_DELACK",
    "TCP_ENABLE_ECN",
    "TCP_EXPEDITED_1122",
    "TCP_FASTOPEN",
    "TCP_FASTOPEN_CONNECT",
    "TCP_FASTOPEN_NO_COOKIE",
    "TCP_INQ",
    "TCP_KEEPALIVE",
    "TCP_KEEPCNT",
    "TCP_KEEPIDLE",
    "TCP_KEEPINIT",
    "TCP_KEEPINTVL",
    "TCP_LINGER2",
    "TCP_MAXRT",
    "TCP_MAXSEG",
    "TCP_MAXUNACKTIME",
    "TCP_NODELAY",
    "TCP_NOOPT",
    "TCP_NOPUSH",
    "TCP_NOTSENT_LOWAT",
    "TCP_QUICKACK",
    "TCP_REPAIR",
    "TCP_RXT_CONNDROPTIME",
    "TCP_RXT_FINDROP",
    "TCP_SAVE_SYN",
    "TCP_SENDMOREACKS",
    "TCP_SYNCNT",
    "TCP_THIN_DUPACK",
    "TCP_THIN_LINEAR_TIMEOUTS",
    "TCP_TIMESTAMP",
    "TCP_TX_DELAY",
    "TCP_USER_TIMEOUT",
    "TCP_WINDOW_CLAMP",
    // IPPROTO_IP
    "IP_BINDANY",
    "IP_BIND_ADDRESS_NO_PORT",
    "IP_DONTFRAG",
    "IP_FREEBIND",
    "IP_MINTTL",
    "IP_MTU",
    "IP_MTU_DISCOVER",
    "IP_PORTRANGE",
    "IP_TOS",
    "IP_TRANSPARENT",
    "IP_TTL",
    // IPPROTO_IPV6
    "IPV6_AUTOFLOWLABEL",
    "IPV6_BINDANY",
    "IPV6_DONTFRAG",
    "IPV6_FREEBIND",
    "IPV6_MINHOPCOUNT",
    "IPV6_MTU",
    "IPV6_MTU_DISCOVER",
    "IPV6_PORTRANGE",
    "IPV6_TCLASS",
    "IPV6_TRANSPARENT",
    "IPV6_UNICAST_HOPS",
    "IPV6_USE_MIN_MTU",
    "IPV6_V6ONLY",
});

// send(2), recv(2) and what Windows and the BSDs have beside them.
constexpr auto kFlags = std::to_array<std::string_view>({
    "MSG_DONTROUTE",
    "MSG_DONTWAIT",
    "MSG_EOR",
    "MSG_MORE",
    "MSG_NOSIGNAL",
    "MSG_OOB",
    "MSG_PEEK",
    "MSG_TRUNC",
    "MSG_WAITALL",
});

// Of TCP_INFO (tcp(7)), and the queues of a socket (SIOCINQ, SIOCOUTQ).
constexpr auto kSampleFields = std::to_array<std::string_view>({
    "accept_queue",
    "accept_queue_limit",
    "cwnd",
    "rcv_mss",
    "recv_queue",
    "retransmits",
    "rtt_us",
    "send_queue",
    "snd_mss",
    "state",
    "unacked",
});

}  // namespace

std::span<const std::string_view> SocketOptionNames() { return kNames; }

std::span<const std::string_view> MessageFlagNames() { return kFlags; }

std::span<const std::string_view> SampleFieldNames() { return kSampleFields; }

bool IsTextOption(std::string_view name) {
  return name == "SO_BINDTODEVICE" || name == "TCP_CONGESTION";
}

std::optional<OptionRange> FindSocketOption(std::string_view name) {
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return std::nullopt;
  // -1 switches lingering off; the seconds travel in an unsigned short on some systems.
  if (name == "SO_LINGER") return OptionRange{-1, std::numeric_limits<std::uint16_t>::max()};
  if (name == "SO_RCVTIMEO" || name == "SO_SNDTIMEO") return OptionRange{0, kLongestTimeoutMs};
  return OptionRange{std::numeric_limits<std::int32_t>::min(),
                     std::numeric_limits<std::int32_t>::max()};
}

}  // namespace tcplab::internal
