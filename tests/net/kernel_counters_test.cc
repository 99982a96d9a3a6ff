#include "core/net/kernel_counters.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/loopback.h"

namespace tcplab {
namespace {

TEST(KernelCounters, OnlyWhatMovedIsTold) {
  const KernelCounters before = {{"ListenDrops", 5}, {"ListenOverflows", 7}};
  const KernelCounters after = {{"ListenDrops", 5}, {"ListenOverflows", 9}, {"TCPTimeouts", 1}};
  const KernelCounters expected = {{"ListenOverflows", 2}, {"TCPTimeouts", 1}};
  EXPECT_EQ(Moved(before, after), expected);
}

TEST(KernelCounters, CounterThatWentBackIsLeftOut) {
  EXPECT_TRUE(Moved({{"ListenDrops", 9}}, {{"ListenDrops", 2}}).empty());
}

TEST(KernelCounters, KernelTellsOfListenQueues) {
  const KernelCounters counters = ReadKernelCounters();
  if (MayNotTell() && counters.empty()) GTEST_SKIP() << "they are not read on this system";
  EXPECT_TRUE(counters.contains("ListenOverflows"));
  EXPECT_TRUE(counters.contains("ListenDrops"));
  EXPECT_TRUE(counters.contains("TCPSynRetrans"));
}

TEST(KernelCounters, OverflowOfAListenQueueIsCounted) {
  const KernelCounters before = ReadKernelCounters();
  if (MayNotTell() && before.empty()) GTEST_SKIP() << "they are not read on this system";
  const FullListener full;
  const TestSocket client = NewSocket(Blocking::kNo);
  SysConnect(client.get(), full.address());
  EXPECT_TRUE(
      Eventually([&] { return Moved(before, ReadKernelCounters()).contains("ListenDrops"); }));
}

}  // namespace
}  // namespace tcplab
