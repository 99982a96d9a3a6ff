// A fleet agent plays its part of a trial: a listener of the test on one side, a controller on the
// other.
#include "core/agent/fleet_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/agent/agent_child.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::ElementsAre;

// A fleet agent whose clients run one script, `every_ms` apart.
class FleetChild : public AgentChild {
 public:
  FleetChild(std::string_view io, std::string_view script, std::size_t clients = 1,
             double every_ms = 0)
      : FleetChild(
            nlohmann::json{
                {"name", "client"}, {"io", io}, {"script", nlohmann::json::parse(script)}},
            clients, every_ms) {}
  FleetChild(const nlohmann::json& group, std::size_t clients, double every_ms = 0) {
    FleetPlan plan;
    plan.groups = nlohmann::json::array({group});
    for (std::size_t i = 0; i < clients; ++i) {
      plan.clients.push_back({0, static_cast<std::uint32_t>(i), every_ms * static_cast<double>(i)});
    }
    plan.each = {.events = 256, .addresses = 8, .payload = 1024};
    Send(FrameKind::kPlan, ToPayload(plan));
  }
  std::int64_t ReadyAndGo(const Address& target) {
    Expect(FrameKind::kReady);
    const std::int64_t go_ns = MonotonicNs() + kNsPerMs;
    Send(FrameKind::kGo, ToPayload(GoMessage{go_ns, {{"server", target}}}));
    return go_ns;
  }
  AgentTrace EndTrial() {
    Freeze(MonotonicNs());
    return Take();
  }
};

std::vector<SocketState> StatesOf(const AgentTrace& trace) {
  std::vector<SocketState> states;
  for (const Event& event : EventsOf(trace, Op::kState)) {
    states.push_back(static_cast<SocketState>(event.result));
  }
  return states;
}

// Whether the kernel has a connection under way (SYN_SENT) to this port of 127.0.0.1: proc(5).
bool SomebodyConnectsTo(std::uint16_t port) {
  std::ifstream file("/proc/net/tcp");
  std::string slot;
  std::string local;
  std::string remote;
  std::string state;
  std::string rest;
  while (file >> slot >> local >> remote >> state && std::getline(file, rest)) {
    const std::size_t colon = remote.find(':');
    if (state == "02" && colon != std::string::npos &&
        std::stoul(remote.substr(colon + 1), nullptr, 16) == port) {
      return true;
    }
  }
  return false;
}

class EveryFleet : public testing::TestWithParam<const char*> {};
std::string FleetIo(const testing::TestParamInfo<const char*>& io) { return io.param; }
INSTANTIATE_TEST_SUITE_P(Fleet, EveryFleet, testing::Values("blocking", "poll", "libuv"), FleetIo);

TEST_P(EveryFleet, ClientsConnectInTheirTurnAndSayTheirNumbers) {
  const TestListener listener;
  constexpr double kEveryMs = 20;
  FleetChild fleet(GetParam(), R"([{"connect": {}}, {"send": "client ${index}\n"},
                                   {"recv": {"until": 1}}])",
                   3, kEveryMs);
  const std::int64_t go_ns = fleet.ReadyAndGo(listener.address());
  std::set<std::string> said;  // a client whose machine stands still is overtaken by the next
  for (int i = 0; i < 3; ++i) {
    const TestSocket server = listener.Accept();
    EXPECT_GE(MonotonicNs(), go_ns + MsToNs(kEveryMs * i));
    said.insert(ReadBytes(server.get(), 9));
    WriteBytes(server.get(), "k");
  }
  EXPECT_EQ(said, (std::set<std::string>{"client 0\n", "client 1\n", "client 2\n"}));
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_EQ(trace.name, "fleet");
  const std::vector<Event> connects = EventsOf(trace, Op::kConnect);
  ASSERT_EQ(connects.size(), 3U);
  for (const Event& connect : connects) {
    EXPECT_GE(connect.begin_ns, go_ns + MsToNs(kEveryMs) * connect.actor);
  }
}

TEST_P(EveryFleet, TraceIsCutAtTheServersStamp) {
  const DeadPort port;
  FleetChild fleet(GetParam(), R"([{"connect": {}}])");
  fleet.ReadyAndGo(port.address());
  fleet.Expect(FrameKind::kDone);
  constexpr std::int64_t kStamp = 123'456'789;
  EXPECT_EQ(fleet.Freeze(kStamp), kStamp);
  EXPECT_EQ(fleet.Take().freeze_ns, kStamp);
}

