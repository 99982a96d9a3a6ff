// macOS and FreeBSD: sysctl(3), the variables by the names that the systems give them (tcp(4) and
// security(7) of FreeBSD; bsd/netinet and bsd/kern of XNU).
#include "core/result/facets_bsd.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
// Wants those before it (netintro(4)).
#include <net/if.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/result/environment.h"
#include "core/result/facets.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

// Settings that decide what a scenario shows, as facets of their own names: what they do is close
// to what some of Linux do, and not the same.
constexpr std::array kSettings = {
    "kern.ipc.maxsockbuf",
    "kern.ipc.soacceptqueue",
    "kern.ipc.somaxconn",
    "kern.ipc.soqlencomp",
    "kern.ipc.soqlimitcompat",
    "kern.timecounter.alloweddeviation",
    "net.inet.tcp.always_keepalive",
    "net.inet.tcp.blackhole",
    "net.inet.tcp.delacktime",
    "net.inet.tcp.delayed_ack",
    "net.inet.tcp.fast_finwait2_recycle",
    "net.inet.tcp.keepidle",
    "net.inet.tcp.keepinit",
    "net.inet.tcp.msl",
    "net.inet.tcp.mssdflt",
    "net.inet.tcp.nolocaltimewait",
    "net.inet.tcp.recvspace",
    "net.inet.tcp.rexmit_initial",
    "net.inet.tcp.sendspace",
    "net.inet.tcp.syncache.rst_on_sock_fail",
    "net.inet6.ip6.v6only",
};

template <typename T>
json OrUnknownFacet(const std::optional<T>& value) {
  return value ? json(*value) : json(kUnknown);
}

json SignOf(const std::string& found, const char* sign) {
  return {{"found", found}, {"sign", sign}};
}

// kern.vm_guest: "none", or the hypervisor's name (FreeBSD, security/virtualisation); macOS says
// only that there is one.
json VmBySysctl(const SysctlReader& read) {
  if (const auto guest = SysctlText(read, "kern.vm_guest")) {
    return *guest == "none" ? json("none") : SignOf(*guest, "kern.vm_guest");
  }
  const auto present = SysctlNumber(read, "kern.hv_vmm_present");
  if (!present) return kUnknown;
  return *present == 0 ? json("none") : SignOf("hypervisor", "kern.hv_vmm_present");
}

// jail(8). macOS has nothing of the kind.
json ContainerBySysctl(const SysctlReader& read) {
  const auto jailed = SysctlNumber(read, "security.jail.jailed");
  if (!jailed) return kUnknown;
  return *jailed == 0 ? json("none") : SignOf("jail", "security.jail.jailed");
}

json ReleaseBySysctl(const Machine& machine, const SysctlReader& read) {
  if (const auto version = SysctlText(read, "kern.osproductversion")) return "macOS " + *version;
  if (machine.system.empty() || machine.kernel.empty()) return kUnknown;
  return machine.system + " " + machine.kernel;
}

// Ports that are chosen by the system (ip(4), IP_PORTRANGE_DEFAULT).
json PortRangeBySysctl(const SysctlReader& read) {
  const auto first = SysctlNumber(read, "net.inet.ip.portrange.first");
  const auto last = SysctlNumber(read, "net.inet.ip.portrange.last");
  return first && last ? json({*first, *last}) : json(kUnknown);
}

// netintro(4), SIOCGIFMTU.
std::optional<std::int64_t> LoopbackMtu() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (socket < 0) return std::nullopt;
  ifreq request{};
  constexpr std::string_view kLoopback = "lo0";
  kLoopback.copy(request.ifr_name, sizeof request.ifr_name - 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): its interface
  const bool told = ioctl(socket, SIOCGIFMTU, &request) == 0;
  close(socket);
  return told ? std::optional<std::int64_t>(request.ifr_mtu) : std::nullopt;
}

}  // namespace

json FacetsBySysctl(const Machine& machine, const SysctlReader& read,
                    std::optional<std::int64_t> loopback_mtu) {
  json facets = json::object();
  // Those of Linux by name; what these systems have in their place stands below.
  for (const char* const name : {"tcp_abort_on_overflow", "tcp_autocorking", "tcp_rmem",
                                 "tcp_syn_linear_timeouts", "tcp_syn_retries", "tcp_wmem"}) {
    facets[name] = kUnknown;
  }
  facets["os_release"] = ReleaseBySysctl(machine, read);
  // FreeBSD's newer name first; it keeps the other one for old programs.
  const auto queue = SysctlNumber(read, "kern.ipc.soacceptqueue");
  facets["somaxconn"] = OrUnknownFacet(queue ? queue : SysctlNumber(read, "kern.ipc.somaxconn"));
  facets["tcp_syncookies"] = OrUnknownFacet(SysctlNumber(read, "net.inet.tcp.syncookies"));
  facets["congestion_control"] = OrUnknownFacet(SysctlText(read, "net.inet.tcp.cc.algorithm"));
  facets["ip_local_port_range"] = PortRangeBySysctl(read);
  facets["loopback_mtu"] = OrUnknownFacet(loopback_mtu);
  facets["container"] = ContainerBySysctl(read);
  facets["vm"] = VmBySysctl(read);
  for (const char* const name : kSettings) {
    facets[name] = OrUnknownFacet(SysctlNumber(read, name));
  }
  facets["net.inet.tcp.functions_default"] =
      OrUnknownFacet(SysctlText(read, "net.inet.tcp.functions_default"));
  return facets;
}

json ReadFacets(const Machine& machine) {
  return FacetsBySysctl(machine, ReadSysctl, LoopbackMtu());
}

std::string EmulatedStack(const Machine& /*machine*/) { return {}; }

}  // namespace tcplab::internal
