#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/net/handle.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

// Runs a loop until it is stopped, bounded.
class DeadlineTimerTest : public testing::Test {
 protected:
  void RunBounded() {
    CoarseTimer limit(loop_, [this] {
      ADD_FAILURE() << "the timer did not fire";
      loop_.Stop();
    });
    limit.Start(static_cast<std::uint64_t>(kTestPatienceNs / kNsPerMs));
    loop_.Run();
  }
  // When a timer set to `deadline_ns` fired.
  std::int64_t FiredAt(std::int64_t deadline_ns) {
    std::int64_t fired_ns = 0;
    DeadlineTimer timer(loop_, [&] {
      fired_ns = MonotonicNs();
      loop_.Stop();
    });
    timer.Set(deadline_ns);
    RunBounded();
    return fired_ns;
  }

  Loop loop_;
};

// uv_timer makes about 0 of a 1 ms pause.
TEST_F(DeadlineTimerTest, NeverFiresBeforeItsDeadline) {
  for (const double ms : {1.0, 1.0, 1.0, 0.1, 0.5, 2.0, 3.7}) {
    const std::int64_t deadline_ns = MonotonicNs() + MsToNs(ms);
    EXPECT_GE(FiredAt(deadline_ns), deadline_ns) << ms;
  }
}

TEST_F(DeadlineTimerTest, NeverFiresBeforeItsDeadlineWhileTheLoopIsBusy) {
  const TestConnection connection(Blocking::kNo);
  int wakes = 0;
  // Always writable, so that the loop never rests.
  SocketWatcher busy(loop_, connection.server.get(), [&wakes] { ++wakes; });
  busy.Arm(SocketWatcher::kWritable);
  for (int i = 0; i < 20; ++i) {
    const std::int64_t deadline_ns = MonotonicNs() + kNsPerMs;
    EXPECT_GE(FiredAt(deadline_ns), deadline_ns);
  }
  EXPECT_GT(wakes, 20);
}

TEST_F(DeadlineTimerTest, DeadlineInThePastFiresAtOnce) {
  EXPECT_GT(FiredAt(MonotonicNs() - 1'000'000'000), 0);
  EXPECT_GT(FiredAt(1), 0);
  EXPECT_GT(FiredAt(0), 0);
}

TEST_F(DeadlineTimerTest, FiresOnce) {
  int fired = 0;
  DeadlineTimer timer(loop_, [&fired] { ++fired; });
  timer.Set(MonotonicNs());
  DeadlineTimer last(loop_, [this] { loop_.Stop(); });
  last.Set(MonotonicNs() + 3 * kNsPerMs);
  RunBounded();
  EXPECT_EQ(fired, 1);
}

TEST_F(DeadlineTimerTest, ThatWasClearedDoesNotFire) {
  DeadlineTimer cleared(loop_, [] { ADD_FAILURE() << "it was cleared"; });
  cleared.Set(MonotonicNs());
  cleared.Clear();
  DeadlineTimer last(loop_, [this] { loop_.Stop(); });
  last.Set(MonotonicNs() + kNsPerMs);
  RunBounded();
}

// Both are due in one turn of the loop, and the first takes the second's turn away.
TEST_F(DeadlineTimerTest, ThatWasClearedByAnotherInTheSameTurnDoesNotFire) {
  std::optional<DeadlineTimer> first;
  std::optional<DeadlineTimer> second;
  int fired = 0;
  const auto fire = [&] {
    ++fired;
    first->Clear();
    second->Clear();
  };
  first.emplace(loop_, fire);
  second.emplace(loop_, fire);
  const std::int64_t deadline_ns = MonotonicNs() + kNsPerMs;
  first->Set(deadline_ns);
  second->Set(deadline_ns);
  SysSleepUntil(deadline_ns + kNsPerMs);  // both are due before the loop looks
  DeadlineTimer last(loop_, [this] { loop_.Stop(); });
  last.Set(MonotonicNs() + kNsPerMs);
  RunBounded();
  EXPECT_EQ(fired, 1);
}

TEST_F(DeadlineTimerTest, LaterDeadlineTakesThePlaceOfTheEarlier) {
  DeadlineTimer timer(loop_, [this] { loop_.Stop(); });
  timer.Set(MonotonicNs() + kNsPerMs / 2);
  const std::int64_t deadline_ns = MonotonicNs() + 5 * kNsPerMs;
  timer.Set(deadline_ns);
  RunBounded();
  EXPECT_GE(MonotonicNs(), deadline_ns);
}

TEST_F(DeadlineTimerTest, MayBeSetAgainWithinItsCallback) {
  std::vector<std::int64_t> due;
  std::optional<DeadlineTimer> timer;
  timer.emplace(loop_, [&] {
    EXPECT_GE(MonotonicNs(), due.back());
    if (due.size() == 5) return loop_.Stop();
    due.push_back(MonotonicNs() + kNsPerMs);
    timer->Set(due.back());
  });
  due.push_back(MonotonicNs() + kNsPerMs);
  timer->Set(due.back());
  RunBounded();
  EXPECT_EQ(due.size(), 5U);
}

}  // namespace
}  // namespace tcplab