TEST_P(EveryFleet, SnapshotShowsWhereEachClientStands) {
  const FullListener full;
  FleetChild fleet(GetParam(), R"([{"connect": {}}])", 2, 600'000);
  fleet.ReadyAndGo(full.address());
  ASSERT_TRUE(Eventually([&] { return SomebodyConnectsTo(full.address().port()); }));
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), ElementsAre(SocketState::kConnecting, SocketState::kNotStarted));
  const Event state = EventsOf(trace, Op::kState).at(0);
  EXPECT_NE(Address::Decode(trace.recorders[0].Data(state)).port(), 0);
  EXPECT_EQ(state.step, 0);
}

TEST_P(EveryFleet, RefusedClientsAreDoneAtOnce) {
  const DeadPort port;
  FleetChild fleet(GetParam(), R"([{"connect": {"label": "c"}}, {"send": "x"}])", 3);
  fleet.ReadyAndGo(port.address());
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), testing::Each(SocketState::kNotConnected));
  EXPECT_EQ(EventsOf(trace, Op::kStep).size(), 6U);
}

TEST_P(EveryFleet, FleetOfNobodyIsDoneAtOnce) {
  const DeadPort port;
  FleetChild fleet(GetParam(), "[]", 0);
  fleet.ReadyAndGo(port.address());
  fleet.Expect(FrameKind::kDone);
  fleet.EndTrial();
}

TEST_P(EveryFleet, GroupWithoutAScriptIsDoneAtOnce) {
  const DeadPort port;
  FleetChild fleet(nlohmann::json{{"name", "client"}, {"io", GetParam()}}, 2);
  fleet.ReadyAndGo(port.address());
  fleet.Expect(FrameKind::kDone);
  EXPECT_THAT(StatesOf(fleet.EndTrial()), testing::Each(SocketState::kNotStarted));
}

// A connection that has heard nothing may only be young: it is given the age of a phantom.
TEST_P(EveryFleet, ScriptsThatHeardNothingAreDoneOnlyOnceTheirConnectionIsOldEnough) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"connect": {}}, {"send": "x"}])");
  fleet.ReadyAndGo(listener.address());
  const TestSocket server = listener.Accept();
  ASSERT_EQ(ReadBytes(server.get(), 1), "x");
  fleet.Expect(FrameKind::kDone);
  const std::int64_t done_ns = MonotonicNs();
  const Event connect = EventsOf(fleet.EndTrial(), Op::kConnect).at(0);
  EXPECT_GE(done_ns - connect.end_ns, 50 * kNsPerMs);
}

TEST_P(EveryFleet, SocketsStayOpenUntilTheTrialEndsAndThenAreReset) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"connect": {}}, {"recv": {"until": 1}}])");
  fleet.ReadyAndGo(listener.address());
  const TestSocket server = listener.Accept();
  WriteBytes(server.get(), "k");
  fleet.Expect(FrameKind::kDone);
  EXPECT_EQ(SysPoll(server.get(), Ready::kReadable, 1).value, 0) << "open, and silent";
  fleet.EndTrial();
  std::array<char, 1> buffer{};
  EXPECT_EQ(ErrorName(SysRecv(server.get(), buffer).error), "ECONNRESET");
}

TEST_P(EveryFleet, SignalsGoBothWays) {
  const DeadPort unused;
  FleetChild fleet(GetParam(), R"([{"signal": "here"}, {"await": {"signal": "go", "count": 2}},
                                   {"signal": "over"}])");
  fleet.ReadyAndGo(unused.address());
  EXPECT_EQ(fleet.Expect(FrameKind::kSignal), "here");
  fleet.Send(FrameKind::kSignal, "go");
  fleet.Send(FrameKind::kSignal, "go");
  EXPECT_EQ(fleet.Expect(FrameKind::kSignal), "over");
  fleet.Expect(FrameKind::kDone);
}

