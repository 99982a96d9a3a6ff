// How the calls of POSIX return: -1 and errno. For the platform files of this folder only.
#pragma once

#include <cerrno>

#include "core/net/errors.h"
#include "core/net/syscalls.h"

namespace tcplab {

inline CallResult ReturnedByCall(std::int64_t value) {
  if (value >= 0) return {value, ErrorCode::kNone};
  return {-1, ErrorFromSystem(errno)};
}

}  // namespace tcplab
