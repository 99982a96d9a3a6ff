#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "tests/support/private_network.h"

namespace tcplab::test {
namespace {

std::string Failed(const std::string& what) { return what + ": " + std::strerror(errno); }

bool BringLoopbackUp() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  close(socket);
  return up;
}

}  // namespace

std::string EnterPrivateNetwork() {
  // Root needs no user namespace; others get one in which they are root.
  const int flags = geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
  if (unshare(flags) != 0) return Failed("unshare");
  if (!BringLoopbackUp()) return Failed("bringing the loopback up");
  return {};
}

std::string SetKernelSetting(const std::string& name, const std::string& value) {
  std::string path = "/proc/sys/" + name;
  std::replace(path.begin() + 10, path.end(), '.', '/');
  std::ofstream file(path);
  file << value << std::flush;
  return file ? std::string() : Failed(path);
}

}  // namespace tcplab::test
