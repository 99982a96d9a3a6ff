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
    "SO_BROADCAST",
    "SO_BUSY_POLL",
    "SO_DEBUG",
    "SO_DONTROUTE",
    "SO_EXCLUSIVEADDRUSE",
    "SO_INCOMING_CPU",
    "SO_KEEPALIVE",
    "SO_LINGER",
    "SO_MARK",
    "SO_NOSIGPIPE",
    "SO_OOBINLINE",
    "SO_PRIORITY",
    "SO_RCVBUF",
    "SO_RCVLOWAT",
    "SO_RCVTIMEO",
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "SO_REUSEPORT_LB",
    "SO_SNDBUF",
    "SO_SNDLOWAT",
    "SO_SNDTIMEO",
    // IPPROTO_TCP
    "TCP_BSDURGENT",
    "TCP_CONNECTIONTIMEOUT",
    "TCP_CORK",
    "TCP_DEFER_ACCEPT",
    "TCP_EXPEDITED_1122",
    "TCP_FASTOPEN",
    "TCP_FASTOPEN_CONNECT",
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
    "TCP_RXT_CONNDROPTIME",
    "TCP_SYNCNT",
    "TCP_THIN_LINEAR_TIMEOUTS",
    "TCP_USER_TIMEOUT",
    "TCP_WINDOW_CLAMP",
    // IPPROTO_IP and IPPROTO_IPV6
    "IP_BIND_ADDRESS_NO_PORT",
    "IP_FREEBIND",
    "IP_TOS",
    "IP_TRANSPARENT",
    "IP_TTL",
    "IPV6_V6ONLY",
});

}  // namespace

std::span<const std::string_view> SocketOptionNames() { return kNames; }

std::optional<OptionRange> FindSocketOption(std::string_view name) {
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return std::nullopt;
  // -1 switches lingering off; the seconds travel in an unsigned short on some systems.
  if (name == "SO_LINGER") return OptionRange{-1, std::numeric_limits<std::uint16_t>::max()};
  if (name == "SO_RCVTIMEO" || name == "SO_SNDTIMEO") return OptionRange{0, kLongestTimeoutMs};
  return OptionRange{std::numeric_limits<std::int32_t>::min(),
                     std::numeric_limits<std::int32_t>::max()};
}

}  // namespace tcplab::internal
