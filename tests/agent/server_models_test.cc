// Every server model plays its part of a trial: who serves whom, what is recorded, and what is left
// of its threads and processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/agent/server_agent.h"
#include "tests/agent/agent_child.h"
#include "tests/support/loopback.h"
#include "tests/support/processes.h"

namespace tcplab {
namespace {

using testing::Contains;
using testing::IsEmpty;

constexpr const char* kLines =
    R"([{"repeat": {"until": "eof", "steps": [{"recv": {"until": "\n"}}, {"reply": "uppercase"}]}}])";

nlohmann::json ServerOf(const nlohmann::json& accept, std::string_view script = kLines) {
  return {
      {"listen", {{"backlog", 16}}}, {"accept", accept}, {"script", nlohmann::json::parse(script)}};
}

std::string Answer(const TestSocket& client, std::string_view line) {
  WriteBytes(client.get(), line);
  return ReadBytes(client.get(), line.size());
}

// Connections that were accepted before the freeze, with their numbers.
std::vector<Event> Accepted(const AgentTrace& trace) {
  std::vector<Event> accepted;
  for (const Event& event : EventsOf(trace, Op::kAccept)) {
    if (!event.failed() && event.finished() && event.end_ns <= trace.freeze_ns) {
      accepted.push_back(event);
    }
  }
  return accepted;
}

// Bytes that each connection received, by its number.
std::map<std::uint32_t, std::int64_t> Received(const AgentTrace& trace) {
  std::map<std::uint32_t, std::int64_t> bytes;
  for (const Event& event : EventsOf(trace, Op::kRecv)) {
    if (event.finished() && !event.failed()) bytes[event.actor] += event.result;
  }
  return bytes;
}

struct ModelCase {
  const char* name;
  const char* accept;
  std::size_t processes;  // workers that there are before the first connection, of 4 expected
};

// Those that serve several clients at once.
class Concurrent : public testing::TestWithParam<ModelCase> {
 protected:
  [[nodiscard]] static nlohmann::json Accept() { return nlohmann::json::parse(GetParam().accept); }
};
INSTANTIATE_TEST_SUITE_P(
    Model, Concurrent,
    testing::Values(
        ModelCase{"thread", R"({"model": "thread_per_connection"})", 0},
        ModelCase{"process", R"({"model": "process_per_connection"})", 4},
        ModelCase{"iterative_threads", R"({"model": "iterative", "workers": 4})", 0},
        ModelCase{"own_listeners",
                  R"({"model": "thread_per_connection", "workers": 2, "listeners": "own"})", 0},
        ModelCase{"iterative_processes",
                  R"({"model": "iterative", "workers": 4, "worker": "process"})", 4},
        ModelCase{"processes_of_threads",
                  R"({"model": "thread_per_connection", "workers": 2, "worker": "process"})", 2},
        ModelCase{"loops", R"({"model": "event_loop", "workers": 2})", 0},
        ModelCase{"processes_of_loops",
                  R"({"model": "event_loop", "workers": 2, "worker": "process"})", 2},
        ModelCase{"processes_with_own_listeners",
                  R"({"model": "event_loop", "workers": 2, "worker": "process",
                      "listeners": "own"})",
                  2}),
    [](const auto& model) { return std::string(model.param.name); });

nlohmann::json WithIo(nlohmann::json server) {
  if (server["accept"]["model"] == "event_loop") server["io"] = "poll";
  return server;
}

TEST_P(Concurrent, NobodyWaitsForASilentClientAndEveryCallIsRecorded) {
  ServerChild server(WithIo(ServerOf(Accept())).dump());
  const Address address = server.ReadyAndGo();
  EXPECT_EQ(ChildrenOf(server.pid()).size(), GetParam().processes);
  const TestSocket silent = ConnectTo(address);
  const TestSocket second = ConnectTo(address);
  const TestSocket third = ConnectTo(address);
  EXPECT_EQ(Answer(third, "three\n"), "THREE\n");
  EXPECT_EQ(Answer(second, "two\n"), "TWO\n");
  EXPECT_EQ(Answer(third, "again\n"), "AGAIN\n");
  EXPECT_EQ(Answer(silent, "at last\n"), "AT LAST\n");
  const std::vector<ProcessState> workers = ChildrenOf(server.pid());

  const AgentTrace trace = server.EndTrial();
  const std::vector<Event> accepted = Accepted(trace);
  ASSERT_EQ(accepted.size(), 3U);
  std::set<std::uint32_t> numbers;
  for (const Event& event : accepted) numbers.insert(event.argument);
  EXPECT_EQ(numbers.size(), 3U) << "connections share a number";
  std::vector<std::int64_t> sizes;
  for (const auto& [number, bytes] : Received(trace)) {
    EXPECT_TRUE(numbers.contains(number)) << number;
    sizes.push_back(bytes);
  }
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{4, 8, 12}));
  // Each handler was found in its recv.
  EXPECT_EQ(EventsOf(trace, Op::kState).size(), 3U);
  EXPECT_FALSE(AnyIsThere(workers));
}

