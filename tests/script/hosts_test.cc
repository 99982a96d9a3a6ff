// One compiled script, one step interface: a thread that blocks and a loop that does not give the
// same outcomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/trace/trial_trace.h"
#include "tests/script/live_script.h"

namespace tcplab {
namespace {

using Steps = std::vector<std::string>;

// What a peer does with its connection before it closes it.
void Nothing(TestSocket& socket) { ReadBytes(socket.get(), SIZE_MAX); }  // but read to the end
void EchoOneLine(TestSocket& socket) {
  std::string line;
  while (!line.ends_with('\n')) {
    const std::string byte = ReadBytes(socket.get(), 1);
    if (byte.empty()) return;
    line += byte;
  }
  WriteBytes(socket.get(), line);
  Nothing(socket);
}
void SendThreeLinesAtOnce(TestSocket& socket) {
  WriteBytes(socket.get(), "a\nbb\nccc\n");
  Nothing(socket);
}
void SendByteByByte(TestSocket& socket) {
  for (const char byte : std::string("slow\n")) {
    WriteBytes(socket.get(), std::string(1, byte));
    SysSleepUntil(MonotonicNs() + kNsPerMs);
  }
  Nothing(socket);
}
void SendAndClose(TestSocket& socket) { WriteBytes(socket.get(), "bye"); }
void ReadAllThenAnswer(TestSocket& socket) {
  const std::string all = ReadBytes(socket.get(), SIZE_MAX);
  WriteBytes(socket.get(), std::to_string(all.size()));
}
void ResetAfterABite(TestSocket& socket) {
  ReadBytes(socket.get(), 1);
  socket.Abort();
}

struct Experiment {
  const char* name;
  const char* script;
  void (*peer)(TestSocket&);
  Steps expected;
};

const std::vector<Experiment>& Experiments() {
  static const std::vector<Experiment> kExperiments = {
      {"ConnectAndClose", R"([{"connect": {}}, {"close": {}}])", Nothing, {"0:ok", "1:ok"}},
      {"ConnectWithADeadline",
       R"([{"connect": {"timeout_ms": 10000}}, {"send": "x"}])",
       Nothing,
       {"0:ok", "1:ok 1"}},
      {"OneLineThereAndBack",
       R"([{"connect": {}}, {"send": "ciao\n"}, {"recv": {"until": "\n"}}])",
       EchoOneLine,
       {"0:ok", "1:ok 5", "2:ok 5"}},
      {"SendByteByByte",
       R"([{"connect": {}}, {"send": {"text": "ciao\n", "each": 1}}, {"recv": {"until": "\n"}}])",
       EchoOneLine,
       {"0:ok", "1:ok 5", "2:ok 5"}},
      {"SeveralMessagesInOnePiece",
       R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"recv": {"until": "\n"}},
           {"recv": {"until": 4}}])",
       SendThreeLinesAtOnce,
       {"0:ok", "1:ok 2", "2:ok 3", "3:ok 4"}},
      {"OneMessageInManyPieces",
       R"([{"connect": {}}, {"recv": {"until": "\n"}}])",
       SendByteByByte,
       {"0:ok", "1:ok 5"}},
      {"OneMessageInManyPiecesWithADeadline",
       R"([{"connect": {}}, {"recv": {"until": "\n", "timeout_ms": 10000}}])",
       SendByteByByte,
       {"0:ok", "1:ok 5"}},
      {"SmallBuffer",
       R"([{"connect": {}}, {"recv": {"until": "\n", "buffer": 1}},
           {"recv": {"until": "\n", "buffer": 2}}])",
       SendThreeLinesAtOnce,
       {"0:ok", "1:ok 2", "2:ok 3"}},
      {"EndOfStream",
       R"([{"connect": {}}, {"recv": {"until": "eof"}}, {"recv": {}}])",
       SendAndClose,
       {"0:ok", "1:ok 3", "2:eof"}},
      {"HalfClose",
       R"([{"connect": {}}, {"send": {"bytes": 1000}}, {"shutdown": "write"},
           {"recv": {"until": "eof"}}])",
       ReadAllThenAnswer,
       {"0:ok", "1:ok 1000", "2:ok", "3:ok 4"}},
      {"PayloadLargerThanTheBuffers",
       R"([{"connect": {}}, {"send": {"bytes": 4000000}}, {"shutdown": "write"},
           {"recv": {"until": "eof"}}])",
       ReadAllThenAnswer,
       {"0:ok", "1:ok 4000000", "2:ok", "3:ok 7"}},
      {"ReplyOfWhatCame",
       R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"reply": "uppercase"}])",
       SendThreeLinesAtOnce,
       {"0:ok", "1:ok 2", "2:ok 2"}},
      {"Reset",
       R"([{"connect": {}}, {"send": "x"}, {"recv": {}}, {"send": "y"}])",
       ResetAfterABite,
       {"0:ok", "1:ok 1", "2:ECONNRESET", "3:EPIPE"}},
      {"SilentPeerAndADeadline",
       R"([{"connect": {}}, {"recv": {"timeout_ms": 3}}, {"send": "x"}])",
       Nothing,
       {"0:ok", "1:timeout", "2:ok 1"}},
      {"DeadlineOfZeroOnlyLooks",
       R"([{"connect": {}}, {"recv": {"timeout_ms": 0}}])",
       Nothing,
       {"0:ok", "1:timeout"}},
      {"Pauses",
       R"([{"sleep": 1}, {"connect": {}}, {"sleep": 0}, {"send": "x"}, {"sleep": 0.3}])",
       Nothing,
       {"0:ok", "1:ok", "2:ok", "3:ok 1", "4:ok"}},
      {"RepeatedSendsWithPauses",
       R"([{"connect": {}}, {"repeat": {"times": 3, "steps": [
           {"send": {"text": "x", "label": "send"}}, {"sleep": 0.1}]}}])",
       Nothing,
       {"0:ok", "2:ok 1", "3:ok", "2:ok 1", "3:ok", "2:ok 1", "3:ok"}},
      {"RepeatUntilAMessage",
       R"([{"connect": {}}, {"repeat": {"until": {"message": "bb"}, "steps": [
           {"recv": {"until": "\n"}}]}}, {"recv": {"until": "\n"}}])",
       SendThreeLinesAtOnce,
       {"0:ok", "2:ok 2", "2:ok 3", "4:ok 4"}},
      {"RepeatUntilEof",
       R"([{"connect": {}}, {"repeat": {"until": "eof", "steps": [{"recv": {"until": 3}}]}}])",
       SendAndClose,
       {"0:ok", "2:ok 3", "2:eof"}},
      {"Options",
       R"([{"set": {"TCP_NODELAY": true}}, {"connect": {}}, {"set": {"SO_NOSIGPIPE": true}},
           {"set": {"TCP_MAXSEG": 1}}])",
       Nothing,
       {"0:ok", "1:ok", "2:unsupported", "3:EINVAL"}},
      {"Abort", R"([{"connect": {}}, {"abort": {}}])", Nothing, {"0:ok", "1:ok"}},
      {"StepsAfterAClose",
       R"([{"connect": {}}, {"close": {}}, {"recv": {}}, {"send": "x"}, {"shutdown": {}},
           {"close": {}}])",
       Nothing,
       {"0:ok", "1:ok", "2:skipped", "3:skipped", "4:skipped", "5:skipped"}},
      {"SignalsThatWereGiven",
       R"([{"await": "early"}, {"connect": {}}, {"signal": "mine"},
           {"await": {"signal": "mine", "count": 1}}])",
       Nothing,
       {"0:ok", "1:ok", "2:ok", "3:ok"}},
      {"SignalThatNobodyGives",
       R"([{"await": {"signal": "never", "timeout_ms": 3}},
           {"connect": {}}])",
       Nothing,
       {"0:timeout", "1:ok"}},
  };
  return kExperiments;
}

