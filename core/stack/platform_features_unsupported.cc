// Platforms that can do all.
#include "core/stack/platform_features.h"

namespace tcplab {

std::vector<Inability> PlatformInabilities() { return {}; }

}  // namespace tcplab
