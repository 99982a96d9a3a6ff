// Where this program's own file is: agents are started from it.
#pragma once

#include <string>

#include "core/base/result.h"

namespace tcplab {

[[nodiscard]] Result<std::string> OwnPath();

}  // namespace tcplab
