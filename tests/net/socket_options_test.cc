// SysSetOption, SysGetOption, SysSample and SysMessageFlag: each platform's own tables of names.
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <string>

#include "core/net/syscalls.h"
#include "core/trace/event.h"
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

// --- what getsockopt says

// Gets an option that this platform has.
OptionValue Get(const TestSocket& socket, std::string_view name) {
  Result<OptionValue> result = SysGetOption(socket.get(), name);
  EXPECT_TRUE(result) << name;
  return result ? std::move(*result) : OptionValue{{-1, errors::kNoSys}, {}};
}

TEST(SocketOptions, AreReadInTheUnitsInWhichTheyAreSet) {
  const TestSocket socket = NewSocket();
  EXPECT_EQ(Get(socket, "TCP_NODELAY").call.value, 0);
  Set(socket, "TCP_NODELAY", 1);
  EXPECT_EQ(Get(socket, "TCP_NODELAY").call.value, 1);
  EXPECT_EQ(Get(socket, "SO_LINGER").call.value, -1);
  Set(socket, "SO_LINGER", 0);
  EXPECT_EQ(Get(socket, "SO_LINGER").call.value, 0);
  Set(socket, "SO_LINGER", 7);
  EXPECT_EQ(Get(socket, "SO_LINGER").call.value, 7);
  Set(socket, "SO_SNDTIMEO", 3000);
  EXPECT_EQ(Get(socket, "SO_SNDTIMEO").call.value, 3000);
  EXPECT_EQ(Get(socket, "SO_TYPE").call.value, SOCK_STREAM);
}

TEST(SocketOptions, TextsAreReadAsTheyWereSet) {
  const TestSocket socket = NewSocket();
  const Result<CallResult> set = SysSetTextOption(socket.get(), "TCP_CONGESTION", "reno");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->ok()) << ErrorName(set->error);
  const OptionValue got = Get(socket, "TCP_CONGESTION");
  EXPECT_EQ(got.text, "reno");  // without the zeroes that the kernel fills up with
  EXPECT_EQ(ErrorName(SysSetTextOption(socket.get(), "TCP_CONGESTION", "no such")->error),
            "ENOENT");
  EXPECT_TRUE(Get(socket, "TCP_NODELAY").text.empty());
}

TEST(SocketOptions, ATextIsNoNumber) {
  EXPECT_FALSE(SysSetTextOption(NewSocket().get(), "TCP_NODELAY", "1"));
}

TEST(SocketOptions, ThatThisSystemLacksCannotBeRead) {
  const Result<OptionValue> got = SysGetOption(NewSocket().get(), "SO_NOSIGPIPE");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::kUnsupported);
}

TEST(SocketOptions, ErrorOfReadingIsData) {
  EXPECT_EQ(ErrorName(SysGetOption(kNoSocket, "SO_RCVBUF")->call.error), "EBADF");
}

// --- what the kernel knows

// The value of a field that this platform tells.
std::int64_t Sampled(NativeSocket socket, std::string_view field) {
  const Result<CallResult> result = SysSample(socket, field);
  EXPECT_TRUE(result) << field;
  EXPECT_TRUE(result && result->ok()) << field;
  return result ? result->value : -1;
}

TEST(Sample, QueuesHoldWhatWasNotReadAndNotAcknowledged) {
  const TestConnection connection;
  EXPECT_EQ(Sampled(connection.server.get(), "recv_queue"), 0);
  SysSend(connection.client.get(), "ciao");
  ASSERT_TRUE(Eventually([&] { return Sampled(connection.server.get(), "recv_queue") == 4; }));
  std::array<char, 3> buffer{};
  SysRecv(connection.server.get(), buffer);
  EXPECT_EQ(Sampled(connection.server.get(), "recv_queue"), 1);
  const bool has_all =
      SysSample(connection.client.get(), "send_queue").has_value() && SysMessageFlag("MSG_MORE");
  if (MayNotTell() && !has_all) {
    GTEST_SKIP() << "the system does not tell the send queue, or cannot hold a segment back";
  }
  // With MSG_MORE the segment is held back, so nobody can have acknowledged it.
  SysSend(connection.client.get(), "ab", *SysMessageFlag("MSG_MORE"));
  EXPECT_GE(Sampled(connection.client.get(), "send_queue"), 2);
}

