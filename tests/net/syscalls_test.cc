#include "core/net/syscalls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include "core/base/clock.h"
#include "core/net/handle.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

bool IsCloseOnExec(NativeSocket socket) { return (fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0; }
bool IsNonBlocking(NativeSocket socket) { return (fcntl(socket, F_GETFL) & O_NONBLOCK) != 0; }

constexpr std::uint32_t kEstablished = 1;
constexpr std::uint32_t kSynSent = 2;
constexpr std::uint32_t kCloseWait = 8;
constexpr std::uint32_t kListen = 10;

TEST(Syscalls, EverySocketIsCloseOnExec) {
  for (const Blocking blocking : {Blocking::kYes, Blocking::kNo}) {
    const TestSocket ipv4(SysSocket(false, blocking));
    EXPECT_TRUE(IsCloseOnExec(ipv4.get()));
    const TestConnection connection(blocking);
    EXPECT_TRUE(IsCloseOnExec(connection.server.get()));
  }
}

TEST(Syscalls, SocketsBlockOrNotAsAsked) {
  EXPECT_FALSE(IsNonBlocking(NewSocket(Blocking::kYes).get()));
  EXPECT_TRUE(IsNonBlocking(NewSocket(Blocking::kNo).get()));
  TestSocket socket = NewSocket();
  EXPECT_TRUE(SysSetBlocking(socket.get(), Blocking::kNo).ok());
  EXPECT_TRUE(IsNonBlocking(socket.get()));
  EXPECT_TRUE(SysSetBlocking(socket.get(), Blocking::kYes).ok());
  EXPECT_FALSE(IsNonBlocking(socket.get()));
}

TEST(Syscalls, AcceptedSocketIsAsAskedWhateverTheListenerIs) {
  for (const Blocking listens : {Blocking::kYes, Blocking::kNo}) {
    for (const Blocking accepts : {Blocking::kYes, Blocking::kNo}) {
      const TestListener listener(4, listens);
      const TestSocket client = listener.Connect();
      EXPECT_EQ(IsNonBlocking(listener.Accept(accepts).get()), accepts == Blocking::kNo);
    }
  }
}

TEST(Syscalls, AcceptTellsThePeersAddress) {
  const TestListener listener;
  const TestSocket client = listener.Connect();
  Address peer;
  const TestSocket server(SysAccept(listener.get(), Blocking::kYes, peer));
  Address local;
  ASSERT_TRUE(SysGetSockName(client.get(), local).ok());
  EXPECT_EQ(peer, local);
  Address peer_of_client;
  ASSERT_TRUE(SysGetPeerName(client.get(), peer_of_client).ok());
  EXPECT_EQ(peer_of_client, listener.address());
}

TEST(Syscalls, BytesArriveAsTheyWereSent) {
  const TestConnection connection;
  EXPECT_EQ(SysSend(connection.client.get(), "ciao").value, 4);
  std::array<char, 16> buffer{};
  const CallResult got = SysRecv(connection.server.get(), buffer);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(got.value)), "ciao");
}

TEST(Syscalls, EndOfStreamIsZeroBytes) {
  TestConnection connection;
  EXPECT_TRUE(SysShutdown(connection.client.get(), ShutdownSide::kWrite).ok());
  std::array<char, 16> buffer{};
  const CallResult got = SysRecv(connection.server.get(), buffer);
  EXPECT_TRUE(got.ok());
  EXPECT_EQ(got.value, 0);
}

TEST(Syscalls, DeadPortRefuses) {
  const DeadPort port;
  const TestSocket client = NewSocket();
  EXPECT_EQ(ErrorName(SysConnect(client.get(), port.address()).error), "ECONNREFUSED");
}

TEST(Syscalls, PortInUseIsSaidAtBind) {
  const TestListener listener;
  const TestSocket second = NewSocket();
  EXPECT_EQ(ErrorName(SysBind(second.get(), listener.address()).error), "EADDRINUSE");
}

