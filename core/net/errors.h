// From a system's error numbers to names that mean the same everywhere.
#pragma once

#include "core/trace/outcome.h"

namespace tcplab {

// `system_error` is errno (or WSAGetLastError()); the name is the one libuv gives it.
[[nodiscard]] ErrorCode ErrorFromSystem(int system_error);

// The same for a libuv status (negative).
[[nodiscard]] ErrorCode ErrorFromUv(int status);

}  // namespace tcplab