TEST_P(EveryFleet, StandardInputIsAskedForPieceByPieceAndSentAsItComes) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"connect": {}}, {"send": {"from": "stdin", "label": "input"}},
                                   {"shutdown": "write"}, {"recv": "eof"}])");
  fleet.ReadyAndGo(listener.address());
  const TestSocket server = listener.Accept();
  for (const std::string piece : {"ciao\n", "a", "tutti\n"}) {
    fleet.Expect(FrameKind::kInputWanted);
    fleet.Send(FrameKind::kInput, piece);
    EXPECT_EQ(ReadBytes(server.get(), piece.size()), piece);
  }
  fleet.Expect(FrameKind::kInputWanted);
  fleet.Send(FrameKind::kInput, "");
  EXPECT_EQ(ReadBytes(server.get(), 1), "") << "its end of the stream";
  WriteBytes(server.get(), "k");
  ASSERT_TRUE(SysShutdown(server.get(), ShutdownSide::kWrite).ok());
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_EQ(EventsOf(trace, Op::kInput).size(), 4U);
  std::vector<std::int64_t> sent;
  for (const Event& event : EventsOf(trace, Op::kSend)) sent.push_back(event.result);
  EXPECT_THAT(sent, ElementsAre(5, 1, 6));
  EXPECT_EQ(EventsOf(trace, Op::kStep).at(1).result, 12);
}

// The receiver of the connection reads nothing: the sender, and with it who brings the pieces,
// waits.
TEST_P(EveryFleet, NoPieceIsAskedForWhileTheOneBeforeIsNotSent) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"set": {"SO_SNDBUF": 4096}}, {"connect": {}},
                                   {"send": {"from": "stdin", "label": "input"}}])");
  fleet.ReadyAndGo(listener.address());
  const TestSocket server = listener.Accept();
  const std::string piece(16U << 20U, 'x');  // more than both buffers hold
  fleet.Expect(FrameKind::kInputWanted);
  fleet.Send(FrameKind::kInput, piece);
  EXPECT_EQ(ReadBytes(server.get(), 1), "x");
  fleet.Freeze(MonotonicNs());  // and not one that it wants more
  const AgentTrace trace = fleet.Take();
  EXPECT_EQ(EventsOf(trace, Op::kInput).size(), 1U);
}

TEST_P(EveryFleet, ClientThatStillWaitsForStandardInputIsInItsStepAtTheFreeze) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"connect": {}}, {"send": {"from": "stdin"}}])");
  fleet.ReadyAndGo(listener.address());
  const TestSocket server = listener.Accept();
  fleet.Expect(FrameKind::kInputWanted);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), ElementsAre(SocketState::kEstablished));
  EXPECT_EQ(EventsOf(trace, Op::kState).at(0).step, 1);
}

TEST_P(EveryFleet, NoClientConnectsOnceTheTrialIsFrozen) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"await": "go"}, {"connect": {}}])");
  fleet.ReadyAndGo(listener.address());
  fleet.Freeze(MonotonicNs());
  fleet.Send(FrameKind::kSignal, "go");
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.Take();
  EXPECT_TRUE(EventsOf(trace, Op::kConnect).empty());
  EXPECT_EQ(SysPoll(listener.get(), Ready::kReadable, 1).value, 0);
}

TEST_P(EveryFleet, ClientsOfOneGroupMayBeManyAndEachHasAnAddress) {
  constexpr std::size_t kClients = 40;
  const TestListener listener(128);
  FleetChild fleet(GetParam(), R"([{"connect": {}}])", kClients);
  fleet.ReadyAndGo(listener.address());
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_EQ(StatesOf(trace).size(), kClients);
  EXPECT_THAT(StatesOf(trace), testing::Each(SocketState::kEstablished));
  std::set<std::string> addresses;
  for (const RecorderTrace& recorder : trace.recorders) {
    for (const Event& event : recorder.events) {
      if (event.op == Op::kState) addresses.emplace(recorder.Data(event));
    }
  }
  EXPECT_EQ(addresses.size(), kClients);
}

TEST_P(EveryFleet, ClientsOfAGroupStartOnASignalAndCountTheirTimeFromIt) {
  const TestListener listener;
  FleetChild fleet(nlohmann::json{{"name", "client"},
                                  {"io", GetParam()},
                                  {"start", {{"signal", "now"}}},
                                  {"script", nlohmann::json::parse(R"([{"connect": {}}])")}},
                   2, 15);
  fleet.ReadyAndGo(listener.address());
  EXPECT_EQ(SysPoll(listener.get(), Ready::kReadable, MonotonicNs() + 30 * kNsPerMs).value, 0);
  const std::int64_t given_ns = MonotonicNs();
  fleet.Send(FrameKind::kSignal, "now");
  fleet.Expect(FrameKind::kDone);
  const std::vector<Event> connects = EventsOf(fleet.EndTrial(), Op::kConnect);
  ASSERT_EQ(connects.size(), 2U);
  for (const Event& connect : connects) {
    EXPECT_GE(connect.begin_ns, given_ns + connect.actor * 15 * kNsPerMs);
  }
}

