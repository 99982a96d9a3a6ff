// A server agent plays its part of a trial: real clients on one side, a controller on the other.
#include "core/agent/server_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/agent/agent_child.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A server that answers lines in capitals until its client is gone.
nlohmann::json UppercaseServer(std::string_view io, std::string_view model = "iterative") {
  return {{"listen", {{"backlog", 8}}},
          {"accept", {{"model", model}}},
          {"io", io},
          {"script", nlohmann::json::parse(R"([{"repeat": {"until": "eof", "steps": [
              {"recv": {"until": "\n"}}, {"reply": "uppercase"}]}}])")}};
}

std::string AnswerTo(const TestSocket& client, std::string_view line) {
  WriteBytes(client.get(), line);
  return ReadBytes(client.get(), line.size());
}

std::size_t AcceptedBefore(const AgentTrace& trace) {
  std::size_t count = 0;
  for (const Event& event : EventsOf(trace, Op::kAccept)) {
    count += !event.failed() && event.finished() && event.end_ns <= trace.freeze_ns ? 1 : 0;
  }
  return count;
}
std::size_t Drained(const AgentTrace& trace) {
  std::size_t count = 0;
  for (const Event& event : EventsOf(trace, Op::kAccept)) {
    count += !event.failed() && event.end_ns > trace.freeze_ns ? 1 : 0;
  }
  return count;
}
std::vector<std::int64_t> QueueOf(const AgentTrace& trace) {
  std::vector<std::int64_t> lengths;
  for (const Event& event : EventsOf(trace, Op::kQueue)) lengths.push_back(event.result);
  return lengths;
}

// Every kind of endpoint plays the same server.
class EveryIo : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] static std::string_view io() { return GetParam(); }
  [[nodiscard]] static bool libuv() { return io() == "libuv"; }
};
std::string ServerIo(const testing::TestParamInfo<const char*>& io) { return io.param; }
INSTANTIATE_TEST_SUITE_P(Server, EveryIo, testing::Values("blocking", "poll", "libuv"), ServerIo);

TEST_P(EveryIo, ServesOneClientAndThenTheNext) {
  ServerChild server(UppercaseServer(io()).dump());
  const Address address = server.ReadyAndGo();
  for (const char* line : {"one\n", "two\n"}) {
    const TestSocket client = ConnectTo(address);
    EXPECT_EQ(AnswerTo(client, line), line == std::string("one\n") ? "ONE\n" : "TWO\n");
  }
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(AcceptedBefore(trace), 2U);
  EXPECT_EQ(Drained(trace), 0U);
  EXPECT_EQ(trace.name, "server");
  EXPECT_EQ(trace.clock, "monotonic");
}

TEST_P(EveryIo, IterativeServerLeavesTheOthersInItsQueue) {
  ServerChild server(UppercaseServer(io()).dump());
  const Address address = server.ReadyAndGo();
  const TestSocket served = ConnectTo(address);
  EXPECT_EQ(AnswerTo(served, "a\n"), "A\n");
  const TestSocket second = ConnectTo(address);
  const TestSocket third = ConnectTo(address);
  // The kernel has them once they are connected; libuv holds one of them.
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(AcceptedBefore(trace), 1U);
  EXPECT_EQ(Drained(trace), 2U);
  if (MayNotTell() && QueueOf(trace).empty()) GTEST_SKIP() << "the system does not tell the queue";
  EXPECT_THAT(QueueOf(trace), ElementsAre(libuv() ? 1 : 2));
}

TEST_P(EveryIo, ServerThatNeverAcceptsIsDrainedInOrder) {
  nlohmann::json document = UppercaseServer(io(), "never");
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  std::vector<TestSocket> clients;
  std::vector<std::string> ports;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(ConnectTo(address));
    Address local;
    SysGetSockName(clients.back().get(), local);
    ports.push_back(local.Encoded());
  }
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(AcceptedBefore(trace), 0U);
  std::vector<std::string> drained;
  for (const RecorderTrace& recorder : trace.recorders) {
    for (const Event& event : recorder.events) {
      if (event.op == Op::kAccept && !event.failed()) drained.emplace_back(recorder.Data(event));
    }
  }
  EXPECT_EQ(drained, ports);
  EXPECT_EQ(EventsOf(trace, Op::kFreeze).size(), 1U);
}

