#include "core/agent/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>

#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::HasSubstr;

class ListenerTest : public testing::Test {
 protected:
  ~ListenerTest() override {
    for (const Event& event : Events(Op::kAccept)) {  // what the drain left open
      if (!event.failed()) SysClose(static_cast<NativeSocket>(event.result));
    }
    if (listener_.native() != kNoSocket) listener_.Close(calls_);
  }
  Address Open(int backlog = 8, Blocking blocking = Blocking::kYes) {
    spec_.backlog = backlog;
    const Result<Address> address = listener_.Open(spec_, blocking, calls_);
    EXPECT_TRUE(address) << address.error().message;
    return address ? *address : Address();
  }
  [[nodiscard]] std::vector<Event> Events(Op op) const {
    std::vector<Event> events;
    for (const Event& event : recorder_.Take().events) {
      if (event.op == op) events.push_back(event);
    }
    return events;
  }
  [[nodiscard]] bool QueueIs(std::uint32_t length) const {
    return QueueBecomes(listener_.native(), length);
  }

  ListenSpec spec_;
  Recorder recorder_{{.events = 256, .addresses = 64, .payload = 0}};
  RecordedCalls calls_{recorder_};
  Listener listener_;
};

TEST_F(ListenerTest, OpensOnAPortOfTheSystemsChoice) {
  const Address address = Open();
  EXPECT_NE(address.port(), 0);
  const TestSocket client = ConnectTo(address);
  EXPECT_TRUE(QueueIs(1));
  const RecorderTrace trace = recorder_.Take();
  ASSERT_EQ(trace.events.size(), 4U);
  EXPECT_EQ(trace.events[0].op, Op::kSocket);
  EXPECT_EQ(trace.events[1].op, Op::kBind);
  EXPECT_EQ(trace.events[2].op, Op::kListen);
  EXPECT_EQ(trace.events[2].argument, 8U);
  EXPECT_EQ(Address::Decode(trace.Data(trace.events[3])), address);
}

TEST_F(ListenerTest, PortInUseIsAFaultOfTheHarness) {
  const TestListener other;
  spec_.port = other.address().port();
  const Result<Address> address = listener_.Open(spec_, Blocking::kYes, calls_);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().kind, ErrorKind::kHarness);
  EXPECT_THAT(address.error().message, HasSubstr("EADDRINUSE"));
  EXPECT_THAT(address.error().message, HasSubstr(std::to_string(spec_.port)));
}

TEST_F(ListenerTest, AddressThatIsNotLocalIsAFaultOfTheHarness) {
  spec_.address = "192.0.2.1";
  const Result<Address> address = listener_.Open(spec_, Blocking::kYes, calls_);
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("EADDRNOTAVAIL"));
  EXPECT_THAT(address.error().message, HasSubstr("192.0.2.1"));
}

TEST_F(ListenerTest, BoundModeHoldsAPortThatRefuses) {
  spec_.mode = ListenMode::kBound;
  const Address address = Open();
  const TestSocket client = NewSocket();
  EXPECT_EQ(ErrorName(SysConnect(client.get(), address).error), "ECONNREFUSED");
  const TestSocket thief = NewSocket();
  EXPECT_EQ(ErrorName(SysBind(thief.get(), address).error), "EADDRINUSE");
  listener_.RecordQueue(calls_);
  EXPECT_TRUE(Events(Op::kQueue).empty());
  listener_.Drain(calls_, 0);
  EXPECT_TRUE(listener_.closed() == false);
}

TEST_F(ListenerTest, RecordsItsQueueByTheKernelsWord) {
  const Address address = Open(5);
  const TestSocket first = ConnectTo(address);
  const TestSocket second = ConnectTo(address);
  ASSERT_TRUE(QueueIs(2));
  if (MayNotTell() && !SysAcceptQueue(listener_.native())) {
    GTEST_SKIP() << "the system does not tell";
  }
  listener_.RecordQueue(calls_);
  const std::vector<Event> queue = Events(Op::kQueue);
  ASSERT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue[0].result, 2);
  EXPECT_EQ(queue[0].argument, 5U);
}

