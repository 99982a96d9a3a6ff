#include "core/script/loop_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/net/recorded_calls.h"
#include "core/script/raw_transport.h"
#include "tests/script/fake_transport.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::ElementsAre;

// Several actors on one loop, which ends with the last of them.
class LoopHostTest : public testing::Test {
 protected:
  struct Seat {
    Seat(LoopHostTest& test, std::string_view steps, std::uint32_t number)
        : program(ScriptOf(steps)),
          view(program.socket_count()),
          sockets(MakeRawSockets(test.calls_, view, &test.host_.watchers())) {
      Actor::Setup setup;
      setup.number = number;
      setup.program = &program;
      setup.targets = &test.targets_;
      setup.sockets = &sockets;
      setup.signals = &test.signals_;
      setup.recorder = &test.recorder_;
      setup.view = &view;
      setup.frozen = &test.frozen_;
      actor = std::make_unique<LoopActor>(test.host_, setup, [&test] { test.OnOver(); });
    }
    ~Seat() { CloseAll(sockets, 0); }
    Program program;
    ActorView view;
    Sockets sockets;
    std::unique_ptr<LoopActor> actor;
  };

  Seat& Add(std::string_view steps) {
    seats_.push_back(
        std::make_unique<Seat>(*this, steps, static_cast<std::uint32_t>(seats_.size())));
    return *seats_.back();
  }
  void Run() {
    running_ = seats_.size();
    loop_.Run();
  }
  void OnOver() {
    if (--running_ == 0) loop_.Stop();
  }
  // "actor step:outcome" in the order in which they came.
  [[nodiscard]] std::vector<std::string> Order() const {
    std::vector<std::string> order;
    for (const Event& event : recorder_.Take().events) {
      if (event.op == Op::kStep) {
        order.push_back(std::to_string(event.actor) + " " + std::to_string(event.step));
      }
    }
    return order;
  }

  Loop loop_;
  SignalBoard signals_{[](const std::string&) {}};
  LoopHost host_{loop_, signals_};
  Recorder recorder_{{.events = 1 << 14, .addresses = 512, .payload = 0}};
  RecordedCalls calls_{recorder_};
  std::atomic<bool> frozen_{false};
  TestListener listener_{1024};
  Targets targets_{{{"server", listener_.address()}}};
  std::vector<std::unique_ptr<Seat>> seats_;
  std::size_t running_ = 0;
};

TEST_F(LoopHostTest, StartsEachActorAtItsTimeAndNotBefore) {
  const std::int64_t start_ns = MonotonicNs() + kNsPerMs;
  for (int i = 0; i < 3; ++i) Add(R"([{"sleep": 0}])");
  for (int i = 0; i < 3; ++i) seats_[2 - i]->actor->StartAt(start_ns + i * 2 * kNsPerMs);
  Run();
  EXPECT_THAT(Order(), ElementsAre("2 0", "1 0", "0 0"));
  const RecorderTrace trace = recorder_.Take();
  for (int i = 0; i < 3; ++i) {
    EXPECT_GE(trace.events[i].begin_ns, start_ns + i * 2 * kNsPerMs);
  }
}

TEST_F(LoopHostTest, PausesOfOneDoNotHoldUpAnother) {
  Add(R"([{"sleep": 400}])").actor->StartAt(MonotonicNs());
  Add(R"([{"sleep": 1}, {"sleep": 1}, {"sleep": 1}])").actor->StartAt(MonotonicNs());
  Run();
  EXPECT_THAT(Order(), ElementsAre("1 0", "1 1", "1 2", "0 0"));
}

TEST_F(LoopHostTest, SignalOfOneWakesAllThatAwaitIt) {
  Add(R"([{"await": "go"}])").actor->StartAt(MonotonicNs());
  Add(R"([{"await": {"signal": "go", "count": 2}}])").actor->StartAt(MonotonicNs());
  Add(R"([{"sleep": 1}, {"signal": "go"}, {"sleep": 1}, {"signal": "go"}])")
      .actor->StartAt(MonotonicNs());
  Run();
  EXPECT_THAT(Order(), testing::IsSupersetOf({"0 0", "1 0"}));
}

