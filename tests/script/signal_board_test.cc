#include "core/script/signal_board.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"

namespace tcplab {
namespace {

void Ignore(const std::string&) {}

TEST(SignalBoard, CountsEachSignalByItself) {
  SignalBoard board(Ignore);
  EXPECT_EQ(board.Count("a"), 0U);
  board.Give("a");
  board.Receive("a");
  board.Give("b");
  EXPECT_EQ(board.Count("a"), 2U);
  EXPECT_EQ(board.Count("b"), 1U);
}

TEST(SignalBoard, TellsOthersOnlyOfWhatWasGivenHere) {
  std::vector<std::string> told;
  SignalBoard board([&](const std::string& name) { told.push_back(name); });
  board.Give("ours");
  board.Receive("theirs");
  EXPECT_EQ(told, std::vector<std::string>{"ours"});
}

TEST(SignalBoard, WaitIsOverAtOnceWhenTheSignalWasGiven) {
  SignalBoard board(Ignore);
  board.Give("go");
  EXPECT_TRUE(board.WaitUntil("go", 1, 0));
}

TEST(SignalBoard, WaitEndsWhenAnotherThreadGivesTheSignal) {
  SignalBoard board(Ignore);
  std::thread giver([&] {
    board.Give("other");
    board.Give("go");
    board.Receive("go");
  });
  EXPECT_TRUE(board.WaitUntil("go", 2, 0));
  EXPECT_EQ(board.Count("go"), 2U);
  giver.join();
}

TEST(SignalBoard, WaitNeverEndsBeforeItsDeadline) {
  SignalBoard board(Ignore);
  const std::int64_t deadline_ns = MonotonicNs() + 2 * kNsPerMs;
  EXPECT_FALSE(board.WaitUntil("go", 1, deadline_ns));
  EXPECT_GE(MonotonicNs(), deadline_ns);
}

TEST(SignalBoard, WaitWithADeadlineEndsWithTheSignal) {
  SignalBoard board(Ignore);
  std::thread giver([&] { board.Give("go"); });
  EXPECT_TRUE(board.WaitUntil("go", 1, MonotonicNs() + 60'000 * kNsPerMs));
  giver.join();
}

TEST(SignalBoard, ChangeWakesLoopsThatMustNotBlock) {
  SignalBoard board(Ignore);
  std::atomic<int> wakes{0};
  board.OnChange([&] { ++wakes; });
  board.Give("a");
  board.Receive("b");
  EXPECT_EQ(wakes, 2);
}

TEST(SignalBoard, EveryWaitingThreadIsWoken) {
  SignalBoard board(Ignore);
  std::atomic<int> over{0};
  std::vector<std::thread> waiters;
  for (int i = 0; i < 8; ++i) {
    waiters.emplace_back([&] {
      if (board.WaitUntil("go", 1, 0)) ++over;
    });
  }
  board.Receive("go");
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(over, 8);
}

}  // namespace
}  // namespace tcplab
