#include <array>
#include <cstring>
#include <string>

#include "core/base/sysctl_bsd.h"
#include "runner/doctor_facts.h"

namespace tcplab {

// Which ports are in use stands in lists of structures that change from release to release
// (net.inet.tcp.pcblist).
std::optional<PortUse> ReadPortUse() { return std::nullopt; }

// macOS: a count of its own (bsd/netinet/tcp_subr.c). FreeBSD: one for each state, as its kernel
// numbers them, TIME_WAIT last (sys/netinet/tcp_fsm.h).
std::optional<std::uint64_t> ReadTimeWaitCount() {
  if (const auto count = SysctlNumber(ReadSysctl, "net.inet.tcp.tw_pcbcount")) {
    return static_cast<std::uint64_t>(*count);
  }
  std::array<std::uint64_t, 11> states{};
  const std::optional<std::string> bytes = ReadSysctl("net.inet.tcp.states");
  if (!bytes || bytes->size() != sizeof states) return std::nullopt;
  std::memcpy(states.data(), bytes->data(), sizeof states);
  return states.back();
}

std::optional<bool> CanMakeNetworkNamespace() { return std::nullopt; }

}  // namespace tcplab