TEST(Sample, StateIsThatOfTcp) {
  TestConnection connection;
  if (MayNotTell() && !SysSample(connection.client.get(), "state")) {
    GTEST_SKIP() << "the system does not tell it";
  }
  EXPECT_EQ(TcpStateName(static_cast<std::uint32_t>(Sampled(connection.client.get(), "state"))),
            "ESTABLISHED");
  connection.server.Close();
  EXPECT_TRUE(Eventually([&] {
    const auto state = static_cast<std::uint32_t>(Sampled(connection.client.get(), "state"));
    return TcpStateName(state) == "CLOSE_WAIT";
  }));
  EXPECT_EQ(TcpStateName(static_cast<std::uint32_t>(Sampled(NewSocket().get(), "state"))), "CLOSE");
}

TEST(Sample, ListenerHasAQueueOfConnectionsAndAConnectionHasNone) {
  const TestListener listener(3);
  if (MayNotTell() && !SysAcceptQueue(listener.get())) {
    EXPECT_EQ(SysSample(listener.get(), "accept_queue").error().kind, ErrorKind::kUnsupported);
    GTEST_SKIP() << "the system does not tell";
  }
  const TestSocket client = listener.Connect();
  EXPECT_TRUE(Eventually([&] { return Sampled(listener.get(), "accept_queue") == 1; }));
  EXPECT_EQ(Sampled(listener.get(), "accept_queue_limit"), 3);
  EXPECT_EQ(TcpStateName(static_cast<std::uint32_t>(Sampled(listener.get(), "state"))), "LISTEN");
  for (const char* const of_connection : {"cwnd", "rtt_us", "snd_mss", "rcv_mss"}) {
    EXPECT_FALSE(SysSample(listener.get(), of_connection)) << of_connection;
    EXPECT_GT(Sampled(client.get(), of_connection), 0) << of_connection;
  }
  for (const char* const of_connection : {"unacked", "retransmits"}) {
    EXPECT_EQ(Sampled(client.get(), of_connection), 0) << of_connection;
  }
  for (const char* const of_listener : {"accept_queue", "accept_queue_limit"}) {
    const Result<CallResult> result = SysSample(client.get(), of_listener);
    ASSERT_FALSE(result) << of_listener;
    EXPECT_EQ(result.error().kind, ErrorKind::kUnsupported);
  }
  EXPECT_FALSE(SysSample(client.get(), "no_such_field"));
}

// --- flags

TEST(MessageFlags, AreThePlatformsNumbers) {
  EXPECT_EQ(SysMessageFlag("MSG_PEEK"), MSG_PEEK);
  EXPECT_EQ(SysMessageFlag("MSG_OOB"), MSG_OOB);
  EXPECT_EQ(SysMessageFlag("MSG_DONTWAIT"), MSG_DONTWAIT);
  EXPECT_EQ(SysMessageFlag("MSG_WAITALL"), MSG_WAITALL);
  EXPECT_FALSE(SysMessageFlag("MSG_NO_SUCH_THING"));
  EXPECT_FALSE(SysMessageFlag("peek"));
}

TEST(MessageFlags, PeekLeavesWhatItReturns) {
  const TestConnection connection;
  SysSend(connection.client.get(), "ciao");
  std::array<char, 16> buffer{};
  for (const char* const flag : {"MSG_PEEK", "MSG_PEEK", "MSG_WAITALL"}) {
    const std::size_t size = 4;
    EXPECT_EQ(SysRecv(connection.server.get(), std::span(buffer).first(size), *SysMessageFlag(flag))
                  .value,
              4);
    EXPECT_EQ(std::string(buffer.data(), size), "ciao");
  }
  EXPECT_EQ(SysRecv(connection.server.get(), buffer, *SysMessageFlag("MSG_DONTWAIT")).error,
            errors::kAgain);
}

}  // namespace
}  // namespace tcplab
