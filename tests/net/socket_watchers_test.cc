#include "core/net/socket_watchers.h"

#include <gtest/gtest.h>

#include "tests/support/loopback.h"

namespace tcplab {
namespace {

struct CountingListener final : ReadyListener {
  explicit CountingListener(Loop& a_loop) : loop(a_loop) {}
  void OnSocketReady() override {
    ++wakes;
    loop.Stop();
  }
  Loop& loop;
  int wakes = 0;
};

TEST(SocketWatchers, SocketWithTheNumberOfAClosedOneIsWatchedAnew) {
  Loop loop;
  SocketWatchers watchers(loop);
  NativeSocket first = kNoSocket;
  for (int round = 0; round < 3; ++round) {
    TestConnection connection(Blocking::kNo);
    if (round == 0) first = connection.server.get();
    ASSERT_EQ(connection.server.get(), first) << "the lowest free number is given";
    CountingListener listener(loop);
    watchers.Arm(first, SocketWatcher::kReadable, listener);
    WriteBytes(connection.client.get(), "a");
    loop.Run();
    EXPECT_EQ(listener.wakes, 1);
    watchers.Disarm(first);
  }
}

TEST(SocketWatchers, EachSocketWakesItsOwnListener) {
  Loop loop;
  SocketWatchers watchers(loop);
  const TestConnection quiet(Blocking::kNo);
  const TestConnection heard(Blocking::kNo);
  CountingListener quiet_listener(loop);
  CountingListener heard_listener(loop);
  watchers.Arm(quiet.server.get(), SocketWatcher::kReadable, quiet_listener);
  watchers.Arm(heard.server.get(), SocketWatcher::kReadable, heard_listener);
  WriteBytes(heard.client.get(), "a");
  loop.Run();
  EXPECT_EQ(quiet_listener.wakes, 0);
  EXPECT_EQ(heard_listener.wakes, 1);
  watchers.Disarm(quiet.server.get());
  watchers.Disarm(heard.server.get());
}

TEST(SocketWatchers, DisarmingWhatWasNeverArmedDoesNothing) {
  Loop loop;
  SocketWatchers watchers(loop);
  watchers.Disarm(5);
}

}  // namespace
}  // namespace tcplab