TEST_P(EveryIo, HandlerThatIsStillServingIsRecordedAtItsStep) {
  nlohmann::json document = UppercaseServer(io());
  document["script"] = nlohmann::json::parse(R"([{"recv": {"until": 1}}, {"send": "k"},
                                                 {"recv": {"until": 1}}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  WriteBytes(client.get(), "x");
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  // The answer is here before its step is over there.
  const std::vector<Event> states = EventsOf(server.EndTrial(), Op::kState);
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states[0].actor, 0U);
  EXPECT_TRUE(states[0].step == 2 || states[0].step == 1) << states[0].step;
}

TEST_P(EveryIo, AcceptingBeginsNotBeforeItsTime) {
  nlohmann::json document = UppercaseServer(io());
  document["accept"]["after_ms"] = 30;
  ServerChild server(document.dump());
  const std::int64_t before_ns = MonotonicNs();
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(AnswerTo(client, "a\n"), "A\n");
  EXPECT_GE(MonotonicNs(), before_ns + 30 * kNsPerMs);
}

TEST_P(EveryIo, ListenerThatIsClosedResetsItsQueueAndRefusesTheNext) {
  nlohmann::json document = UppercaseServer(io(), "never");
  document["listen"]["close_after_ms"] = 40;
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  const TestSocket first = ConnectTo(address);
  const TestSocket second = ConnectTo(address);  // libuv holds the first and closes nothing of it
  std::array<char, 1> buffer{};
  ASSERT_EQ(SysPoll(second.get(), Ready::kReadable, MonotonicNs() + kTestPatienceNs).value, 1);
  EXPECT_EQ(ErrorName(SysRecv(second.get(), buffer).error), "ECONNRESET");
  const TestSocket late = NewSocket();
  EXPECT_EQ(ErrorName(SysConnect(late.get(), address).error), "ECONNREFUSED");
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(Drained(trace), 0U);
  EXPECT_THAT(QueueOf(trace), IsEmpty());
}

// While a thread sits in accept, close alone would not end the listening.
TEST_P(EveryIo, ListenerThatIsClosedUnderAnIdleAcceptorRefusesTheNext) {
  nlohmann::json document = UppercaseServer(io());
  document["listen"]["close_after_ms"] = 5;
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  EXPECT_TRUE(Eventually([&] {
    const TestSocket client = NewSocket();
    return ErrorName(SysConnect(client.get(), address).error) == "ECONNREFUSED";
  }));
  server.EndTrial();
}

TEST_P(EveryIo, PortThatIsOnlyBoundRefuses) {
  nlohmann::json document = UppercaseServer(io());
  document["listen"]["mode"] = "bound";
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  const TestSocket client = NewSocket();
  EXPECT_EQ(ErrorName(SysConnect(client.get(), address).error), "ECONNREFUSED");
  EXPECT_EQ(AcceptedBefore(server.EndTrial()), 0U);
}