TEST_F(LoopHostTest, SignalFromAnotherThreadWakes) {
  Add(R"([{"signal": "here"}, {"await": {"signal": "go", "timeout_ms": 60000}}])")
      .actor->StartAt(MonotonicNs());
  Result<Thread> other = Thread::Start([this] {
    signals_.WaitUntil("here", 1, 0);
    signals_.Receive("go");
  });
  ASSERT_TRUE(other);
  Run();
  other->Join();
  EXPECT_THAT(StepWords(recorder_.Take()), ElementsAre("0:ok", "1:ok"));
}

TEST_F(LoopHostTest, DeadlineThatWasNotNeededDoesNotWakeALaterStep) {
  Add(R"([{"signal": "a"}, {"await": {"signal": "a", "timeout_ms": 1}},
          {"await": {"signal": "b", "timeout_ms": 5}}])")
      .actor->StartAt(MonotonicNs());
  const std::int64_t before_ns = MonotonicNs();
  Run();
  EXPECT_THAT(StepWords(recorder_.Take()), ElementsAre("0:ok", "1:ok", "2:timeout"));
  EXPECT_GE(MonotonicNs(), before_ns + 5 * kNsPerMs);
}

// A connection that nobody reads must not keep the loop spinning.
TEST_F(LoopHostTest, DataForAnActorThatSleepsWakesItOnceAtTheMost) {
  Add(R"([{"connect": {}}, {"recv": {"until": 1}}, {"sleep": 20}, {"recv": {"until": 3}}])")
      .actor->StartAt(MonotonicNs());
  Result<Thread> peer = Thread::Start([this] {
    TestSocket server = listener_.Accept();
    WriteBytes(server.get(), "abcd");
    ReadBytes(server.get(), 1);
  });
  ASSERT_TRUE(peer);
  Run();
  seats_.clear();  // closes the client's side
  peer->Join();
  EXPECT_THAT(StepWords(recorder_.Take()), ElementsAre("0:ok", "1:ok 1", "2:ok", "3:ok 3"));
}

TEST_F(LoopHostTest, ActorThatIsHaltedByTheFreezeIsOver) {
  Add(R"([{"sleep": 1}, {"connect": {}}])").actor->StartAt(MonotonicNs());
  frozen_ = true;
  Run();
  EXPECT_THAT(Order(), ElementsAre("0 0"));
  EXPECT_FALSE(seats_[0]->view.connecting.load());
}

TEST_F(LoopHostTest, ActorMayGoWhileItStillWaits) {
  Add(R"([{"await": "never"}])").actor->StartAt(MonotonicNs());
  Add(R"([{"sleep": 60000}])").actor->StartAt(MonotonicNs());
  Add(R"([{"connect": {}}, {"recv": {}}])").actor->StartAt(MonotonicNs());
  Add(R"([{"sleep": 2}])").actor->StartAt(MonotonicNs());
  running_ = 1;  // only the last one ends
  loop_.Run();
  seats_.clear();
}

// As many as a fleet has, all at once.
TEST_F(LoopHostTest, HundredsOfActorsShareALoop) {
  constexpr std::size_t kActors = 300;
  Result<Thread> peer = Thread::Start([this] {
    std::vector<TestSocket> servers;
    for (std::size_t i = 0; i < kActors; ++i) {
      servers.push_back(listener_.Accept());
      WriteBytes(servers.back().get(), "hi\n");
    }
    for (TestSocket& server : servers) EXPECT_EQ(ReadBytes(server.get(), 3), "hi\n");
  });
  ASSERT_TRUE(peer);
  for (std::size_t i = 0; i < kActors; ++i) {
    Add(R"([{"connect": {}}, {"recv": {"until": "\n"}}, {"reply": "echo"}])")
        .actor->StartAt(MonotonicNs() + static_cast<std::int64_t>(i) * 20'000);
  }
  Run();
  peer->Join();
  std::size_t replied = 0;
  for (const std::string& word : StepWords(recorder_.Take())) replied += word == "2:ok 3" ? 1 : 0;
  EXPECT_EQ(replied, kActors);
}

}  // namespace
}  // namespace tcplab
