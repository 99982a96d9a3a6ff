// Options and flags of macOS and FreeBSD by their names. What POSIX.1-2008 demands stands as it is,
// the rest where the system at hand has the name: getsockopt(2), tcp(4), ip(4) and ip6(4) of
// FreeBSD 14, <sys/socket.h> and <netinet/tcp.h> of XNU.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <array>

#include "core/net/option_table.h"

namespace tcplab {
namespace {

// Options whose value is a structure (SO_ACCEPTFILTER) are left out.
constexpr auto kOptions = std::to_array<OptionRow>({
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN},
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST},
    {"SO_DEBUG", SOL_SOCKET, SO_DEBUG},
#ifdef SO_DOMAIN
    {"SO_DOMAIN", SOL_SOCKET, SO_DOMAIN},
#endif
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE},
    {"SO_ERROR", SOL_SOCKET, SO_ERROR},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
// macOS counts SO_LINGER in ticks of the clock, and has another option for seconds (its
// <sys/socket.h>); elsewhere it counts seconds.
#ifdef SO_LINGER_SEC
    {"SO_LINGER", SOL_SOCKET, SO_LINGER_SEC, OptionType::kLinger},
#else
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, OptionType::kLinger},
#endif
#ifdef SO_LISTENINCQLEN
    {"SO_LISTENINCQLEN", SOL_SOCKET, SO_LISTENINCQLEN},
#endif
#ifdef SO_LISTENQLEN
    {"SO_LISTENQLEN", SOL_SOCKET, SO_LISTENQLEN},
#endif
#ifdef SO_LISTENQLIMIT
    {"SO_LISTENQLIMIT", SOL_SOCKET, SO_LISTENQLIMIT},
#endif
#ifdef SO_MAX_PACING_RATE
    {"SO_MAX_PACING_RATE", SOL_SOCKET, SO_MAX_PACING_RATE},
#endif
#ifdef SO_NOADDRERR
    {"SO_NOADDRERR", SOL_SOCKET, SO_NOADDRERR},
#endif
#ifdef SO_NOSIGPIPE
    {"SO_NOSIGPIPE", SOL_SOCKET, SO_NOSIGPIPE},
#endif
#ifdef SO_NREAD
    {"SO_NREAD", SOL_SOCKET, SO_NREAD},
#endif
#ifdef SO_NWRITE
    {"SO_NWRITE", SOL_SOCKET, SO_NWRITE},
#endif
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
#ifdef SO_PROTOCOL
    {"SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL},
#endif
#ifdef SO_RANDOMPORT
    {"SO_RANDOMPORT", SOL_SOCKET, SO_RANDOMPORT},
#endif
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, OptionType::kTime},
#ifdef SO_RERROR
    {"SO_RERROR", SOL_SOCKET, SO_RERROR},
#endif
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
#ifdef SO_REUSEPORT
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
#endif
#ifdef SO_REUSEPORT_LB
    {"SO_REUSEPORT_LB", SOL_SOCKET, SO_REUSEPORT_LB},
#endif
#ifdef SO_REUSESHAREUID
    {"SO_REUSESHAREUID", SOL_SOCKET, SO_REUSESHAREUID},