TEST_P(Concurrent, HandlersEndIsSeenByItsClient) {
  ServerChild server(
      WithIo(ServerOf(Accept(), R"([{"recv": {"until": 1}}, {"send": "k"}])")).dump());
  const Address address = server.ReadyAndGo();
  const TestSocket other = ConnectTo(address);
  for (int i = 0; i < 3; ++i) {
    const TestSocket client = ConnectTo(address);
    WriteBytes(client.get(), "x");
    EXPECT_EQ(ReadBytes(client.get(), 100), "k");
  }
  WriteBytes(other.get(), "x");
  EXPECT_EQ(ReadBytes(other.get(), 100), "k");
  EXPECT_EQ(Accepted(server.EndTrial()).size(), 4U);
}

TEST_P(Concurrent, ListenerThatIsClosedRefusesTheNextAndServesOn) {
  nlohmann::json document = WithIo(ServerOf(Accept()));
  document["listen"]["close_after_ms"] = 300;  // a slow machine has answered by then
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  const TestSocket client = ConnectTo(address);
  EXPECT_EQ(Answer(client, "before\n"), "BEFORE\n");
  EXPECT_TRUE(Eventually([&] {
    SysSleepUntil(MonotonicNs() + 5 * kNsPerMs);  // each that is not refused is served and recorded
    const TestSocket late = NewSocket();
    return ErrorName(SysConnect(late.get(), address).error) == "ECONNREFUSED";
  }));
  EXPECT_EQ(Answer(client, "after\n"), "AFTER\n");
  const AgentTrace trace = server.EndTrial();
  EXPECT_THAT(EventsOf(trace, Op::kQueue), IsEmpty());
}

// A client may be there before "go", which says where the servers are.
TEST_P(Concurrent, HandlerKnowsTheServersHoweverEarlyItsClientCame) {
  ServerChild server(WithIo(ServerOf(Accept(), R"([{"recv": {"until": 1}},
      {"connect": {"to": "elsewhere", "socket": "up"}}, {"send": "k"}])"))
                         .dump());
  const TestListener elsewhere;
  const Address address = server.Ready();
  const TestSocket client = ConnectTo(address);
  WriteBytes(client.get(), "x");
  EXPECT_EQ(SysPoll(client.get(), Ready::kReadable, MonotonicNs() + 30 * kNsPerMs).value, 0);
  server.Go({{"elsewhere", elsewhere.address()}});
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  EXPECT_EQ(EventsOf(server.EndTrial(), Op::kConnect).size(), 1U) << "the step was skipped";
}

TEST_P(Concurrent, AcceptingBeginsWithASignal) {
  nlohmann::json document = WithIo(ServerOf(Accept()));
  document["accept"]["await"] = "open";
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  WriteBytes(client.get(), "a\n");
  EXPECT_EQ(SysPoll(client.get(), Ready::kReadable, MonotonicNs() + 30 * kNsPerMs).value, 0);
  const std::int64_t given_ns = MonotonicNs();
  server.Send(FrameKind::kSignal, "open");
  EXPECT_EQ(ReadBytes(client.get(), 2), "A\n");
  const std::vector<Event> accepted = Accepted(server.EndTrial());
  ASSERT_EQ(accepted.size(), 1U);
  EXPECT_GE(accepted[0].end_ns, given_ns);
}

