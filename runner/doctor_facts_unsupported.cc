#include "runner/doctor_facts.h"

namespace tcplab {

std::optional<PortUse> ReadPortUse() { return std::nullopt; }
std::optional<std::uint64_t> ReadTimeWaitCount() { return std::nullopt; }
std::optional<bool> CanMakeNetworkNamespace() { return std::nullopt; }

}  // namespace tcplab