class BothHosts : public testing::TestWithParam<std::size_t> {};

TEST_P(BothHosts, GiveTheSameOutcomes) {
  const Experiment& experiment = Experiments()[GetParam()];
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    Peer peer(experiment.peer);
    const Ran ran = RunLive(host, ScriptOf(experiment.script), peer.address(), {"early"});
    EXPECT_EQ(ran.steps, experiment.expected);
    AgentTrace agent;
    agent.recorders.push_back(ran.trace);
    EXPECT_TRUE(Verify(agent));
  }
}

std::string NameOf(const testing::TestParamInfo<std::size_t>& experiment) {
  return Experiments()[experiment.param].name;
}
INSTANTIATE_TEST_SUITE_P(Scripts, BothHosts, testing::Range<std::size_t>(0, Experiments().size()),
                         NameOf);

TEST(BothHostsAlike, PortThatNobodyListensOnRefuses) {
  for (const char* script :
       {R"([{"connect": {}}, {"send": "x"}, {"recv": {}}])",
        R"([{"connect": {"timeout_ms": 9000}}, {"send": "x"}, {"recv": {}}])"}) {
    for (const Host host : {Host::kBlocking, Host::kLoop}) {
      SCOPED_TRACE(HostName(host));
      const DeadPort port;
      EXPECT_EQ(RunLive(host, ScriptOf(script), port.address()).steps,
                (Steps{"0:ECONNREFUSED", "1:skipped", "2:skipped"}));
    }
  }
}

