// SysSetOption: each platform's own table of options.
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "core/net/syscalls.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

template <typename T>
T Option(NativeSocket socket, int level, int option) {
  T value{};
  socklen_t length = sizeof value;
  EXPECT_EQ(getsockopt(socket, level, option, &value, &length), 0);
  return value;
}

// Sets an option that this platform has.
CallResult Set(const TestSocket& socket, std::string_view name, std::int64_t value) {
  const Result<CallResult> result = SysSetOption(socket.get(), name, value);
  EXPECT_TRUE(result) << name;
  return result ? *result : CallResult{-1, errors::kNoSys};
}

TEST(SocketOptions, IntegerOptionsAreSetByTheirNames) {
  const TestSocket socket = NewSocket();
  EXPECT_TRUE(Set(socket, "TCP_NODELAY", 1).ok());
  EXPECT_NE(Option<int>(socket.get(), IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_TRUE(Set(socket, "TCP_NODELAY", 0).ok());
  EXPECT_EQ(Option<int>(socket.get(), IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_TRUE(Set(socket, "SO_KEEPALIVE", 1).ok());
  EXPECT_NE(Option<int>(socket.get(), SOL_SOCKET, SO_KEEPALIVE), 0);
}

TEST(SocketOptions, LingerTakesSecondsAndMinusOneTurnsItOff) {
  const TestSocket socket = NewSocket();
  EXPECT_TRUE(Set(socket, "SO_LINGER", 3).ok());
  const auto on = Option<linger>(socket.get(), SOL_SOCKET, SO_LINGER);
  EXPECT_EQ(on.l_onoff, 1);
  EXPECT_EQ(on.l_linger, 3);
  EXPECT_TRUE(Set(socket, "SO_LINGER", 0).ok());
  EXPECT_EQ(Option<linger>(socket.get(), SOL_SOCKET, SO_LINGER).l_onoff, 1);
  EXPECT_TRUE(Set(socket, "SO_LINGER", -1).ok());
  EXPECT_EQ(Option<linger>(socket.get(), SOL_SOCKET, SO_LINGER).l_onoff, 0);
}

TEST(SocketOptions, TimesAreMilliseconds) {
  const TestSocket socket = NewSocket();
  EXPECT_TRUE(Set(socket, "SO_RCVTIMEO", 2500).ok());
  const auto time = Option<timeval>(socket.get(), SOL_SOCKET, SO_RCVTIMEO);
  EXPECT_EQ(time.tv_sec, 2);
  EXPECT_EQ(time.tv_usec, 500'000);
}

TEST(SocketOptions, ValueThatTheKernelRefusesIsDataAndNoFault) {
  const TestSocket socket = NewSocket();
  EXPECT_EQ(ErrorName(Set(socket, "TCP_MAXSEG", 1).error), "EINVAL");
  EXPECT_EQ(ErrorName(Set(socket, "SO_RCVTIMEO", -1).error), "EDOM");
}

TEST(SocketOptions, OptionOfAnotherSystemIsUnsupported) {
  const TestSocket socket = NewSocket();
  for (const char* name : {"SO_NOSIGPIPE", "SO_EXCLUSIVEADDRUSE", "TCP_NO_SUCH_THING", ""}) {
    const Result<CallResult> result = SysSetOption(socket.get(), name, 1);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().kind, ErrorKind::kUnsupported);
    EXPECT_NE(result.error().message.find(name), std::string::npos);
  }
}

TEST(SocketOptions, NamesAreNotGuessed) {
  EXPECT_FALSE(SysSetOption(NewSocket().get(), "tcp_nodelay", 1));
}

}  // namespace
}  // namespace tcplab
