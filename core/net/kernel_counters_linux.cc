// /proc/net/netstat: pairs of lines, the names and the values of one protocol (Linux
// Documentation/networking/snmp_counter).
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

#include "core/net/kernel_counters.h"

namespace tcplab {
namespace {

constexpr std::array<std::string_view, 14> kTold = {
    "ListenOverflows", "ListenDrops",    "TCPReqQFullDoCookies", "TCPReqQFullDrop",
    "SyncookiesSent",  "SyncookiesRecv", "SyncookiesFailed",     "EmbryonicRsts",
    "TCPAbortOnClose", "TCPAbortOnData", "TCPAbortOnTimeout",    "TCPSynRetrans",
    "TCPAutoCorking",  "TCPTimeouts"};

}  // namespace

KernelCounters ReadKernelCounters() {
  KernelCounters counters;
  std::ifstream file("/proc/net/netstat");
  std::string names_line;
  std::string values_line;
  while (std::getline(file, names_line) && std::getline(file, values_line)) {
    std::istringstream names(names_line);
    std::istringstream values(values_line);
    std::string name;
    std::string prefix;
    names >> prefix;
    values >> prefix;
    std::uint64_t value = 0;
    while (names >> name && values >> value) {
      if (std::find(kTold.begin(), kTold.end(), name) != kTold.end()) counters[name] = value;
    }
  }
  return counters;
}

}  // namespace tcplab
