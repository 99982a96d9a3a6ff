// What `runner doctor` asks each platform in its own way.
#pragma once

#include <cstdint>
#include <optional>

namespace tcplab {

// Local ports that the system gives to connections. Nothing where a platform does not tell.
struct PortUse {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  std::uint32_t used = 0;  // of them, IPv4 and IPv6, in whatever state
};
[[nodiscard]] std::optional<PortUse> ReadPortUse();

// Connections in TIME_WAIT.
[[nodiscard]] std::optional<std::uint64_t> ReadTimeWaitCount();

// Whether a process of this user may have a network namespace of its own, with other settings.
[[nodiscard]] std::optional<bool> CanMakeNetworkNamespace();

}  // namespace tcplab
