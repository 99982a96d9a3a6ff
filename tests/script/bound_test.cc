// The room that a recorder is given beforehand is never less than what a run records.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/script/program.h"
#include "tests/script/live_script.h"

namespace tcplab {
namespace {

// Reads all there is, in small bites, and answers with `answer` once at the start.
std::function<void(TestSocket&)> Reader(std::string answer, std::size_t bite) {
  return [answer = std::move(answer), bite](TestSocket& socket) {
    WriteBytes(socket.get(), answer);
    while (!ReadBytes(socket.get(), bite).empty()) {
    }
  };
}

struct Load {
  const char* script;
  std::string answer;
};

std::vector<Load> Loads() {
  const std::string lines = "a\nbb\nccc\n";
  std::vector<Load> loads = {
      {R"([{"connect": {}}])", ""},
      {R"([{"connect": {"timeout_ms": 9000}}, {"close": {}}, {"connect": {"timeout_ms": 9000}}])",
       ""},
      {R"([{"connect": {}}, {"send": {"bytes": 100, "each": 1}}])", ""},
      {R"([{"connect": {}}, {"repeat": {"times": 30, "steps": [{"send": "x"}, {"sleep": 0.01}]}}])",
       ""},
      {R"([{"connect": {}}, {"recv": {"until": 9, "buffer": 1}}])", lines},
      {R"([{"connect": {}}, {"repeat": {"times": 3, "steps": [
          {"recv": {"until": "\n", "buffer": 1, "timeout_ms": 9000}}, {"reply": "echo"}]}}])",
       lines},
      {R"([{"connect": {}}, {"repeat": {"until": {"message": "ccc"}, "steps": [
          {"recv": {"until": "\n", "buffer": 2}}, {"reply": "uppercase"}]}}])",
       lines},
      {R"([{"set": {"TCP_NODELAY": true, "SO_KEEPALIVE": true}}, {"connect": {}}, {"signal": "a"},
           {"await": "a"}, {"shutdown": {}}, {"abort": {}}])",
       ""},
      {R"([{"connect": {}}, {"send": {"bytes": 3000000}}])", ""},
      // The smallest buffer a kernel grants: the payload goes in many small parts.
      {R"([{"set": {"SO_SNDBUF": 1}}, {"connect": {}}, {"send": {"bytes": 100000}}])", ""},
  };
  return loads;
}

TEST(BoundOfRealRuns, IsNeverExceeded) {
  for (const Load& load : Loads()) {
    const Script script = ScriptOf(load.script);
    const TraceBound bound = BoundOf(script, load.answer.size());
    for (const Host host : {Host::kBlocking, Host::kLoop}) {
      SCOPED_TRACE(std::string(HostName(host)) + " " + load.script);
      Ran ran;
      std::size_t addresses = 0;
      {
        const TestListener listener;
        std::thread peer([&] {
          for (std::size_t i = 0; i < bound.connections; ++i) {
            TestSocket socket = listener.Accept();
            Reader(load.answer, 1000)(socket);
          }
        });
        ran = RunLive(host, script, listener.address());
        peer.join();
      }
      for (const Event& event : ran.trace.events) {
        addresses += event.op == Op::kGetSockName ? 1 : 0;
      }
      EXPECT_LE(ran.trace.events.size(), bound.events);
      EXPECT_LE(addresses, bound.addresses);
    }
  }
}

// As BuildPlans gives it: what may come in is what the script itself sends.
TEST(BoundOfRealRuns, IsNeverExceededBetweenTheSocketsOfOneScript) {
  for (const char* const steps : {
           R"([{"bind": {}}, {"connect": {"to": {"socket": "main"}}},
               {"send": {"bytes": 300, "each": 1}}, {"recv": {"until": 300, "buffer": 1, "timeout_ms": 9000}}])",
           R"([{"listen": {"socket": "l"}}, {"connect": {"to": {"socket": "l"}, "socket": "c"}},
               {"accept": {"as": "s", "socket": "l", "timeout_ms": 9000}},
               {"send": {"bytes": 300, "each": 1, "socket": "c"}},
               {"recv": {"until": 300, "buffer": 1, "timeout_ms": 9000, "socket": "s"}},
               {"reply": {"transform": "echo", "end": "and more", "socket": "s"}},
               {"recv": {"until": 308, "buffer": 1, "timeout_ms": 9000, "socket": "c"}}])",
           R"([{"listen": {"socket": "l"}}, {"repeat": {"times": 5, "steps": [
               {"connect": {"to": {"socket": "l"}, "socket": "c", "timeout_ms": 9000}},
               {"accept": {"as": "s", "socket": "l", "timeout_ms": 9000}}, {"get": {"option": "TCP_CONGESTION", "socket": "s"}},
               {"sample": {"field": "state", "socket": "s"}}, {"close": {"socket": "c"}}]}}])",
       }) {
    const Script script = ScriptOf(steps);
    const TraceBound bound = BoundOf(script, BoundOf(script, 0).sent_bytes);
    for (const Host host : {Host::kBlocking, Host::kLoop}) {
      SCOPED_TRACE(std::string(HostName(host)) + " " + steps);
      const DeadPort unused;
      const Ran ran = RunLive(host, script, unused.address());
      EXPECT_EQ(ran.steps.back().find("timeout"), std::string::npos) << ran.steps.back();
      std::size_t kept = 0;
      std::int64_t received = 0;
      for (const Event& event : ran.trace.events) {
        const bool text = event.op == Op::kStep && event.data != 0;
        kept += event.op == Op::kGetSockName || event.op == Op::kAccept || text ? 1 : 0;
        if (event.op == Op::kRecv && !event.failed()) received += event.result;
      }
      EXPECT_LE(ran.trace.events.size(), bound.events);
      EXPECT_LE(kept, bound.addresses);
      EXPECT_LE(static_cast<std::size_t>(received), bound.received_bytes);
    }
  }
}

TEST(Bound, OfRepliesCountsWhatTheyAddToTheirMessages) {
  const Script script = ScriptOf(
      R"([{"repeat": {"times": 3, "steps": [{"recv": "\n"}, {"reply": {"transform": "prime", "end": "\n"}}]}},
          {"reply": "uppercase"}])",
      ScriptRole::kHandler);
  EXPECT_EQ(BoundOf(script, 10).reply_bytes, 3 * (std::string("not a number").size() + 1));
}

}  // namespace
}  // namespace tcplab