TEST_P(Concurrent, ListenerGetsItsOptionsBeforeItIsBound) {
  nlohmann::json document = WithIo(ServerOf(Accept()));
  document["listen"]["set"] = {{"SO_RCVBUF", 8192}};
  ServerChild server(document.dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(Answer(client, "a\n"), "A\n");
  const AgentTrace trace = server.EndTrial();
  const std::vector<Event> set = EventsOf(trace, Op::kSetOption);
  const std::vector<Event> bound = EventsOf(trace, Op::kBind);
  ASSERT_FALSE(bound.empty());
  ASSERT_FALSE(set.empty());
  EXPECT_LE(set.front().end_ns, bound.front().begin_ns);
}

TEST_P(Concurrent, SignalOfOneHandlerReachesTheOthersAndTheController) {
  ServerChild server(WithIo(ServerOf(Accept(), R"([{"recv": {"until": 1, "label": "what"}},
      {"signal": "here"}, {"await": {"signal": "here", "count": 2}}, {"send": "k"}])"))
                         .dump());
  const Address address = server.ReadyAndGo();
  const TestSocket first = ConnectTo(address);
  const TestSocket second = ConnectTo(address);
  WriteBytes(first.get(), "x");
  EXPECT_EQ(server.Expect(FrameKind::kSignal), "here");
  EXPECT_EQ(SysPoll(first.get(), Ready::kReadable, MonotonicNs() + 20 * kNsPerMs).value, 0);
  WriteBytes(second.get(), "x");
  EXPECT_EQ(server.Expect(FrameKind::kSignal), "here");
  EXPECT_EQ(ReadBytes(first.get(), 1), "k");
  EXPECT_EQ(ReadBytes(second.get(), 1), "k");
  server.EndTrial();
}

// The freeze comes while handlers are at work; what they do afterwards is recorded with its time.
TEST_P(Concurrent, TraceIsTakenWhileHandlersSleep) {
  ServerChild server(
      WithIo(ServerOf(Accept(), R"([{"send": "k"}, {"sleep": {"ms": 600000, "label": "nap"}}])"))
          .dump());
  const Address address = server.ReadyAndGo();
  const TestSocket first = ConnectTo(address);
  const TestSocket second = ConnectTo(address);
  EXPECT_EQ(ReadBytes(first.get(), 1), "k");
  EXPECT_EQ(ReadBytes(second.get(), 1), "k");
  const std::vector<Event> states = EventsOf(server.EndTrial(), Op::kState);
  EXPECT_EQ(states.size(), 2U);
}

// Those that end with the agent: nothing of a server outlives it, whatever ended it.
class OfProcesses : public Concurrent {};
INSTANTIATE_TEST_SUITE_P(
    Model, OfProcesses,
    testing::Values(ModelCase{"process", R"({"model": "process_per_connection"})", 4},
                    ModelCase{"workers",
                              R"({"model": "iterative", "workers": 3, "worker": "process"})", 3}),
    [](const auto& model) { return std::string(model.param.name); });

TEST_P(OfProcesses, KilledAgentLeavesNoWorkerBehindForASecond) {
  ServerChild server(ServerOf(Accept()).dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(Answer(client, "a\n"), "A\n");
  const std::vector<ProcessState> workers = ChildrenOf(server.pid());
  ASSERT_EQ(workers.size(), GetParam().processes);
  server.Signal(SIGKILL);
  const std::int64_t killed_ns = MonotonicNs();
  EXPECT_TRUE(Eventually([&] { return !AnyRuns(workers); }));
  EXPECT_LT(MonotonicNs() - killed_ns, 1000 * kNsPerMs);
}

TEST_P(OfProcesses, AgentWhoseControllerIsGoneTakesItsWorkersWithIt) {
  ServerChild server(ServerOf(Accept()).dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(Answer(client, "a\n"), "A\n");
  const std::vector<ProcessState> workers = ChildrenOf(server.pid());
  server.CloseStdin();
  const std::int64_t closed_ns = MonotonicNs();
  EXPECT_TRUE(Eventually([&] { return !AnyRuns(workers); }));
  EXPECT_LT(MonotonicNs() - closed_ns, 1000 * kNsPerMs);
}

TEST_P(OfProcesses, WorkerThatIsKilledIsAFault) {
  ServerChild server(ServerOf(Accept()).dump());
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  EXPECT_EQ(Answer(client, "a\n"), "A\n");
  const std::vector<ProcessState> workers = ChildrenOf(server.pid());
  ASSERT_FALSE(workers.empty());
  kill(workers.front().pid, SIGKILL);
  const AgentFault fault = server.ExpectFault();
  EXPECT_EQ(fault.code, "worker_failed");
  EXPECT_THAT(fault.message, testing::HasSubstr("signal 9"));
  EXPECT_EQ(server.ExitCode(), 3);
}

TEST(ProcessPerConnection, MoreConnectionsThanWereExpectedAreServedToo) {
  ServerChild server(ServerOf({{"model", "process_per_connection"}}).dump());
  const Address address = server.ReadyAndGo();
  std::vector<TestSocket> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(ConnectTo(address));
    EXPECT_EQ(Answer(clients.back(), "a\n"), "A\n");
  }
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(Accepted(trace).size(), 9U);
  EXPECT_EQ(Received(trace).size(), 9U);
}

// A signal that was given before a worker was started is known to it.
TEST(ProcessPerConnection, WorkerThatIsStartedLaterKnowsEarlierSignals) {
  ServerChild server(
      ServerOf({{"model", "process_per_connection"}}, R"([{"await": "open"}, {"send": "k"}])")
          .dump());
  const Address address = server.ReadyAndGo();
  server.Send(FrameKind::kSignal, "open");
  std::vector<TestSocket> clients;
  for (int i = 0; i < 6; ++i) {  // 4 workers are started beforehand
    clients.push_back(ConnectTo(address));
    EXPECT_EQ(ReadBytes(clients.back().get(), 1), "k") << i;
  }
  server.EndTrial();
}

TEST(ProcessPerConnection, SignalsAreCountedOnceByEachWorkerHoweverLateItStarts) {
  ServerChild server(ServerOf({{"model", "process_per_connection"}},
                              R"([{"signal": "here"},
                                  {"await": {"signal": "here", "count": 7, "timeout_ms": 150}},
                                  {"send": "k"}])")
                         .dump());
  const Address address = server.ReadyAndGo();
  std::vector<TestSocket> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(ConnectTo(address));
  for (const TestSocket& client : clients) EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  // Six were given, so that the seventh is awaited for nothing.
  for (int i = 0; i < 6; ++i) EXPECT_EQ(server.Expect(FrameKind::kSignal), "here");
  std::size_t late = 0;
  for (const Event& step : EventsOf(server.EndTrial(), Op::kStep)) {
    if (step.step == 1)
      late += step.argument == static_cast<std::uint32_t>(Outcome::Kind::kTimeout);
  }
  EXPECT_EQ(late, 6U);
}

// No descriptor of a connection stays open anywhere else: a peer sees the end at once, and not when
// some other process lets go.
TEST(ProcessPerConnection, PeerSeesTheEndWithin50MsOfTheHandlersClose) {
  constexpr int kRounds = 9;
  ServerChild server(
      ServerOf({{"model", "process_per_connection"}}, R"([{"recv": {"until": 1}}])").dump());
  const Address address = server.ReadyAndGo();
  const TestSocket stays = ConnectTo(address);  // its worker must not hold the others'
  std::vector<std::int64_t> seen;
  for (int i = 0; i < kRounds; ++i) {
    const TestSocket client = ConnectTo(address);
    WriteBytes(client.get(), "x");
    EXPECT_EQ(ReadBytes(client.get(), 1), "");
    seen.push_back(MonotonicNs());
  }
  std::vector<std::int64_t> closed;
  for (const Event& event : EventsOf(server.EndTrial(), Op::kClose)) {
    if (event.actor != kListenerActor) closed.push_back(event.begin_ns);
  }
  std::sort(closed.begin(), closed.end());
  ASSERT_GE(closed.size(), seen.size());
  std::vector<std::int64_t> delays;
  for (std::size_t i = 0; i < seen.size(); ++i) delays.push_back(seen[i] - closed[i]);
  std::sort(delays.begin(), delays.end());
  EXPECT_GE(delays.front(), 0);
  EXPECT_LT(delays[delays.size() / 2], 50 * kNsPerMs);
}

// What a worker had no room for is as lost as if the agent itself had lost it.
TEST(ProcessPerConnection, EventThatAWorkerHadNoRoomForMakesTheTraceBroken) {
  const Recorder::Capacity narrow{.events = 3, .addresses = 4, .payload = 0};
  ServerChild server(ServerOf({{"model", "process_per_connection"}}).dump(), narrow);
  const TestSocket client = ConnectTo(server.ReadyAndGo());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Answer(client, "a\n"), "A\n");
  server.Freeze();
  server.Drain();
  server.Send(FrameKind::kTake);
  const Result<AgentTrace> trace = DecodeAgentTrace(server.Expect(FrameKind::kTrace));
  ASSERT_TRUE(trace);
  EXPECT_FALSE(Verify(*trace));
}

