// Where a client stands, by its own account and by the kernel's: on real sockets.
#include "core/agent/snapshot.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "core/net/handle.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

constexpr std::uint32_t kTcpEstablished = 1;
constexpr std::uint32_t kTcpSynSent = 2;

// One client that stands where a test puts it, and a look at it.
class SnapshotTest : public testing::Test {
 protected:
  SnapshotTest() {
    FleetClient client;
    client.number = 3;
    client.view = std::make_unique<ActorView>();
    context_.clients.push_back(std::move(client));
    context_.frozen = true;
  }
  ActorView& view() { return *context_.clients[0].view; }
  void Holds(const TestSocket& socket) {
    view().connecting = true;
    const std::lock_guard lock(view().sockets[0].mutex);
    view().sockets[0].socket = socket.get();
  }
  Event Look() {
    RecordStates(context_, recorder_);
    trace_ = recorder_.Take();
    EXPECT_FALSE(trace_.events.empty());
    const Event event = trace_.events.empty() ? Event() : trace_.events.back();
    EXPECT_EQ(event.op, Op::kState);
    EXPECT_EQ(event.actor, 3U);
    return event;
  }
  [[nodiscard]] Address LocalOf(const Event& event) const {
    return Address::Decode(trace_.Data(event));
  }
  static SocketState StateOf(const Event& event) { return static_cast<SocketState>(event.result); }
  static Address NameOf(const TestSocket& socket) {
    Address local;
    EXPECT_TRUE(SysGetSockName(socket.get(), local).ok());
    return local;
  }

  FleetContext context_;
  Recorder recorder_{{.events = 64, .addresses = 64, .payload = 0}};
  RecorderTrace trace_;
};

TEST_F(SnapshotTest, ClientThatHasNotConnectedIsNotStarted) {
  EXPECT_EQ(StateOf(Look()), SocketState::kNotStarted);
  const TestSocket opened = NewSocket();  // a `set` before its connect
  {
    const std::lock_guard lock(view().sockets[0].mutex);
    view().sockets[0].socket = opened.get();
  }
  EXPECT_EQ(StateOf(Look()), SocketState::kNotStarted);
}

TEST_F(SnapshotTest, ConnectToAFullQueueIsConnectingAndHasAPort) {
  const FullListener full;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), full.address()).error, errors::kInProgress);
  Holds(client);
  const Event event = Look();
  EXPECT_EQ(StateOf(event), SocketState::kConnecting);
  EXPECT_EQ(event.argument, SysTcpState(client.get()) ? kTcpSynSent : 0);
  EXPECT_EQ(LocalOf(event), NameOf(client));
  EXPECT_NE(LocalOf(event).port(), 0);
}

TEST_F(SnapshotTest, ClientWithAPeerIsEstablishedWhetherItHasWokenOrNot) {
  const TestListener listener;
  const TestSocket client = NewSocket(Blocking::kNo);
  SysConnect(client.get(), listener.address());
  ASSERT_TRUE(Eventually([&] { return HasPeer(client.get()); }));
  Holds(client);  // and nobody has asked for SO_ERROR
  const Event event = Look();
  EXPECT_EQ(StateOf(event), SocketState::kEstablished);
  EXPECT_EQ(event.argument, SysTcpState(client.get()) ? kTcpEstablished : 0);
  EXPECT_EQ(LocalOf(event), NameOf(client));
}

TEST_F(SnapshotTest, LookingTakesNoErrorFromTheScript) {
  TestConnection connection;
  Holds(connection.client);
  connection.server.Abort();
  ASSERT_TRUE(Eventually([&] { return !HasPeer(connection.client.get()); }));
  EXPECT_EQ(StateOf(Look()), SocketState::kNotConnected);
  std::array<char, 1> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(connection.client.get(), buffer).error), "ECONNRESET");
}

TEST_F(SnapshotTest, SilentClientThatWasResetIsNotConnectedAndKeepsItsPort) {
  TestConnection connection;
  const Address local = NameOf(connection.client);
  Holds(connection.client);
  connection.server.Abort();
  ASSERT_TRUE(Eventually([&] { return !HasPeer(connection.client.get()); }));
  const Event event = Look();
  EXPECT_EQ(StateOf(event), SocketState::kNotConnected);
  EXPECT_EQ(LocalOf(event), local);
}

TEST_F(SnapshotTest, RefusedClientThatHasNotWokenIsNotConnected) {
  const DeadPort port;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), port.address()).error, errors::kInProgress);
  ASSERT_EQ(SysPoll(client.get(), Ready::kWritable, MonotonicNs() + kTestPatienceNs).value, 1);
  Holds(client);
  EXPECT_EQ(StateOf(Look()), SocketState::kNotConnected);
}

TEST_F(SnapshotTest, ClientThatClosedItsSocketIsClosed) {
  view().connecting = true;
  const Event event = Look();
  EXPECT_EQ(StateOf(event), SocketState::kClosed);
  EXPECT_EQ(event.data, 0U);
}

// Its thread said that it is about to connect, and has not been given the processor since.
TEST_F(SnapshotTest, ClientWhoseConnectHasNotReachedTheKernelIsConnecting) {
  const TestSocket client = NewSocket();
  Holds(client);
  EXPECT_EQ(StateOf(Look()), SocketState::kConnecting) << "and never reset";
}

TEST_F(SnapshotTest, LooksAgainWhereTheConnectIsOnlyAboutToReachTheKernel) {
  const FullListener full;
  const TestSocket client = NewSocket(Blocking::kNo);
  Holds(client);
  Result<Thread> actor = Thread::Start([&] {
    SysSleepUntil(MonotonicNs() + kNsPerMs / 20);
    SysConnect(client.get(), full.address());
  });
  ASSERT_TRUE(actor);
  const Event event = Look();
  actor->Join();
  EXPECT_EQ(StateOf(event), SocketState::kConnecting);
}

TEST_F(SnapshotTest, ClientThatTheFreezeHaltsIsSeenAsNotStarted) {
  const TestSocket client = NewSocket();
  Holds(client);
  Result<Thread> actor = Thread::Start([&] { view().connecting = false; });  // as it backs out
  ASSERT_TRUE(actor);
  actor->Join();
  EXPECT_EQ(StateOf(Look()), SocketState::kNotStarted);
}

TEST_F(SnapshotTest, TellsTheStepUnlessTheScriptIsOver) {
  view().step = 5;
  EXPECT_EQ(Look().step, 5);
  view().ended = true;
  EXPECT_EQ(Look().step, kNoStep);
}

TEST_F(SnapshotTest, ResetOnExitEndsConnectionsWithAReset) {
  TestConnection connection;
  Holds(connection.client);
  ResetOnExit(context_);
  connection.client.Close();
  std::array<char, 1> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(connection.server.get(), buffer).error), "ECONNRESET");
}

}  // namespace
}  // namespace tcplab
