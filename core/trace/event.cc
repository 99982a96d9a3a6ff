#include "core/trace/event.h"

#include <array>

namespace tcplab {

std::string_view OpName(Op op) noexcept {
  constexpr std::array<std::string_view, kOpCount> kNames = {
      "socket", "bind",  "listen", "getsockname", "connect", "so_error",   "poll",
      "accept", "recv",  "send",   "shutdown",    "close",   "setsockopt", "fcntl",
      "sleep",  "await", "signal", "step",        "state",   "queue",      "freeze"};
  const auto index = static_cast<std::size_t>(op);
  return index < kNames.size() ? kNames[index] : "unknown";
}

}  // namespace tcplab
