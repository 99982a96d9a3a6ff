// Scripts on several sockets of their own, over real loopback: a thread that blocks and a loop that
// does not give the same outcomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/trace/trial_trace.h"
#include "tests/script/live_script.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

struct SocketExperiment {
  const char* name;
  const char* script;
  std::vector<std::string> expected;
};

// `l` listens; `c` connects to it, `s` is the connection. Nothing ever connects to the target.
const std::vector<SocketExperiment>& SocketExperiments() {
  static const std::vector<SocketExperiment> kExperiments = {
      {"BindListenConnectAccept",
       R"([{"bind": {"socket": "l"}}, {"listen": {"socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "c"}}, {"accept": {"as": "s", "socket": "l"}},
           {"send": {"text": "ciao", "socket": "c"}}, {"recv": {"until": 4, "socket": "s"}},
           {"reply": {"transform": "uppercase", "socket": "s"}}, {"recv": {"until": 4, "socket": "c"}}])",
       {"0:ok", "1:ok", "2:ok", "3:ok", "4:ok 4", "5:ok 4", "6:ok 4", "7:ok 4"}},
      {"ListenWithoutBindIsOnTheLoopback",
       R"([{"listen": {"socket": "l"}}, {"connect": {"to": {"socket": "l"}, "socket": "c"}},
           {"connect": {"to": {"socket": "l"}, "address": "127.0.0.2", "socket": "d"}}])",
       {"0:ok", "1:ok", "2:ECONNREFUSED"}},
      {"AcceptIntoAnOpenSocketClosesThatFirst",
       R"([{"listen": {"socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "first"}}, {"accept": {"as": "s", "socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "second"}}, {"accept": {"as": "s", "socket": "l"}},
           {"recv": {"socket": "first"}}, {"send": {"text": "x", "socket": "s"}},
           {"recv": {"socket": "second"}}])",
       {"0:ok", "1:ok", "2:ok", "3:ok", "4:ok", "5:eof", "6:ok 1", "7:ok 1"}},
      {"AcceptsOfOneListenerAreInTheOrderOfConnects",
       R"([{"listen": {"socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "a"}}, {"connect": {"to": {"socket": "l"}, "socket": "b"}},
           {"accept": {"as": "one", "socket": "l"}}, {"accept": {"as": "two", "socket": "l"}},
           {"send": {"text": "1", "socket": "one"}}, {"send": {"text": "22", "socket": "two"}},
           {"recv": {"socket": "a"}}, {"recv": {"socket": "b"}}])",
       {"0:ok", "1:ok", "2:ok", "3:ok", "4:ok", "5:ok 1", "6:ok 2", "7:ok 1", "8:ok 2"}},
      {"AcceptOfNobodyPassesItsDeadline",
       R"([{"listen": {"socket": "l"}}, {"accept": {"as": "s", "socket": "l", "timeout_ms": 3}},
           {"send": {"text": "x", "socket": "s"}}])",
       {"0:ok", "1:timeout", "2:skipped"}},
      {"AcceptOnWhatDoesNotListen",
       R"([{"bind": {"socket": "l"}}, {"accept": {"as": "s", "socket": "l", "timeout_ms": 9000}}])",
       {"0:ok", "1:EINVAL"}},
      {"BindLikeAnotherIsTheSamePort",
       R"([{"bind": {"socket": "a"}}, {"bind": {"like": {"socket": "a"}, "socket": "b"}},
           {"bind": {"like": {"socket": "a"}, "port": 0, "socket": "b"}}])",
       {"0:ok", "1:EADDRINUSE", "2:ok"}},
      {"BindLikeAServerIsItsAddress",
       R"([{"bind": {"like": "server", "socket": "b"}}])",
       {"0:EADDRINUSE"}},
      {"BindLikeASocketThatIsClosedIsSkipped",
       R"([{"bind": {"socket": "a"}}, {"close": {"socket": "a"}},
           {"bind": {"like": {"socket": "a"}, "socket": "b"}}])",
       {"0:ok", "1:ok", "2:skipped"}},
      {"BindToAnAddressOfItsOwn",
       R"([{"bind": {"address": "127.0.0.7", "socket": "l"}}, {"listen": {"socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "c"}}])",
       {"0:ok", "1:ok", "2:ok"}},
      {"ListenersOfOnePortBySoReuseport",
       R"([{"set": {"SO_REUSEPORT": true, "socket": "a"}}, {"bind": {"socket": "a"}},
           {"set": {"SO_REUSEPORT": true, "socket": "b"}}, {"bind": {"like": {"socket": "a"}, "socket": "b"}},
           {"listen": {"socket": "a"}}, {"listen": {"socket": "b"}}])",
       {"0:ok", "1:ok", "2:ok", "3:ok", "4:ok", "5:ok"}},
      {"ConnectToItselfHearsItself",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"send": "ciao"},
           {"recv": {"until": 4}}])",
       {"0:ok", "1:ok", "2:ok 4", "3:ok 4"}},
      {"ConnectToASocketThatOnlyIsBoundIsRefused",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}, "socket": "c"}},
           {"send": {"text": "x", "socket": "c"}}, {"send": "x"}])",
       {"0:ok", "1:ECONNREFUSED", "2:skipped", "3:EPIPE"}},
      {"ConnectFailureOfOneSocketSkipsNothingOfAnother",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}, "socket": "c"}},
           {"connect": {"socket": "d"}}, {"send": {"text": "x", "socket": "d"}},
           {"send": {"text": "x", "socket": "c"}}])",
       {"0:ok", "1:ECONNREFUSED", "2:ok", "3:ok 1", "4:skipped"}},
      {"OptionsAreWhatWasSet",
       R"([{"set": {"TCP_NODELAY": true}}, {"get": "TCP_NODELAY"}, {"get": "SO_LINGER"},
           {"set": {"SO_LINGER": 3}}, {"get": "SO_LINGER"}, {"get": "SO_RCVTIMEO"},
           {"set": {"SO_RCVTIMEO": 2000}}, {"get": "SO_RCVTIMEO"}, {"get": "SO_NOSIGPIPE"},
           {"set": {"TCP_CONGESTION": "no such"}}])",
       {"0:ok", "1:ok 1", "2:ok -1", "3:ok", "4:ok 3", "5:ok 0", "6:ok", "7:ok 2000",
        "8:unsupported", "9:ENOENT"}},
      {"StatesOfAConnectionThatEnds",
       R"([{"listen": {"socket": "l"}}, {"sample": {"field": "state", "socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "c"}}, {"accept": {"as": "s", "socket": "l"}},
           {"sample": {"field": "state", "socket": "c"}}, {"shutdown": {"socket": "s"}},
           {"recv": {"socket": "c"}}, {"sample": {"field": "state", "socket": "c"}},
           {"close": {"socket": "c"}}, {"sample": {"field": "state", "socket": "c"}}])",
       {"0:ok", "1:LISTEN", "2:ok", "3:ok", "4:ESTABLISHED", "5:ok", "6:eof", "7:CLOSE_WAIT",
        "8:ok", "9:skipped"}},
      {"ValuesOfOptionsMayBeAnyNumber",
       R"([{"set": {"TCP_NOTSENT_LOWAT": -5000}}, {"get": "TCP_NOTSENT_LOWAT"}])",
       {"0:ok", "1:ok -5000"}},
      {"QueuesAreWhatLiesInThem",
       R"([{"listen": {"backlog": 5, "socket": "l"}}, {"sample": {"field": "accept_queue_limit", "socket": "l"}},
           {"connect": {"to": {"socket": "l"}, "socket": "c"}}, {"sample": {"field": "accept_queue", "socket": "l"}},
           {"accept": {"as": "s", "socket": "l"}}, {"sample": {"field": "accept_queue", "socket": "l"}},
           {"send": {"text": "ciao", "socket": "c"}}, {"recv": {"flags": "MSG_PEEK", "socket": "s"}},
           {"sample": {"field": "recv_queue", "socket": "s"}}, {"recv": {"buffer": 1, "socket": "s"}},
           {"sample": {"field": "recv_queue", "socket": "s"}}, {"sample": {"field": "accept_queue", "socket": "s"}}])",
       {"0:ok", "1:ok 5", "2:ok", "3:ok 1", "4:ok", "5:ok 0", "6:ok 4", "7:ok 4", "8:ok 4",
        "9:ok 1", "10:ok 3", "11:unsupported"}},
      {"PeekLeavesTheStream",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"send": "ciao"},
           {"recv": {"flags": "MSG_PEEK"}}, {"recv": {"flags": ["MSG_PEEK", "MSG_DONTWAIT"], "buffer": 2}},
           {"recv": {"until": 4}}, {"recv": {"flags": ["MSG_PEEK", "MSG_DONTWAIT"]}}])",
       {"0:ok", "1:ok", "2:ok 4", "3:ok 4", "4:ok 2", "5:ok 4", "6:would_block"}},
      {"PeekSeesTheEnd",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"shutdown": {}},
           {"recv": {"flags": "MSG_PEEK"}}])",
       {"0:ok", "1:ok", "2:ok", "3:eof"}},
      {"UrgentByteIsBesideTheStream",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"recv": {"flags": "MSG_OOB"}},
           {"send": {"text": "abXY", "flags": "MSG_OOB"}}, {"recv": {"until": 3}},
           {"recv": {"flags": "MSG_OOB"}}, {"recv": {"flags": "MSG_OOB"}}, {"send": "def"},
           {"recv": {"until": 3}}])",
       {"0:ok", "1:ok", "2:EINVAL", "3:ok 4", "4:ok 3", "5:ok 1", "6:EINVAL", "7:ok 3", "8:ok 3"}},
      {"UrgentByteIsInTheStreamWithSoOobinline",
       R"([{"bind": {}}, {"set": {"SO_OOBINLINE": true}}, {"connect": {"to": {"socket": "main"}}},
           {"send": {"text": "abXY", "flags": "MSG_OOB"}}, {"recv": {"until": 4}},
           {"recv": {"flags": "MSG_OOB"}}])",
       {"0:ok", "1:ok", "2:ok", "3:ok 4", "4:ok 4", "5:EINVAL"}},
      {"DontWaitNeverWaits",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"recv": {"flags": "MSG_DONTWAIT"}},
           {"send": "ciao"}, {"recv": {"until": 4}}, {"recv": {"flags": "MSG_DONTWAIT"}}])",
       {"0:ok", "1:ok", "2:would_block", "3:ok 4", "4:ok 4", "5:would_block"}},
      {"WaitallFillsItsBuffer",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}},
           {"send": {"text": "ciao", "each": 1}}, {"shutdown": {}}, {"recv": {"flags": "MSG_WAITALL", "until": "eof"}}])",
       {"0:ok", "1:ok", "2:ok 4", "3:ok", "4:ok 4"}},
      {"LoopEndsWhenARecvTimesOut",
       R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}}, {"send": "ab"},
           {"repeat": {"until": {"outcome": "timeout"}, "steps": [
             {"recv": {"until": 1, "timeout_ms": 5}}, {"sleep": 0.1}]}}, {"send": "c"}])",
       {"0:ok", "1:ok", "2:ok 2", "4:ok 1", "5:ok", "4:ok 1", "5:ok", "4:timeout", "7:ok 1"}},
  };
  return kExperiments;
}