TEST(Syscalls, NonBlockingCallWithNothingToDoIsEagain) {
  const TestConnection connection(Blocking::kNo);
  std::array<char, 16> buffer{};
  EXPECT_EQ(SysRecv(connection.server.get(), buffer).error, errors::kAgain);
  const TestListener listener(4, Blocking::kNo);
  Address peer;
  EXPECT_EQ(SysAccept(listener.get(), Blocking::kNo, peer).error, errors::kAgain);
}

TEST(Syscalls, ErrorOfAConnectIsReadOnceAndThenGone) {
  const DeadPort port;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), port.address()).error, errors::kInProgress);
  ASSERT_EQ(SysPoll(client.get(), Ready::kWritable, MonotonicNs() + kTestPatienceNs).value, 1);
  EXPECT_EQ(ErrorName(SysSoError(client.get()).error), "ECONNREFUSED");
  EXPECT_TRUE(SysSoError(client.get()).ok());
}

TEST(Syscalls, SuccessOfANonBlockingConnectIsNoError) {
  const TestListener listener;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), listener.address()).error, errors::kInProgress);
  ASSERT_EQ(SysPoll(client.get(), Ready::kWritable, MonotonicNs() + kTestPatienceNs).value, 1);
  EXPECT_TRUE(SysSoError(client.get()).ok());
}

TEST(Syscalls, PortIsKnownWhileAConnectIsUnderWay) {
  const FullListener full;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), full.address()).error, errors::kInProgress);
  Address local;
  ASSERT_TRUE(SysGetSockName(client.get(), local).ok());
  EXPECT_NE(local.port(), 0);
  Address peer;
  EXPECT_EQ(ErrorName(SysGetPeerName(client.get(), peer).error), "ENOTCONN");
}

TEST(Syscalls, PollWithinItsDeadlineIsOne) {
  const TestConnection connection;
  SysSend(connection.client.get(), "x");
  const CallResult ready = SysPoll(connection.server.get(), Ready::kReadable, 0);
  EXPECT_TRUE(ready.ok());
  EXPECT_EQ(ready.value, 1);
}

TEST(Syscalls, PollNeverEndsBeforeItsDeadline) {
  const TestConnection connection;
  for (const double ms : {0.05, 1.0, 2.5}) {
    const std::int64_t deadline_ns = MonotonicNs() + MsToNs(ms);
    EXPECT_EQ(SysPoll(connection.server.get(), Ready::kReadable, deadline_ns).value, 0);
    EXPECT_GE(MonotonicNs(), deadline_ns);
  }
}

TEST(Syscalls, PollWithADeadlineInThePastOnlyLooks) {
  const TestConnection connection;
  EXPECT_EQ(SysPoll(connection.server.get(), Ready::kReadable, 1).value, 0);
  EXPECT_EQ(SysPoll(connection.server.get(), Ready::kWritable, 1).value, 1);
}

TEST(Syscalls, SleepNeverEndsBeforeItsDeadline) {
  SysMinimiseTimerSlack();
  for (int i = 0; i < 20; ++i) {
    const std::int64_t deadline_ns = MonotonicNs() + kNsPerMs / 5;
    SysSleepUntil(deadline_ns);
    EXPECT_GE(MonotonicNs(), deadline_ns);
  }
}

// Above FD_SETSIZE too, where select(2) knows no descriptors.
TEST(Syscalls, PollKnowsEveryDescriptor) {
  SysRaiseDescriptorLimit();
  const TestConnection connection;
  constexpr int kHigh = 1500;
  const TestSocket high(dup2(connection.server.get(), kHigh));
  if (high.get() < 0) GTEST_SKIP() << "no descriptor is that high here";
  EXPECT_EQ(SysPoll(high.get(), Ready::kReadable, MonotonicNs() + kNsPerMs).value, 0);
  EXPECT_EQ(SysPoll(high.get(), Ready::kWritable, MonotonicNs() + kTestPatienceNs).value, 1);
  SysSend(connection.client.get(), "x");
  EXPECT_EQ(SysPoll(high.get(), Ready::kReadable, MonotonicNs() + kTestPatienceNs).value, 1);
}

