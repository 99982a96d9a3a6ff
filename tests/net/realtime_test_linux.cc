#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "core/net/realtime.h"
#include "tests/support/one_processor.h"

namespace tcplab {
namespace {

TEST(Realtime, IsOfThisThreadAndWhatItStartsWhileItLives) {
  ASSERT_EQ(sched_getscheduler(0), SCHED_OTHER);
  {
    const Realtime first;
    if (!first.works()) GTEST_SKIP() << "no permission, or a single processor";
    EXPECT_EQ(sched_getscheduler(0), SCHED_RR);
    int of_another = -1;
    std::thread([&of_another] { of_another = sched_getscheduler(0); }).join();
    EXPECT_EQ(of_another, SCHED_RR);
  }
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
}

TEST(Realtime, AgentGoesAfterItsController) {
  const Realtime controller;
  if (!controller.works()) GTEST_SKIP() << "no permission, or a single processor";
  const auto priority = [] {
    sched_param own{};
    sched_getparam(0, &own);
    return own.sched_priority;
  };
  const int of_controller = priority();
  int of_agent = 0;
  std::thread([&] {
    GoAfterController();
    of_agent = priority();
  }).join();
  EXPECT_LT(of_agent, of_controller);
  EXPECT_GT(of_agent, 0);
}

TEST(Realtime, LeavesAClassThatSomebodyChose) {
  const sched_param none{};
  ASSERT_EQ(sched_setscheduler(0, SCHED_BATCH, &none), 0);
  {
    const Realtime chosen;
    EXPECT_FALSE(chosen.works());
    EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  }
  EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  sched_setscheduler(0, SCHED_OTHER, &none);
}

TEST(Realtime, IsNotForASingleProcessor) {
  const test::OneProcessor confined;
  EXPECT_FALSE(Realtime().works());
}

}  // namespace
}  // namespace tcplab
