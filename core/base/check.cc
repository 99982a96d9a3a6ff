#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tcplab::internal {

void CheckFailed(const char* file, int line, const char* expected) noexcept {
  std::fprintf(stderr, "%s:%d: check failed: expected %s\n", file, line, expected);
  std::abort();
}

}  // namespace tcplab::internal
