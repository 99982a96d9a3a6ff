#include "core/net/bsd_tcp_state.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "core/trace/event.h"

namespace tcplab {
namespace {

TEST(BsdTcpState, IsTheStateOfThatNameOfLinux) {
  // In the order of <netinet/tcp_fsm.h>, as TcpStateName spells them.
  constexpr std::array<std::string_view, 11> kNames = {
      "CLOSE",     "LISTEN",  "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "CLOSE_WAIT",
      "FIN_WAIT1", "CLOSING", "LAST_ACK", "FIN_WAIT2", "TIME_WAIT"};
  for (std::uint32_t state = 0; state < kNames.size(); ++state) {
    EXPECT_EQ(TcpStateName(FromBsdTcpState(state)), kNames.at(state)) << state;
  }
}

TEST(BsdTcpState, NumberThatIsNoStateIsNone) {
  EXPECT_EQ(FromBsdTcpState(11), 0U);
  EXPECT_EQ(FromBsdTcpState(255), 0U);
}

}  // namespace
}  // namespace tcplab
