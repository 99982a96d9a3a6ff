#include "core/net/kernel_counters.h"

namespace tcplab {

KernelCounters Moved(const KernelCounters& before, const KernelCounters& after) {
  KernelCounters moved;
  for (const auto& [name, value] : after) {
    const auto earlier = before.find(name);
    const std::uint64_t start = earlier == before.end() ? 0 : earlier->second;
    if (value > start) moved[name] = value - start;
  }
  return moved;
}

}  // namespace tcplab
