// Where threads begin.
#include <gtest/gtest.h>
#include <sched.h>

#include <vector>

#include "core/net/handle.h"
#include "core/net/placement.h"

namespace tcplab {
namespace {

// Processors that this thread may use.
std::vector<int> Allowed() {
  cpu_set_t all;
  CPU_ZERO(&all);
  sched_getaffinity(0, sizeof all, &all);
  std::vector<int> allowed;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &all)) allowed.push_back(i);
  }
  return allowed;
}

// The scheduler may move one of them at any time, but not most of them.
TEST(Placement, BeginsWhereItIsToldTo) {
  const std::vector<int> allowed = Allowed();
  if (allowed.size() < 2) GTEST_SKIP() << "one processor";
  constexpr std::size_t kThreads = 40;
  for (const std::size_t first : {0U, 1U}) {
    PlaceFrom(first);
    EXPECT_EQ(PlacedFrom(), first);
    std::size_t there = 0;
    for (std::size_t i = 0; i < kThreads; ++i) {
      Result<Thread> thread = Thread::Start([&] {
        StartOn(i);
        if (sched_getcpu() == allowed[(first + i) % allowed.size()]) ++there;
        EXPECT_EQ(Allowed(), allowed) << "free to go elsewhere";
      });
      ASSERT_TRUE(thread);
      thread->Join();
    }
    EXPECT_GT(there, kThreads / 2) << "from " << first;
  }
  PlaceFrom(0);
}

}  // namespace
}  // namespace tcplab