// A handler may connect to the trial's servers, whose addresses come with "go": a connection that
// is there before that waits for it.
TEST(ProcessPerConnection, HandlerKnowsTheServersOfTheTrial) {
  const TestListener other;
  ServerChild server(ServerOf({{"model", "process_per_connection"}}, R"([
      {"connect": {"to": "server", "socket": "onward"}}, {"send": "k"}])")
                         .dump());
  const Result<GoMessage> ready = GoFromPayload(server.Expect(FrameKind::kReady));
  ASSERT_TRUE(ready);
  const TestSocket client = ConnectTo(ready->targets.at(0).address);
  server.Send(FrameKind::kGo, ToPayload(GoMessage{MonotonicNs(), {{"server", other.address()}}}));
  EXPECT_EQ(ReadBytes(client.get(), 1), "k");
  EXPECT_TRUE(QueueBecomes(other.get(), 1));
  server.EndTrial();
}

TEST(ThreadPerConnection, MoreConnectionsThanWereExpectedAreServedToo) {
  ServerChild server(ServerOf({{"model", "thread_per_connection"}}).dump());
  const Address address = server.ReadyAndGo();
  std::vector<TestSocket> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(ConnectTo(address));
    EXPECT_EQ(Answer(clients.back(), "a\n"), "A\n");
  }
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(Accepted(trace).size(), 20U);
  EXPECT_EQ(EventsOf(trace, Op::kState).size(), 20U);
}

