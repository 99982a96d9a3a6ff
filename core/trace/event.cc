#include "core/trace/event.h"

#include <array>

namespace tcplab {

std::string_view OpName(Op op) noexcept {
  constexpr std::array<std::string_view, kOpCount> kNames = {
      "socket",     "bind",   "listen", "getsockname", "connect",  "so_error",   "poll",
      "accept",     "recv",   "send",   "shutdown",    "close",    "setsockopt", "fcntl",
      "sleep",      "await",  "signal", "step",        "state",    "queue",      "freeze",
      "getsockopt", "sample", "peek",   "recv_oob",    "send_oob", "input"};
  const auto index = static_cast<std::size_t>(op);
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::string_view TcpStateName(std::uint32_t state) noexcept {
  constexpr std::array<std::string_view, 13> kNames = {
      "unknown", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT",
      "CLOSE",   "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV"};
  return state < kNames.size() ? kNames[state] : kNames[0];
}

}  // namespace tcplab
