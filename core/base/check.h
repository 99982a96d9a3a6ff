// TCPLAB_CHECK: a broken promise inside tcplab is a bug; it aborts with file, line and what was
// expected.
#pragma once

namespace tcplab::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* expected) noexcept;

}  // namespace tcplab::internal

// Always on, in release builds too: a measurement made past a broken invariant would be worse than
// none.
#define TCPLAB_CHECK(condition)                        \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::tcplab::internal::CheckFailed(__FILE__, __LINE__, #condition))
