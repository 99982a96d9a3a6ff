// Where this program's own file is (agents are started from it), and what its machine is called.
#pragma once

#include <string>

#include "core/base/result.h"

namespace tcplab {

[[nodiscard]] Result<std::string> OwnPath();

// "localhost" where nobody tells.
[[nodiscard]] std::string HostName();

}  // namespace tcplab
