#include <fstream>
#include <string>

#include "core/base/system_clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace tcplab {

#if defined(__x86_64__)
// The kernel takes "tsc" only where it has found the counter constant, never stopping and the same
// on all processors (arch/x86/kernel/tsc.c), and goes back to another clock when that ends.
bool TicksAreTime() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string source;
  return std::getline(file, source) && source == "tsc";
}
std::uint64_t ReadTicks() noexcept { return __rdtsc(); }
#else
bool TicksAreTime() { return false; }
std::uint64_t ReadTicks() noexcept { return 0; }
#endif

}  // namespace tcplab
