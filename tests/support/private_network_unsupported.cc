#include "tests/support/private_network.h"

namespace tcplab::test {

std::string EnterPrivateNetwork() { return "this platform has no network namespaces"; }
std::string SetKernelSetting(const std::string&, const std::string&) {
  return "this platform has no settings below /proc/sys";
}

}  // namespace tcplab::test
