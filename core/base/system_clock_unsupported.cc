#include "core/base/system_clock.h"

namespace tcplab {

bool TicksAreTime() { return false; }
std::uint64_t ReadTicks() noexcept { return 0; }

}  // namespace tcplab
