#include "core/net/recorded_calls.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

#include "core/trace/trial_trace.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

// A recorder with its calls, and a look at what they left.
class RecordedCallsTest : public testing::Test {
 protected:
  // The one event that `call` recorded.
  Event Recorded(const std::function<void()>& call) {
    const std::size_t before = recorder_.Take().events.size();
    const std::int64_t from_ns = MonotonicNs();
    call();
    const std::int64_t until_ns = MonotonicNs();
    trace_ = recorder_.Take();
    EXPECT_EQ(trace_.events.size(), before + 1) << "one event is one call";
    const Event event = trace_.events.back();
    EXPECT_TRUE(event.finished());
    EXPECT_LE(from_ns, event.begin_ns);
    EXPECT_LE(event.begin_ns, event.end_ns);
    EXPECT_LE(event.end_ns, until_ns);
    return event;
  }
  Address AddressOf(const Event& event) const { return Address::Decode(trace_.Data(event)); }

  Recorder recorder_{{.events = 64, .addresses = 16, .payload = 64}};
  RecordedCalls calls_{recorder_};
  RecorderTrace trace_;
  const EventContext at_{3, 5, 1};
};

TEST_F(RecordedCallsTest, EachCallIsOneEventWithItsPlace) {
  const Event event = Recorded([&] { TestSocket made(calls_.Socket(at_, false, Blocking::kYes)); });
  EXPECT_EQ(event.op, Op::kSocket);
  EXPECT_EQ(event.actor, 3U);
  EXPECT_EQ(event.step, 5);
  EXPECT_EQ(event.socket, 1);
  EXPECT_GE(event.result, 0);
}

TEST_F(RecordedCallsTest, ListenerIsOpenedInThreeCalls) {
  const TestSocket socket = NewSocket();
  EXPECT_EQ(Recorded([&] { calls_.Bind({}, socket.get(), Loopback()); }).op, Op::kBind);
  const Event listen = Recorded([&] { calls_.Listen({}, socket.get(), 7); });
  EXPECT_EQ(listen.op, Op::kListen);
  EXPECT_EQ(listen.argument, 7U);
  EXPECT_EQ(listen.actor, kListenerActor);
  Address local;
  const Event name = Recorded([&] { calls_.GetSockName({}, socket.get(), local); });
  EXPECT_EQ(name.op, Op::kGetSockName);
  EXPECT_EQ(AddressOf(name), local);
  EXPECT_NE(local.port(), 0);
}

TEST_F(RecordedCallsTest, ErrorsAreRecordedAsTheirCodes) {
  const DeadPort port;
  const TestSocket socket = NewSocket();
  const Event event = Recorded([&] { calls_.Connect(at_, socket.get(), port.address()); });
  EXPECT_EQ(event.op, Op::kConnect);
  EXPECT_EQ(ErrorName(event.error()), "ECONNREFUSED");
}

TEST_F(RecordedCallsTest, NonBlockingConnectIsThreeEvents) {
  const TestListener listener;
  const TestSocket socket = NewSocket();
  const Event fcntl = Recorded([&] { calls_.SetBlocking(at_, socket.get(), Blocking::kNo); });
  EXPECT_EQ(fcntl.op, Op::kFcntl);
  EXPECT_EQ(fcntl.argument, 1U);
  const Event connect = Recorded([&] { calls_.Connect(at_, socket.get(), listener.address()); });
  EXPECT_EQ(ErrorName(connect.error()), "EINPROGRESS");
  const Event poll = Recorded(
      [&] { calls_.Poll(at_, socket.get(), Ready::kWritable, MonotonicNs() + kTestPatienceNs); });
  EXPECT_EQ(poll.op, Op::kPoll);
  EXPECT_EQ(poll.argument, 1U);
  EXPECT_EQ(poll.result, 1);
  const Event concluded = Recorded([&] { calls_.SoError(at_, socket.get()); });
  EXPECT_EQ(concluded.op, Op::kSoError);
  EXPECT_EQ(concluded.result, 0);
}