#endif
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, OptionType::kTime},
#ifdef SO_TIMESTAMP
    {"SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP},
#endif
    {"SO_TYPE", SOL_SOCKET, SO_TYPE},
#ifdef SO_USELOOPBACK
    {"SO_USELOOPBACK", SOL_SOCKET, SO_USELOOPBACK},
#endif
#ifdef TCP_CONGESTION
    {"TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, OptionType::kText},
#endif
#ifdef TCP_CONNECTIONTIMEOUT
    {"TCP_CONNECTIONTIMEOUT", IPPROTO_TCP, TCP_CONNECTIONTIMEOUT},
#endif
#ifdef TCP_DELACK
    {"TCP_DELACK", IPPROTO_TCP, TCP_DELACK},
#endif
#ifdef TCP_ENABLE_ECN
    {"TCP_ENABLE_ECN", IPPROTO_TCP, TCP_ENABLE_ECN},
#endif
#ifdef TCP_FASTOPEN
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
#endif
#ifdef TCP_KEEPALIVE
    {"TCP_KEEPALIVE", IPPROTO_TCP, TCP_KEEPALIVE},
#endif
#ifdef TCP_KEEPCNT
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
#endif
#ifdef TCP_KEEPIDLE
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
#endif
#ifdef TCP_KEEPINIT
    {"TCP_KEEPINIT", IPPROTO_TCP, TCP_KEEPINIT},
#endif
#ifdef TCP_KEEPINTVL
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
#endif
#ifdef TCP_MAXSEG
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
#endif
#ifdef TCP_MAXUNACKTIME
    {"TCP_MAXUNACKTIME", IPPROTO_TCP, TCP_MAXUNACKTIME},
#endif
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
#ifdef TCP_NOOPT
    {"TCP_NOOPT", IPPROTO_TCP, TCP_NOOPT},
#endif
#ifdef TCP_NOPUSH
    {"TCP_NOPUSH", IPPROTO_TCP, TCP_NOPUSH},
#endif
#ifdef TCP_NOTSENT_LOWAT
    {"TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
#endif
#ifdef TCP_RXT_CONNDROPTIME
    {"TCP_RXT_CONNDROPTIME", IPPROTO_TCP, TCP_RXT_CONNDROPTIME},
#endif
#ifdef TCP_RXT_FINDROP
    {"TCP_RXT_FINDROP", IPPROTO_TCP, TCP_RXT_FINDROP},
#endif
#ifdef TCP_SENDMOREACKS
    {"TCP_SENDMOREACKS", IPPROTO_TCP, TCP_SENDMOREACKS},
#endif
#ifdef IP_BINDANY
    {"IP_BINDANY", IPPROTO_IP, IP_BINDANY},
#endif
#ifdef IP_DONTFRAG
    {"IP_DONTFRAG", IPPROTO_IP, IP_DONTFRAG},
#endif
#ifdef IP_MINTTL
    {"IP_MINTTL", IPPROTO_IP, IP_MINTTL},
#endif
#ifdef IP_PORTRANGE
    {"IP_PORTRANGE", IPPROTO_IP, IP_PORTRANGE},
#endif
#ifdef IP_TOS
    {"IP_TOS", IPPROTO_IP, IP_TOS},
#endif
#ifdef IP_TTL
    {"IP_TTL", IPPROTO_IP, IP_TTL},
#endif
#ifdef IPV6_BINDANY
    {"IPV6_BINDANY", IPPROTO_IPV6, IPV6_BINDANY},
#endif
#ifdef IPV6_DONTFRAG
    {"IPV6_DONTFRAG", IPPROTO_IPV6, IPV6_DONTFRAG},
#endif
#ifdef IPV6_PORTRANGE
    {"IPV6_PORTRANGE", IPPROTO_IPV6, IPV6_PORTRANGE},
#endif
#ifdef IPV6_TCLASS
    {"IPV6_TCLASS", IPPROTO_IPV6, IPV6_TCLASS},
#endif
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS},
#ifdef IPV6_USE_MIN_MTU
    {"IPV6_USE_MIN_MTU", IPPROTO_IPV6, IPV6_USE_MIN_MTU},
#endif
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
});

constexpr auto kFlags = std::to_array<FlagRow>({
    {"MSG_DONTROUTE", MSG_DONTROUTE},
#ifdef MSG_DONTWAIT
    {"MSG_DONTWAIT", MSG_DONTWAIT},
#endif
    {"MSG_EOR", MSG_EOR},
#ifdef MSG_MORE
    {"MSG_MORE", MSG_MORE},
#endif
#ifdef MSG_NOSIGNAL
    {"MSG_NOSIGNAL", MSG_NOSIGNAL},
#endif
    {"MSG_OOB", MSG_OOB},
    {"MSG_PEEK", MSG_PEEK},
    {"MSG_TRUNC", MSG_TRUNC},
    {"MSG_WAITALL", MSG_WAITALL},
});

}  // namespace

std::span<const OptionRow> OptionTable() { return kOptions; }
std::span<const FlagRow> FlagTable() { return kFlags; }

}  // namespace tcplab
