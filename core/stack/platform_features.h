// What the platform itself cannot do, whichever stack it is.
#pragma once

#include <vector>

#include "core/stack/features.h"

namespace tcplab {

// Of a case that needs one of these, a result says `unsupported` and why. Options, flags and
// samples are not among them: a step finds out that they are missing.
[[nodiscard]] std::vector<Inability> PlatformInabilities();

}  // namespace tcplab
