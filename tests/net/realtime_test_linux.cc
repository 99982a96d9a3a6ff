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
