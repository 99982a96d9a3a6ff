#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "runner/doctor_facts.h"

namespace tcplab {
namespace {

// The local ports of a table like /proc/net/tcp: "  0: 0100007F:1F90 00000000:0000 0A ..."
void AddLocalPorts(const char* path, std::set<std::uint32_t>& ports) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // the names of the columns
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number;
    std::string local;
    words >> number >> local;
    const std::size_t colon = local.rfind(':');
    if (colon == std::string::npos) continue;
    std::istringstream port_text(local.substr(colon + 1));
    std::uint32_t port = 0;
    if (port_text >> std::hex >> port) ports.insert(port);
  }
}

}  // namespace

std::optional<PortUse> ReadPortUse() {
  PortUse use;
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  if (!(range >> use.low >> use.high)) return std::nullopt;
  std::set<std::uint32_t> ports;
  AddLocalPorts("/proc/net/tcp", ports);
  AddLocalPorts("/proc/net/tcp6", ports);
  for (const std::uint32_t port : ports) use.used += port >= use.low && port <= use.high ? 1 : 0;
  return use;
}

// "TCP: inuse 5 orphan 0 tw 12 alloc 8 mem 1"
std::optional<std::uint64_t> ReadTimeWaitCount() {
  std::ifstream file("/proc/net/sockstat");
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word != "TCP:") continue;
    std::uint64_t count = 0;
    while (words >> word >> count) {
      if (word == "tw") return count;
    }
  }
  return std::nullopt;
}

// Tried in a child, which is what a test would do (unshare -Urn).
std::optional<bool> CanMakeNetworkNamespace() {
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) _exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child) return std::nullopt;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace tcplab
