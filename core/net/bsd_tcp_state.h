// The states of TCP as BSD numbers them (<netinet/tcp_fsm.h>), by the numbers of Linux.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tcplab {

// CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK,
// FIN_WAIT_2, TIME_WAIT. 0 for a number that is no state.
[[nodiscard]] constexpr std::uint32_t FromBsdTcpState(std::uint32_t state) {
  constexpr std::array<std::uint8_t, 11> kByBsd = {7, 10, 2, 3, 1, 8, 4, 11, 9, 5, 6};
  return state < kByBsd.size() ? kByBsd.at(state) : 0;
}

}  // namespace tcplab
