#include "core/net/handle.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/loopback.h"

namespace tcplab {
namespace {

// A loop that a test leaves as soon as what it waits for has come, or fails.
class LoopTest : public testing::Test {
 protected:
  void RunBounded() {
    CoarseTimer limit(loop_, [this] {
      ADD_FAILURE() << "nothing came";
      loop_.Stop();
    });
    limit.Start(static_cast<std::uint64_t>(kTestPatienceNs / kNsPerMs));
    loop_.Run();
  }

  Loop loop_;
};

TEST(Loop, LeavesNothingBehind) {
  auto loop = std::make_unique<Loop>();
  const TestConnection connection(Blocking::kNo);
  {
    AsyncWake wake(*loop, [] {});
    SocketWatcher watcher(*loop, connection.server.get(), [] {});
    watcher.Arm(SocketWatcher::kReadable);
    CoarseTimer coarse(*loop, [] {});
    coarse.Start(1'000'000);
    DeadlineTimer exact(*loop, [] {});
    exact.Set(MonotonicNs() + 1'000'000 * kNsPerMs);
  }
  loop.reset();  // checks that no handle is left
}

TEST(Loop, ThatWasToldToStopBeforeItRanLeavesNothingBehind) {
  auto loop = std::make_unique<Loop>();
  {
    AsyncWake wake(*loop, [] {});
  }
  loop->Stop();
  loop.reset();
}

TEST_F(LoopTest, WakeFromAnotherThreadArrives) {
  bool woken = false;
  AsyncWake wake(loop_, [&] {
    woken = true;
    loop_.Stop();
  });
  Result<Thread> thread = Thread::Start([&wake] { wake.Send(); });
  ASSERT_TRUE(thread);
  RunBounded();
  thread->Join();
  EXPECT_TRUE(woken);
}

TEST_F(LoopTest, WakeThatIsGoneIsNotCalled) {
  auto gone = std::make_unique<AsyncWake>(loop_, [] { ADD_FAILURE() << "its owner is gone"; });
  gone->Send();
  gone.reset();
  AsyncWake last(loop_, [this] { loop_.Stop(); });
  last.Send();
  RunBounded();
}

TEST_F(LoopTest, WatcherIsLevelTriggered) {
  const TestConnection connection(Blocking::kNo);
  WriteBytes(connection.client.get(), "abc");
  std::string got;
  SocketWatcher watcher(loop_, connection.server.get(), [&] {
    std::array<char, 1> byte{};  // one of three: the rest is still there
    if (SysRecv(connection.server.get(), byte).value == 1) got += byte[0];
    if (got.size() == 3) loop_.Stop();
  });
  watcher.Arm(SocketWatcher::kReadable);
  RunBounded();
  EXPECT_EQ(got, "abc");
}

TEST_F(LoopTest, WatcherStaysQuietOnceDisarmed) {
  const TestConnection connection(Blocking::kNo);
  WriteBytes(connection.client.get(), "a");
  int calls = 0;
  std::optional<AsyncWake> last;
  SocketWatcher watcher(loop_, connection.server.get(), [&] {
    ++calls;
    watcher.Disarm();
    last->Send();
  });
  last.emplace(loop_, [this] { loop_.Stop(); });
  watcher.Arm(SocketWatcher::kReadable);
  RunBounded();
  EXPECT_EQ(calls, 1);
}

TEST_F(LoopTest, WatcherChangesWhatItWatchesFor) {
  const TestConnection connection(Blocking::kNo);
  int calls = 0;
  SocketWatcher watcher(loop_, connection.server.get(), [&] {
    ++calls;
    loop_.Stop();
  });
  watcher.Arm(SocketWatcher::kReadable);  // nothing to read
  watcher.Arm(SocketWatcher::kWritable);
  RunBounded();
  EXPECT_EQ(calls, 1);
}

TEST_F(LoopTest, WatcherMayLetGoWithinItsCallback) {
  TestConnection connection(Blocking::kNo);
  WriteBytes(connection.client.get(), "a");
  int calls = 0;
  AsyncWake last(loop_, [this] { loop_.Stop(); });
  SocketWatcher watcher(loop_, connection.server.get(), [&] {
    ++calls;
    watcher.Disarm();
    connection.server.Close();
    last.Send();
  });
  watcher.Arm(SocketWatcher::kReadable);
  RunBounded();
  EXPECT_EQ(calls, 1);
}

// uv_poll stops itself after an error, so that the next Arm must start it again.
TEST_F(LoopTest, WatcherWakesForAResetAndCanBeArmedAgain) {
  const DeadPort port;
  const TestSocket client = NewSocket(Blocking::kNo);
  ASSERT_EQ(SysConnect(client.get(), port.address()).error, errors::kInProgress);
  int calls = 0;
  SocketWatcher watcher(loop_, client.get(), [&] {
    if (++calls == 2) loop_.Stop();
    watcher.Arm(SocketWatcher::kWritable);
  });
  watcher.Arm(SocketWatcher::kWritable);
  RunBounded();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(ErrorName(SysSoError(client.get()).error), "ECONNREFUSED");
}

TEST_F(LoopTest, CoarseTimerThatWasStoppedDoesNotFire) {
  CoarseTimer stopped(loop_, [] { ADD_FAILURE() << "it was stopped"; });
  stopped.Start(0);
  stopped.Stop();
  CoarseTimer last(loop_, [this] { loop_.Stop(); });
  last.Start(1);
  RunBounded();
}

TEST(Thread, RunsItsBodyOnceAndIsJoined) {
  std::atomic<int> runs{0};
  Result<Thread> thread = Thread::Start([&] { ++runs; });
  ASSERT_TRUE(thread);
  thread->Join();
  EXPECT_EQ(runs, 1);
  thread->Join();  // a second time is nothing
}

TEST(Thread, JoinsWhereItWasMovedTo) {
  std::atomic<bool> ran{false};
  Result<Thread> thread = Thread::Start([&] { ran = true; });
  ASSERT_TRUE(thread);
  Thread moved = std::move(*thread);
  thread->Join();  // nothing left to join here
  moved.Join();
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace tcplab
