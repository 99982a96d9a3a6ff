// Options and flags of Windows by their names: "Socket Options" of the Winsock reference, where the
// headers have them.
#include <winsock2.h>
// after winsock2.h
#include <ws2ipdef.h>
#include <ws2tcpip.h>

#include <array>

#include "core/net/option_table.h"

namespace tcplab {
namespace {

// <ws2ipdef.h> of the Windows SDK; MinGW's lacks some of them.
enum TcpOption : int {
  kExpedited1122 = 2,
  kKeepAlive = 3,
  kMaxSeg = 4,
  kMaxRt = 5,
  kFastOpen = 15,
  kKeepCnt = 16,
  kKeepIntvl = 17,
};

constexpr auto kOptions = std::to_array<OptionRow>({
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN},
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST},
    {"SO_DEBUG", SOL_SOCKET, SO_DEBUG},
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE},
    {"SO_ERROR", SOL_SOCKET, SO_ERROR},
    {"SO_EXCLUSIVEADDRUSE", SOL_SOCKET, SO_EXCLUSIVEADDRUSE},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, OptionType::kLinger},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, OptionType::kTime},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, OptionType::kTime},
    {"SO_TYPE", SOL_SOCKET, SO_TYPE},
    {"SO_USELOOPBACK", SOL_SOCKET, SO_USELOOPBACK},
    {"TCP_EXPEDITED_1122", IPPROTO_TCP, kExpedited1122},
    {"TCP_FASTOPEN", IPPROTO_TCP, kFastOpen},
    {"TCP_KEEPALIVE", IPPROTO_TCP, kKeepAlive},
    {"TCP_KEEPCNT", IPPROTO_TCP, kKeepCnt},
    {"TCP_KEEPIDLE", IPPROTO_TCP, kKeepAlive},  // the same, by the name that others have
    {"TCP_KEEPINTVL", IPPROTO_TCP, kKeepIntvl},
    {"TCP_MAXRT", IPPROTO_TCP, kMaxRt},
    {"TCP_MAXSEG", IPPROTO_TCP, kMaxSeg},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"IP_MTU", IPPROTO_IP, IP_MTU},
    {"IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER},
    {"IP_TOS", IPPROTO_IP, IP_TOS},
    {"IP_TTL", IPPROTO_IP, IP_TTL},
    {"IPV6_MTU", IPPROTO_IPV6, IPV6_MTU},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
});

constexpr auto kFlags = std::to_array<FlagRow>({
    {"MSG_DONTROUTE", MSG_DONTROUTE},
    {"MSG_OOB", MSG_OOB},
    {"MSG_PEEK", MSG_PEEK},
    {"MSG_WAITALL", MSG_WAITALL},
});

}  // namespace

std::span<const OptionRow> OptionTable() { return kOptions; }
std::span<const FlagRow> FlagTable() { return kFlags; }

}  // namespace tcplab