TEST(Syscalls, InterruptEndsACallThatWaits) {
  const TestListener listener;
  std::atomic<bool> over{false};
  CallResult accepted;
  Result<Thread> thread = Thread::Start([&] {
    Address peer;
    accepted = SysAccept(listener.get(), Blocking::kYes, peer);
    over.store(true);
  });
  ASSERT_TRUE(thread);
  // Again and again: it may not have begun its call yet.
  EXPECT_TRUE(Eventually([&] {
    if (!over.load()) thread->Interrupt(listener.get());
    return over.load();
  }));
  thread->Join();
  EXPECT_EQ(accepted.error, errors::kInterrupted);
}

TEST(Syscalls, AcceptQueueIsAsLongAsTheKernelSays) {
  const TestListener listener(5);
  if (MayNotTell() && !SysAcceptQueue(listener.get())) {
    GTEST_SKIP() << "the system does not tell (SO_LISTENQLEN)";
  }
  std::array<TestSocket, 3> clients;
  for (std::uint32_t i = 0; i < clients.size(); ++i) {
    clients[i] = listener.Connect();
    EXPECT_TRUE(Eventually([&] { return listener.QueueLength() == i + 1; })) << i;
  }
  EXPECT_EQ(SysAcceptQueue(listener.get())->limit, 5U);
  const TestSocket accepted = listener.Accept();
  EXPECT_EQ(listener.QueueLength(), 2U);
}

TEST(Syscalls, OnlyAListenerHasAnAcceptQueue) {
  const TestConnection connection;
  EXPECT_FALSE(SysAcceptQueue(connection.client.get()));
  EXPECT_FALSE(SysAcceptQueue(NewSocket().get()));
}

TEST(Syscalls, StateIsTheKernelsWord) {
  const TestListener listener;
  if (MayNotTell() && !SysTcpState(listener.get())) {
    GTEST_SKIP() << "the system does not tell (TCP_INFO)";
  }
  EXPECT_EQ(SysTcpState(listener.get()), kListen);
  TestConnection connection;
  EXPECT_EQ(SysTcpState(connection.client.get()), kEstablished);
  SysShutdown(connection.client.get(), ShutdownSide::kWrite);
  EXPECT_TRUE(Eventually([&] { return SysTcpState(connection.server.get()) == kCloseWait; }));
  const FullListener full;
  const TestSocket pending = NewSocket(Blocking::kNo);
  SysConnect(pending.get(), full.address());
  EXPECT_EQ(SysTcpState(pending.get()), kSynSent);
  EXPECT_FALSE(SysTcpState(kNoSocket));
}

TEST(Syscalls, LingerZeroEndsAConnectionWithAReset) {
  TestConnection connection;
  EXPECT_TRUE(SysLingerZero(connection.client.get()).ok());
  connection.client.Close();
  ASSERT_EQ(
      SysPoll(connection.server.get(), Ready::kReadable, MonotonicNs() + kTestPatienceNs).value, 1);
  std::array<char, 16> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(connection.server.get(), buffer).error), "ECONNRESET");
}

TEST(Syscalls, CallsOnNoSocketSayEbadf) {
  std::array<char, 1> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(kNoSocket, buffer).error), "EBADF");
  EXPECT_EQ(ErrorName(SysSend(kNoSocket, "x").error), "EBADF");
  EXPECT_EQ(ErrorName(SysClose(kNoSocket).error), "EBADF");
  EXPECT_EQ(ErrorName(SysListen(kNoSocket, 1).error), "EBADF");
}

// In a child, whose signals are its own.
TEST(SyscallsDeathTest, AgentsOutliveABrokenPipeAndATerminal) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        std::signal(SIGPIPE, SIG_DFL);
        SysIgnoreAgentSignals();
        for (const int number : {SIGPIPE, SIGINT, SIGHUP, SIGQUIT, SIGTSTP}) std::raise(number);
        SysExitNow(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST(Syscalls, DescriptorLimitIsRaisedToTheHardOne) {
  const std::uint64_t limit = SysRaiseDescriptorLimit();
  EXPECT_GT(limit, 0U);
  EXPECT_EQ(SysRaiseDescriptorLimit(), limit);
}

}  // namespace
}  // namespace tcplab