class NamedSockets : public testing::TestWithParam<std::size_t> {};

TEST_P(NamedSockets, GiveTheSameOutcomesOnBothHosts) {
  const SocketExperiment& experiment = SocketExperiments()[GetParam()];
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const TestListener target;
    const Ran ran = RunLive(host, ScriptOf(experiment.script), target.address());
    const bool lacks = std::any_of(ran.steps.begin(), ran.steps.end(), [&](const auto& step) {
      const auto& expected = experiment.expected;
      return step.ends_with(":unsupported") &&
             std::find(expected.begin(), expected.end(), step) == expected.end();
    });
    if (MayNotTell() && lacks) GTEST_SKIP() << "the system lacks an option or a sample of it";
    EXPECT_THAT(ran.steps, ElementsAreArray(experiment.expected));
    AgentTrace agent;
    agent.recorders.push_back(ran.trace);
    EXPECT_TRUE(Verify(agent));
  }
}

std::string SocketExperimentName(const testing::TestParamInfo<std::size_t>& experiment) {
  return SocketExperiments()[experiment.param].name;
}
INSTANTIATE_TEST_SUITE_P(Scripts, NamedSockets,
                         testing::Range<std::size_t>(0, SocketExperiments().size()),
                         SocketExperimentName);

TEST(NamedSocketsAlike, LoopOfSendsEndsWhenOneWouldBlockAndTheScriptGoesOn) {
  const Script script = ScriptOf(
      R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}},
          {"repeat": {"until": {"outcome": "would_block"}, "steps": [
            {"send": {"bytes": 65536, "flags": "MSG_DONTWAIT", "label": "send"}}]}},
          {"sample": "send_queue"}, {"recv": {"until": 65536}}])");
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const DeadPort unused;
    const Ran ran = RunLive(host, script, unused.address());
    ASSERT_GT(ran.steps.size(), 5U);
    EXPECT_EQ(std::count(ran.steps.begin(), ran.steps.end(), "3:would_block"), 1);
    EXPECT_EQ(ran.steps[2], "3:ok 65536");
    EXPECT_EQ(*(ran.steps.end() - 3), "3:would_block");
    const std::string& queue = *(ran.steps.end() - 2);
    EXPECT_TRUE(queue.starts_with("5:ok ") || (MayNotTell() && queue == "5:unsupported")) << queue;
    EXPECT_NE(*(ran.steps.end() - 2), "5:ok 0");  // a full buffer
    EXPECT_EQ(ran.steps.back(), "6:ok 65536");
  }
}