TEST_F(ListenerTest, DrainTakesAllThatIsQueuedInOrder) {
  const Address address = Open();
  std::array<TestSocket, 3> clients;
  std::array<Address, 3> locals;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i] = ConnectTo(address);
    SysGetSockName(clients[i].get(), locals[i]);
    ASSERT_TRUE(QueueIs(static_cast<std::uint32_t>(i + 1)));
  }
  listener_.Drain(calls_, 7);
  const RecorderTrace trace = recorder_.Take();
  const std::vector<Event> accepts = Events(Op::kAccept);
  ASSERT_EQ(accepts.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(accepts[i].argument, 7 + i);
    EXPECT_EQ(Address::Decode(trace.Data(accepts[i])), locals[i]);
    Address peer;  // open still: the client must not see the drain
    EXPECT_TRUE(SysGetPeerName(static_cast<NativeSocket>(accepts[i].result), peer).ok());
  }
  EXPECT_EQ(ErrorName(accepts[3].error()), "EAGAIN");
  EXPECT_FALSE(listener_.closed());
}

TEST_F(ListenerTest, ShutdownWakesAThreadThatSitsInAccept) {
  if (!SysShutdownEndsListening()) GTEST_SKIP() << "shutdown of a listener is refused here";
  Open();
  Recorder recorder({.events = 4, .addresses = 4, .payload = 0});
  RecordedCalls calls(recorder);
  std::thread acceptor([&] {
    Address peer;
    calls.Accept(listener_.native(), Blocking::kYes, 0, peer);
  });
  ASSERT_TRUE(Eventually([&] { return recorder.Take().events.size() == 1; }));  // it is in the call
  listener_.Shutdown(calls_);
  acceptor.join();
  EXPECT_EQ(ErrorName(recorder.Take().events.at(0).error()), "EINVAL");
}

TEST_F(ListenerTest, ShutdownIsCalledWhereItEndsTheListeningAndNowhereElse) {
  Open();
  listener_.Shutdown(calls_);
  EXPECT_EQ(Events(Op::kShutdown).size(), SysShutdownEndsListening() ? 1U : 0U);
}

TEST_F(ListenerTest, ShutdownResetsWhatIsQueued) {
  if (!SysShutdownEndsListening()) GTEST_SKIP() << "shutdown of a listener is refused here";
  const TestSocket client = ConnectTo(Open());
  ASSERT_TRUE(QueueIs(1));
  listener_.Shutdown(calls_);
  std::array<char, 1> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(client.get(), buffer).error), "ECONNRESET");
}

TEST_F(ListenerTest, CloseEndsTheListening) {
  const Address address = Open();
  listener_.Close(calls_);
  EXPECT_TRUE(listener_.closed());
  const TestSocket client = NewSocket();
  EXPECT_EQ(ErrorName(SysConnect(client.get(), address).error), "ECONNREFUSED");
}

TEST_F(ListenerTest, MakesNoCallOnceItIsClosed) {
  Open();
  listener_.Close(calls_);
  const std::size_t before = recorder_.Take().events.size();
  listener_.Close(calls_);
  listener_.Shutdown(calls_);
  listener_.RecordQueue(calls_);
  listener_.Drain(calls_, 0);
  EXPECT_EQ(recorder_.Take().events.size(), before);
}

TEST(AcceptGoesOn, AfterErrorsOfOneConnectionOnly) {
  for (const char* error : {"ECONNABORTED", "EINTR", "EPROTO", "EHOSTUNREACH", "ENETUNREACH"}) {
    EXPECT_TRUE(AcceptGoesOn(ErrorCodeOf(error))) << error;
  }
  for (const char* error : {"EINVAL", "EBADF", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN"}) {
    EXPECT_FALSE(AcceptGoesOn(ErrorCodeOf(error))) << error;
  }
}

}  // namespace
}  // namespace tcplab
