#include <nlohmann/json.hpp>

#include "core/result/environment.h"
#include "core/result/facets.h"

namespace tcplab::internal {

nlohmann::json ReadFacets(const Machine& /*machine*/) {
  nlohmann::json facets = nlohmann::json::object();
  for (const char* name :
       {"os_release", "somaxconn", "tcp_syncookies", "tcp_abort_on_overflow", "tcp_syn_retries",
        "tcp_syn_linear_timeouts", "tcp_rmem", "tcp_wmem", "tcp_autocorking", "ip_local_port_range",
        "congestion_control", "loopback_mtu", "container", "vm"}) {
    facets[name] = kUnknown;
  }
  return facets;
}

std::string EmulatedStack(const Machine& /*machine*/) { return {}; }
std::string KernelAsProcess(const Machine& /*machine*/) { return {}; }

}  // namespace tcplab::internal