TEST(NamedSocketsAlike, TextOfAnOptionIsKeptWithTheOutcome) {
  const Script script = ScriptOf(
      R"([{"set": {"TCP_CONGESTION": "reno"}}, {"get": "TCP_CONGESTION"}, {"get": "TCP_NODELAY"}])");
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const DeadPort unused;
    const Ran ran = RunLive(host, script, unused.address());
    EXPECT_THAT(ran.steps, ElementsAre("0:ok", "1:ok", "2:ok 0"));
    std::vector<std::string> texts;
    for (const Event& event : ran.trace.events) {
      if (event.op == Op::kStep) texts.emplace_back(ran.trace.Data(event));
    }
    EXPECT_THAT(texts, ElementsAre("", "reno", ""));
  }
}

// Which of a script's sockets an event belongs to is what keeps their streams apart.
TEST(NamedSocketsAlike, EveryCallSaysWhichSocketItWasMadeOn) {
  const Script script = ScriptOf(
      R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}, "socket": "other"}},
          {"connect": {"to": {"socket": "main"}}}, {"send": "x"}])");
  for (const Host host : {Host::kBlocking, Host::kLoop}) {
    SCOPED_TRACE(HostName(host));
    const DeadPort unused;
    const Ran ran = RunLive(host, script, unused.address());
    for (const Event& event : ran.trace.events) {
      if (event.op == Op::kGetSockName) continue;  // step 1 asks for the main one's address
      EXPECT_EQ(event.socket, event.step == 1 ? 1 : kMainSocket) << OpName(event.op);
    }
    EXPECT_THAT(ran.steps, ElementsAre("0:ok", "1:ECONNREFUSED", "2:ok", "3:ok 1"));
  }
}

}  // namespace
}  // namespace tcplab
