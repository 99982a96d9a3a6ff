#include "tests/stacks/lwip/lwip_stack.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// Debian's lwipopts.h and tapif.h leave it to whoever includes them to say that they are C.
extern "C" {
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/tcpip.h>
#include <netif/tapif.h>
}

#include <cstdlib>
#include <cstring>
#include <latch>

#include "tests/stacks/lwip/lwip_calls.h"

namespace tcplab {
namespace {

constexpr unsigned kDevices = 16;  // as many as stacks/lwip.sh makes

// Names of this kind belong to the network namespace, and are free again when the process ends,
// however it does (unix(7), abstract).
bool Reserve(unsigned device) {
  const int lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string text = "tcplab-lwip-" + std::to_string(device);
  std::memcpy(&name.sun_path[1], text.data(), text.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind's interface
  if (bind(lock, reinterpret_cast<sockaddr*>(&name), length) == 0) return true;  // kept to the end
  close(lock);
  return false;
}

netif device_interface;

}  // namespace

std::string LwipVersion() { return LWIP_VERSION_STRING; }

std::optional<std::string> StartLwip() {
  unsigned device = 0;
  while (device < kDevices && !Reserve(device)) ++device;
  if (device == kDevices) return "every TAP device is taken";
  // What lwIP's tapif goes by; without it, it would set up a device with ifconfig.
  setenv("PRECONFIGURED_TAPIF", ("tap" + std::to_string(device)).c_str(), 1);

  std::latch started(1);
  tcpip_init([](void* latch) { static_cast<std::latch*>(latch)->count_down(); }, &started);
  started.wait();
  ip4_addr_t own{};
  ip4_addr_t mask{};
  ip4_addr_t gateway{};
  IP4_ADDR(&own, 10, 99, device, 2);
  IP4_ADDR(&mask, 255, 255, 255, 0);
  IP4_ADDR(&gateway, 10, 99, device, 1);
  LOCK_TCPIP_CORE();
  const bool added = netif_add(&device_interface, &own, &mask, &gateway, nullptr, tapif_init,
                               tcpip_input) != nullptr;
  if (added) {
    netif_set_default(&device_interface);
    netif_set_up(&device_interface);
    netif_set_link_up(&device_interface);
  }
  UNLOCK_TCPIP_CORE();
  if (!added) return "lwIP did not take the TAP device";
  lwip_own_address = own.addr;
  return std::nullopt;
}

}  // namespace tcplab
