#include "core/agent/loop_thread.h"

#include <gtest/gtest.h>

#include <thread>

namespace tcplab {
namespace {

std::thread::id WhereWorkRuns(LoopThread& loop_thread) {
  std::thread::id where;
  loop_thread.Run([&where] { where = std::this_thread::get_id(); });
  return where;
}

TEST(LoopThread, RunsWorkOnItsThread) {
  LoopThread loop_thread;
  ASSERT_TRUE(loop_thread.Start());
  const std::thread::id first = WhereWorkRuns(loop_thread);
  EXPECT_NE(first, std::thread::id());
  EXPECT_NE(first, std::this_thread::get_id());
  EXPECT_EQ(WhereWorkRuns(loop_thread), first);
}

TEST(LoopThread, RunsWorkHereBeforeItsStartAndAfterItsEnd) {
  LoopThread loop_thread;
  EXPECT_EQ(WhereWorkRuns(loop_thread), std::this_thread::get_id());
  ASSERT_TRUE(loop_thread.Start());
  loop_thread.Stop();
  EXPECT_EQ(WhereWorkRuns(loop_thread), std::this_thread::get_id());
  loop_thread.Stop();  // a second time is nothing
}

TEST(LoopThread, WorkIsDoneWhenRunReturns) {
  LoopThread loop_thread;
  ASSERT_TRUE(loop_thread.Start());
  int sum = 0;  // no lock: Run is one
  for (int i = 1; i <= 100; ++i) loop_thread.Run([&sum, i] { sum += i; });
  EXPECT_EQ(sum, 5050);
}

TEST(LoopThread, ThatNeverStartedLeavesNothingBehind) { LoopThread loop_thread; }

}  // namespace
}  // namespace tcplab
