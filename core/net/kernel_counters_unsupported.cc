#include "core/net/kernel_counters.h"

namespace tcplab {

KernelCounters ReadKernelCounters() { return {}; }

}  // namespace tcplab