// What is set before bind shows in what the kernel then gives: the connection inherits it.
TEST_P(EveryIo, ListenersOptionsAreSetBeforeItListens) {
  nlohmann::json document = UppercaseServer(io());
  document["listen"]["set"] = {{"SO_RCVBUF", 4096}};
  document["script"] = nlohmann::json::parse(
      R"([{"get": {"option": "SO_RCVBUF", "label": "buffer"}}, {"send": "k"}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  const std::vector<Event> got = EventsOf(server.EndTrial(), Op::kGetOption);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_LE(got[0].result, 2 * 4096) << "by default it is many times that";
}

TEST_P(EveryIo, LimitLeavesTheNextConnectionInTheQueue) {
  nlohmann::json document = UppercaseServer(io());
  document["accept"]["limit"] = 1;
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  {
    const TestSocket client = ConnectTo(address);
    EXPECT_EQ(AnswerTo(client, "a\n"), "A\n");
  }
  const TestSocket second = ConnectTo(address);
  EXPECT_EQ(SysPoll(second.get(), Ready::kReadable, MonotonicNs() + 20 * kNsPerMs).value, 0);
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(AcceptedBefore(trace), 1U);
  EXPECT_EQ(Drained(trace), 1U);
}

TEST_P(EveryIo, HandlersEndClosesItsConnection) {
  nlohmann::json document = UppercaseServer(io());
  document["script"] = nlohmann::json::parse(R"([{"send": "bye"}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(ReadBytes(client.get(), 10), "bye");
  server.EndTrial();
}

TEST_P(EveryIo, HandlerThatClosedItsConnectionItselfSkipsWhatFollows) {
  nlohmann::json document = UppercaseServer(io());
  document["script"] = nlohmann::json::parse(
      R"([{"close": {}}, {"send": "x"}, {"recv": {}}, {"set": {"TCP_NODELAY": true}}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(ReadBytes(client.get(), 1), "");
  const std::vector<Event> steps = EventsOf(server.EndTrial(), Op::kStep);
  ASSERT_FALSE(steps.empty());
  for (std::size_t i = 1; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].argument, static_cast<std::uint32_t>(Outcome::Kind::kSkipped));
  }
}

// Handlers that end while libuv still holds their requests, one after the other.
TEST_P(EveryIo, ManyShortConnectionsLeaveNothingBehind) {
  nlohmann::json document = UppercaseServer(io(), io() == "blocking" ? "iterative" : "event_loop");
  document["listen"]["backlog"] = 128;
  document["script"] = nlohmann::json::parse(R"([{"recv": {"until": 1}}, {"shutdown": "write"}])");
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  constexpr std::size_t kClients = 60;
  std::vector<TestSocket> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(ConnectTo(address));
    if (i % 3 == 2) {
      for (std::size_t j = i - 2; j <= i; ++j) WriteBytes(clients[j].get(), "x");
    }
  }
  for (const TestSocket& client : clients) EXPECT_EQ(ReadBytes(client.get(), 1), "");
  EXPECT_EQ(AcceptedBefore(server.EndTrial()), kClients);
}

TEST_P(EveryIo, SignalOfAHandlerIsToldToTheController) {
  nlohmann::json document = UppercaseServer(io());
  document["script"] = nlohmann::json::parse(R"([{"signal": "here"}, {"await": "go"},
                                                 {"send": "k"}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(server.Expect(FrameKind::kSignal), "here");
  server.Send(FrameKind::kSignal, "go");
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
}

TEST(EventLoopServer, ServesAllOfItsClientsInTurn) {
  for (const char* io : {"poll", "libuv"}) {
    ServerChild server(UppercaseServer(io, "event_loop").dump());
    const Address address = server.ReadyAndGo();
    const TestSocket first = ConnectTo(address);
    const TestSocket second = ConnectTo(address);
    EXPECT_EQ(AnswerTo(second, "b\n"), "B\n") << io;
    EXPECT_EQ(AnswerTo(first, "a\n"), "A\n") << io;
    EXPECT_EQ(AnswerTo(second, "c\n"), "C\n") << io;
    EXPECT_EQ(AcceptedBefore(server.EndTrial()), 2U) << io;
  }
}

TEST(ServerAgent, TraceIsTakenWhileAHandlerSleeps) {
  nlohmann::json document = UppercaseServer("blocking");
  document["script"] = nlohmann::json::parse(R"([{"send": "k"}, {"sleep": 600000}])");
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(AcceptedBefore(trace), 1U);
}

}  // namespace
}  // namespace tcplab