TEST(BothHostsAlike, ConnectThatNobodyAnswersPassesItsDeadline) {
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const FullListener full;
    EXPECT_EQ(RunLive(host, ScriptOf(R"([{"connect": {"timeout_ms": 20}}, {"send": "x"}])"),
                      full.address())
                  .steps,
              (Steps{"0:timeout", "1:skipped"}));
  }
}

TEST(BothHostsAlike, SecondConnectionStartsAnew) {
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const TestListener listener;
    const Ran ran = RunLive(
        host, ScriptOf(R"([{"connect": {}}, {"close": {}}, {"connect": {}}, {"send": "x"}])"),
        listener.address());
    EXPECT_EQ(ran.steps, (Steps{"0:ok", "1:ok", "2:ok", "3:ok 1"}));
    const TestSocket first = listener.Accept();
    const TestSocket second = listener.Accept();
    EXPECT_EQ(ReadBytes(first.get(), 1), "");
    EXPECT_EQ(ReadBytes(second.get(), 2), "x");
  }
}

TEST(BothHostsAlike, PausesAreNeverShorterThanAsked) {
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const DeadPort unused;
    const Ran ran =
        RunLive(host, ScriptOf(R"([{"repeat": {"times": 20, "steps": [{"sleep": 1}]}}])"),
                unused.address());
    int pauses = 0;
    for (const Event& event : ran.trace.events) {
      if (event.op != Op::kSleep) continue;
      ++pauses;
      EXPECT_GE(event.end_ns - event.begin_ns, kNsPerMs);
    }
    EXPECT_EQ(pauses, 20);
  }
}

TEST(BothHostsAlike, SignalOfAnotherActorWakesTheOneThatAwaitsIt) {
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    Peer peer(Nothing);
    std::vector<std::string> given(3, "go");
    const Ran ran =
        RunLive(host, ScriptOf(R"([{"connect": {}}, {"signal": "one"}, {"signal": "two"},
        {"await": {"signal": "go", "count": 3}}])"),
                peer.address(), given);
    EXPECT_EQ(ran.steps.back(), "3:ok");
    EXPECT_EQ(ran.given, "one two ");
  }
}

// The acceptance of an event trace: one event a call, in both worlds.
TEST(BothHostsAlike, TraceShowsEveryCallOnce) {
  const auto ops = [](const Ran& ran) {
    std::string names;
    for (const Event& event : ran.trace.events) names += std::string(OpName(event.op)) + " ";
    return names;
  };
  const Script script =
      ScriptOf(R"([{"connect": {}}, {"send": "x\n"}, {"recv": {"until": "\n"}}])");
  Peer first(EchoOneLine);
  EXPECT_EQ(ops(RunLive(Host::kBlocking, script, first.address())),
            "socket connect getsockname step send step recv step ");
  Peer second(EchoOneLine);
  EXPECT_EQ(ops(RunLive(Host::kLoop, script, second.address())),
            "socket connect getsockname so_error step send step recv step ");
}

}  // namespace
}  // namespace tcplab
