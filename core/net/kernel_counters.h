// The kernel's own counts of what its TCP did: evidence beside a result, never part of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tcplab {

// Counters of this network namespace by the system's own names (Linux: the TcpExt rows of
// /proc/net/netstat that tell of listen queues, resets and retransmissions). Empty where the
// platform has none.
using KernelCounters = std::map<std::string, std::uint64_t>;
[[nodiscard]] KernelCounters ReadKernelCounters();

// What was counted from `before` to `after`; counters that did not move are left out.
[[nodiscard]] KernelCounters Moved(const KernelCounters& before, const KernelCounters& after);

}  // namespace tcplab