// Each of several processes serves many at once: where all of their handlers stand is recorded.
TEST(WorkerProcesses, StatesOfAllTheirConnectionsAreRecorded) {
  ServerChild server(
      ServerOf({{"model", "thread_per_connection"}, {"workers", 1}, {"worker", "process"}}).dump(),
      100);
  const Address address = server.ReadyAndGo();
  std::vector<TestSocket> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(ConnectTo(address));
    EXPECT_EQ(Answer(clients.back(), "a\n"), "A\n");
  }
  EXPECT_EQ(EventsOf(server.EndTrial(), Op::kState).size(), 100U);
}

TEST(Workers, ListenersOfTheirOwnEachGetSomeOfManyConnections) {
  for (const char* worker : {"thread", "process"}) {
    ServerChild server(ServerOf({{"model", "thread_per_connection"},
                                 {"workers", 4},
                                 {"worker", worker},
                                 {"listeners", "own"}})
                           .dump(),
                       64);
    const Address address = server.ReadyAndGo();
    std::vector<TestSocket> clients;
    for (int i = 0; i < 64; ++i) {
      clients.push_back(ConnectTo(address));
      EXPECT_EQ(Answer(clients.back(), "a\n"), "A\n");
    }
    // The hash of 64 ports misses one of four listeners once in 10^8 times.
    const AgentTrace trace = server.EndTrial();
    std::size_t accepting = 0;
    for (const RecorderTrace& recorder : trace.recorders) {
      accepting += std::any_of(recorder.events.begin(), recorder.events.end(), [](const Event& e) {
        return e.op == Op::kAccept && e.finished() && !e.failed();
      });
    }
    EXPECT_EQ(accepting, 4U) << worker;
    EXPECT_EQ(Accepted(trace).size(), 64U);
  }
}

class Limited : public Concurrent {};
INSTANTIATE_TEST_SUITE_P(
    Model, Limited,
    testing::Values(ModelCase{"iterative", R"({"model": "iterative"})", 0},
                    ModelCase{"iterative_threads", R"({"model": "iterative", "workers": 4})", 0},
                    ModelCase{"loops", R"({"model": "event_loop", "workers": 2})", 0},
                    ModelCase{"thread", R"({"model": "thread_per_connection"})", 0},
                    ModelCase{"process", R"({"model": "process_per_connection"})", 4}),
    [](const auto& model) { return std::string(model.param.name); });

TEST_P(Limited, TheThirdConnectionStaysInTheQueue) {
  nlohmann::json document = WithIo(ServerOf(Accept()));
  document["accept"]["limit"] = 2;
  ServerChild server(document.dump());
  const Address address = server.ReadyAndGo();
  for (int i = 0; i < 2; ++i) {
    const TestSocket client = ConnectTo(address);
    EXPECT_EQ(Answer(client, "a\n"), "A\n");
  }
  const TestSocket third = ConnectTo(address);
  WriteBytes(third.get(), "a\n");
  EXPECT_EQ(SysPoll(third.get(), Ready::kReadable, MonotonicNs() + 40 * kNsPerMs).value, 0);
  const AgentTrace trace = server.EndTrial();
  EXPECT_EQ(Accepted(trace).size(), 2U);
  std::vector<std::int64_t> queued;
  for (const Event& event : EventsOf(trace, Op::kQueue)) queued.push_back(event.result);
  if (MayNotTell() && queued.empty()) GTEST_SKIP() << "the system does not tell the queue";
  EXPECT_THAT(queued, Contains(1));
}

}  // namespace
}  // namespace tcplab
