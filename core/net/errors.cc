#include "core/net/errors.h"

#include <uv.h>

namespace tcplab {

ErrorCode ErrorFromUv(int status) {
  if (status == 0) return ErrorCode::kNone;
  // EINPROGRESS has no name in libuv, and is what a non-blocking connect returns.
  if (status == -EINPROGRESS) return ErrorCodeOf("EINPROGRESS");
  return ErrorCodeOf(uv_err_name(status));
}

ErrorCode ErrorFromSystem(int system_error) {
  if (system_error == EINPROGRESS) return ErrorCodeOf("EINPROGRESS");
  return ErrorFromUv(uv_translate_sys_error(system_error));
}

}  // namespace tcplab
