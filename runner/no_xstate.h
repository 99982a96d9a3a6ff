// What user-mode Linux needs on processors whose register state is larger than it knows.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace tcplab {

// Becomes `command`, for which ptrace(2) then has no NT_X86_XSTATE: it says EINVAL, as a kernel
// without it does. Returns only when that went wrong.
[[nodiscard]] Error BecomeWithoutXstate(const std::vector<std::string>& command);

}  // namespace tcplab