TEST_P(EveryFleet, GroupWhoseSignalNeverComesHasNotStartedAtTheFreeze) {
  const TestListener listener;
  FleetChild fleet(nlohmann::json{{"name", "client"},
                                  {"io", GetParam()},
                                  {"start", {{"signal", "never"}}},
                                  {"script", nlohmann::json::parse(R"([{"connect": {}}])")}},
                   2);
  fleet.ReadyAndGo(listener.address());
  fleet.Send(FrameKind::kSignal, "another");
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), testing::Each(SocketState::kNotStarted));
  EXPECT_TRUE(EventsOf(trace, Op::kConnect).empty());
}

TEST_P(EveryFleet, ClientsComeFromTheAddressesOfTheirRangeInTurn) {
  const TestListener listener;
  FleetChild fleet(
      nlohmann::json{{"name", "client"},
                     {"io", GetParam()},
                     {"source", "127.0.0.2-127.0.0.4"},
                     {"script", nlohmann::json::parse(R"([{"connect": {}}, {"recv": 1}])")}},
      4, 10);
  fleet.ReadyAndGo(listener.address());
  std::vector<std::string> peers;
  for (int i = 0; i < 4; ++i) {
    const TestSocket server = listener.Accept();
    Address peer;
    ASSERT_TRUE(SysGetPeerName(server.get(), peer).ok());
    peer.set_port(0);
    peers.push_back(peer.Encoded());
    WriteBytes(server.get(), "k");
  }
  std::vector<std::string> expected;
  for (const char* source : {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.2"}) {
    expected.push_back(Address::Parse(source, 0)->Encoded());
  }
  EXPECT_THAT(peers, testing::UnorderedElementsAreArray(expected));
}

TEST_P(EveryFleet, ConnectGivesUpAtItsDeadlineAndClosesItsSocket) {
  const FullListener full;
  FleetChild fleet(GetParam(), R"([{"connect": {"timeout_ms": 30}}, {"send": "x"}])");
  fleet.ReadyAndGo(full.address());
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), ElementsAre(SocketState::kClosed));
  const std::vector<Event> steps = EventsOf(trace, Op::kStep);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].argument, static_cast<std::uint32_t>(Outcome::Kind::kTimeout));
  EXPECT_GE(steps[0].end_ns - steps[0].begin_ns, 30 * kNsPerMs);
  EXPECT_EQ(steps[1].argument, static_cast<std::uint32_t>(Outcome::Kind::kSkipped));
  EXPECT_EQ(EventsOf(trace, Op::kClose).size(), 1U);
  EXPECT_FALSE(SomebodyConnectsTo(full.address().port()));
}

TEST_P(EveryFleet, ClientThatClosesIsSeenToEndAndConnectsAgain) {
  const TestListener listener;
  FleetChild fleet(GetParam(), R"([{"repeat": {"times": 2, "steps": [
      {"connect": {}}, {"send": {"text": "x", "label": "s"}}, {"recv": 1}, {"close": {}}]}}])");
  fleet.ReadyAndGo(listener.address());
  for (int i = 0; i < 2; ++i) {
    const TestSocket server = listener.Accept();
    EXPECT_EQ(ReadBytes(server.get(), 1), "x");
    WriteBytes(server.get(), "k");
    EXPECT_EQ(ReadBytes(server.get(), 1), "") << "its end of the stream";
    std::array<char, 1> buffer{};
    EXPECT_TRUE(SysRecv(server.get(), buffer).ok()) << "not by RST";
  }
  fleet.Expect(FrameKind::kDone);
  const AgentTrace trace = fleet.EndTrial();
  EXPECT_THAT(StatesOf(trace), ElementsAre(SocketState::kClosed));
  EXPECT_EQ(EventsOf(trace, Op::kStep).size(), 8U);
}

}  // namespace
}  // namespace tcplab