TEST_F(RecordedCallsTest, AcceptKeepsNumberAndPeer) {
  const TestListener listener(4, Blocking::kNo);
  Address peer;
  const Event nothing = Recorded([&] { calls_.Accept(listener.get(), Blocking::kYes, 4, peer); });
  EXPECT_EQ(nothing.op, Op::kAccept);
  EXPECT_EQ(ErrorName(nothing.error()), "EAGAIN");
  EXPECT_EQ(nothing.data, 0U);

  const TestSocket client = listener.Connect();
  ASSERT_TRUE(QueueBecomes(listener.get(), 1));
  TestSocket server;
  const Event accepted = Recorded(
      [&] { server = TestSocket(calls_.Accept(listener.get(), Blocking::kYes, 4, peer)); });
  EXPECT_EQ(accepted.argument, 4U);
  EXPECT_EQ(accepted.actor, kListenerActor);
  EXPECT_TRUE(peer.valid());
  EXPECT_EQ(AddressOf(accepted), peer);
}

TEST_F(RecordedCallsTest, RecvKeepsWhatCame) {
  const TestConnection connection;
  WriteBytes(connection.client.get(), "ciao");
  std::array<char, 16> buffer{};
  const Event event = Recorded([&] { calls_.Recv(at_, connection.server.get(), buffer); });
  EXPECT_EQ(event.op, Op::kRecv);
  EXPECT_EQ(event.argument, 16U);
  EXPECT_EQ(event.result, 4);
  EXPECT_EQ(trace_.Data(event), "ciao");
}

TEST_F(RecordedCallsTest, EagainIsAnEventToo) {
  const TestConnection connection(Blocking::kNo);
  std::array<char, 16> buffer{};
  const Event event = Recorded([&] { calls_.Recv(at_, connection.server.get(), buffer); });
  EXPECT_EQ(ErrorName(event.error()), "EAGAIN");
  EXPECT_EQ(event.data, 0U);
}

TEST_F(RecordedCallsTest, SendSaysWhatWasOfferedAndWhatWasTaken) {
  const TestConnection connection;
  const Event event = Recorded([&] { calls_.Send(at_, connection.client.get(), "0123456789"); });
  EXPECT_EQ(event.op, Op::kSend);
  EXPECT_EQ(event.argument, 10U);
  EXPECT_EQ(event.result, 10);
}

TEST_F(RecordedCallsTest, EndOfAConnectionIsRecorded) {
  TestConnection connection;
  const Event shutdown =
      Recorded([&] { calls_.Shutdown(at_, connection.client.get(), ShutdownSide::kWrite); });
  EXPECT_EQ(shutdown.op, Op::kShutdown);
  EXPECT_EQ(shutdown.argument, 1U);
  EXPECT_EQ(Recorded([&] { calls_.LingerZero(at_, connection.client.get()); }).op, Op::kSetOption);
  const Event close = Recorded([&] { calls_.Close(at_, connection.client.Release()); });
  EXPECT_EQ(close.op, Op::kClose);
  EXPECT_EQ(close.result, 0);
}

TEST_F(RecordedCallsTest, OptionIsRecordedWithItsValue) {
  const TestSocket socket = NewSocket();
  const Event event =
      Recorded([&] { EXPECT_TRUE(calls_.SetOption(at_, socket.get(), "TCP_NODELAY", 1)); });
  EXPECT_EQ(event.op, Op::kSetOption);
  EXPECT_EQ(event.argument, 1U);
  EXPECT_EQ(event.result, 0);
}

TEST_F(RecordedCallsTest, OptionThatIsUnsupportedFailsInTheTraceToo) {
  const TestSocket socket = NewSocket();
  const Event event =
      Recorded([&] { EXPECT_FALSE(calls_.SetOption(at_, socket.get(), "SO_NOSIGPIPE", 1)); });
  EXPECT_TRUE(event.failed());
}

}  // namespace
}  // namespace tcplab
