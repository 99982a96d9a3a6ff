#include "core/stack/platform_features.h"

namespace tcplab {

std::vector<Inability> PlatformInabilities() {
  return {
      // Its backlog would no longer be the scenario's (libuv, uv__tcp_xfer_export).
      {"worker:process",
       "when libuv passes a listener to another process on Windows, it calls listen(SOMAXCONN)"},
      {"listeners:own", "Windows has no SO_REUSEPORT"},
  };
}

}  // namespace tcplab
