#include "core/net/errors.h"

#include <uv.h>

#include <array>
#include <cerrno>

namespace tcplab {
namespace {

// Errors of the sockets interface that libuv has no name for.
ErrorCode UnknownToUv(int system_error) {
  switch (system_error) {
    case EINPROGRESS:  // what a non-blocking connect returns
      return ErrorCodeOf("EINPROGRESS");
    case EDOM:  // setsockopt(SO_RCVTIMEO) of less than nothing, on Linux
      return ErrorCodeOf("EDOM");
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:  // another number on macOS: what sockets return there
      return ErrorCodeOf("ENOTSUP");
#endif
    default:
      return ErrorCode::kNone;
  }
}

ErrorCode Translate(int system_error) {
  if (const ErrorCode code = UnknownToUv(system_error); code != ErrorCode::kNone) return code;
  return ErrorFromUv(uv_translate_sys_error(system_error));
}

}  // namespace

ErrorCode ErrorFromUv(int status) {
  if (status == 0) return ErrorCode::kNone;
  if (const ErrorCode code = UnknownToUv(-status); code != ErrorCode::kNone) return code;
  // Not uv_err_name(): it allocates, and never frees, for a number that it does not know.
  std::array<char, 32> name{};
  return ErrorCodeOf(uv_err_name_r(status, name.data(), name.size()));
}

ErrorCode ErrorFromSystem(int system_error) {
  // Found once: calls that would block are part of what is measured. Windows counts from 10,000.
  constexpr int kLookedUp = 256;
  static const auto kCodes = [] {
    std::array<ErrorCode, kLookedUp> codes{};
    for (int i = 0; i < kLookedUp; ++i) codes[static_cast<std::size_t>(i)] = Translate(i);
    return codes;
  }();
  if (system_error < 0 || system_error >= kLookedUp) return Translate(system_error);
  return kCodes[static_cast<std::size_t>(system_error)];
}

}  // namespace tcplab
