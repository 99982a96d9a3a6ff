#include "core/trace/recorder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

constexpr Recorder::Capacity kRoomy{.events = 64, .addresses = 8, .payload = 1024};

// Whether a copy keeps what any trace promises, save for being complete.
bool Holds(const RecorderTrace& trace) {
  AgentTrace agent;
  agent.recorders.push_back(trace);
  return Verify(agent).has_value();
}

TEST(Recorder, KeepsEventsInTheOrderOfTheirCalls) {
  Recorder recorder(kRoomy);
  for (std::uint32_t i = 0; i < 5; ++i) {
    recorder.End(recorder.Begin(Op::kSend, {i, 7, 2}, i * 10), i);
  }
  const RecorderTrace trace = recorder.Take();
  ASSERT_EQ(trace.events.size(), 5U);
  EXPECT_EQ(trace.recorded, 5U);
  EXPECT_EQ(trace.dropped, 0U);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const Event& event = trace.events[i];
    EXPECT_EQ(event.op, Op::kSend);
    EXPECT_EQ(event.actor, i);
    EXPECT_EQ(event.step, 7);
    EXPECT_EQ(event.socket, 2);
    EXPECT_EQ(event.argument, i * 10);
    EXPECT_EQ(event.result, i);
  }
  EXPECT_TRUE(Holds(trace));
}

TEST(Recorder, StampsLieAroundTheCall) {
  Recorder recorder(kRoomy);
  const std::int64_t before_ns = MonotonicNs();
  Event& event = recorder.Begin(Op::kRecv, {});
  const std::int64_t within_ns = MonotonicNs();
  recorder.End(event, 0);
  const Event recorded = recorder.Take().events.at(0);
  EXPECT_LE(before_ns, recorded.begin_ns);
  EXPECT_LE(recorded.begin_ns, within_ns);
  EXPECT_LE(within_ns, recorded.end_ns);
  EXPECT_LE(recorded.end_ns, MonotonicNs());
}

TEST(Recorder, StampAtHandIsUsedAsTheEnd) {
  Recorder recorder(kRoomy);
  Event& event = recorder.Begin(Op::kRecv, {});
  const std::int64_t end_ns = event.begin_ns + 1234;
  recorder.EndAt(event, end_ns, 3);
  EXPECT_EQ(recorder.Take().events.at(0).end_ns, end_ns);
  EXPECT_EQ(recorder.last_end_ns(), end_ns);
}

TEST(Recorder, LastEndIsZeroBeforeTheFirstEvent) {
  Recorder recorder(kRoomy);
  EXPECT_EQ(recorder.last_end_ns(), 0);
  recorder.Begin(Op::kRecv, {});
  EXPECT_EQ(recorder.last_end_ns(), 0);
}

TEST(Recorder, CallsThatFollowEachOtherShareAStamp) {
  Recorder recorder(kRoomy);
  const std::int64_t resumed_ns = MonotonicNs() - 1'000'000;
  recorder.Continue(resumed_ns);
  recorder.End(recorder.Begin(Op::kSend, {}), 1);
  recorder.End(recorder.Begin(Op::kSend, {}), 1);
  recorder.Pause();
  recorder.End(recorder.Begin(Op::kSend, {}), 1);
  const std::vector<Event> events = recorder.Take().events;
  EXPECT_EQ(events.at(0).begin_ns, resumed_ns);
  EXPECT_GE(events.at(0).end_ns, resumed_ns + 1'000'000) << "an end is always stamped";
  EXPECT_EQ(events.at(1).begin_ns, events.at(0).end_ns);
  EXPECT_GE(events.at(2).begin_ns, events.at(1).end_ns);
}

TEST(Recorder, WhatIsOverAlreadyIsAddedWithItsOwnStamps) {
  Recorder recorder(kRoomy);
  recorder.Add(Op::kStep, {1, 2, 3}, 4, 100, 200, -5, 0);
  const Event event = recorder.Take().events.at(0);
  EXPECT_EQ(event.begin_ns, 100);
  EXPECT_EQ(event.end_ns, 200);
  EXPECT_EQ(event.result, -5);
  EXPECT_EQ(event.argument, 4U);
  EXPECT_EQ(recorder.last_end_ns(), 200);
}

TEST(Recorder, CallThatBlocksIsSeenByAnotherThreadAsInFlight) {
  Recorder recorder(kRoomy);
  std::atomic<bool> called{false};
  std::atomic<bool> let_go{false};
  std::thread actor([&] {
    recorder.End(recorder.Begin(Op::kSocket, {4, 0, 0}), 9);
    Event& event = recorder.Begin(Op::kConnect, {4, 1, 0}, 77);
    called.store(true);
    called.notify_one();
    let_go.wait(false);  // as a connect that nobody answers
    recorder.End(event, 0);
  });
  called.wait(false);
  const RecorderTrace during = recorder.Take();
  let_go.store(true);
  let_go.notify_one();
  actor.join();

  ASSERT_EQ(during.events.size(), 2U);
  EXPECT_TRUE(during.events[0].finished());
  const Event& open = during.events[1];
  EXPECT_EQ(open.op, Op::kConnect);
  EXPECT_EQ(open.actor, 4U);
  EXPECT_EQ(open.step, 1);
  EXPECT_EQ(open.argument, 77U);
  EXPECT_NE(open.begin_ns, 0);
  EXPECT_FALSE(open.finished());
  EXPECT_EQ(during.recorded, 2U);
  EXPECT_TRUE(Holds(during));
  EXPECT_TRUE(recorder.Take().events.at(1).finished());
}

TEST(Recorder, EventsBeyondTheRoomAreCountedAsLost) {
  Recorder recorder({.events = 3, .addresses = 0, .payload = 0});
  for (int i = 0; i < 5; ++i) recorder.End(recorder.Begin(Op::kSend, {}), i);
  recorder.Add(Op::kStep, {}, 0, 1, 2, 0);
  const RecorderTrace trace = recorder.Take();
  ASSERT_EQ(trace.events.size(), 3U);
  EXPECT_EQ(trace.events.back().result, 2);
  EXPECT_EQ(trace.dropped, 3U);
  EXPECT_FALSE(Holds(trace));
}

TEST(Recorder, EventInFlightBeyondTheRoomIsNotInvented) {
  Recorder recorder({.events = 1, .addresses = 0, .payload = 0});
  recorder.End(recorder.Begin(Op::kSend, {}), 0);
  recorder.Begin(Op::kRecv, {});
  const RecorderTrace trace = recorder.Take();
  EXPECT_EQ(trace.events.size(), 1U);
  EXPECT_EQ(trace.dropped, 1U);
}

TEST(Recorder, RecorderWithoutRoomLosesEverythingAndSaysSo) {
  Recorder recorder({.events = 0, .addresses = 0, .payload = 0});
  recorder.End(recorder.Begin(Op::kSend, {}), 0);
  EXPECT_TRUE(recorder.Take().events.empty());
  EXPECT_EQ(recorder.Take().dropped, 1U);
}

TEST(Recorder, KeptBytesComeBackWithTheirEvents) {
  Recorder recorder(kRoomy);
  for (const std::string bytes : {"first", "", "second", "third"}) {
    Event& event = recorder.Begin(Op::kRecv, {});
    recorder.End(event, static_cast<std::int64_t>(bytes.size()), recorder.KeepPayload(bytes));
  }
  const RecorderTrace trace = recorder.Take();
  EXPECT_EQ(trace.Data(trace.events[0]), "first");
  EXPECT_EQ(trace.Data(trace.events[1]), "");
  EXPECT_EQ(trace.events[1].data, 0U);
  EXPECT_EQ(trace.Data(trace.events[2]), "second");
  EXPECT_EQ(trace.Data(trace.events[3]), "third");
}

TEST(Recorder, PayloadRoomUsedUpIsNoLoss) {
  Recorder recorder({.events = 8, .addresses = 0, .payload = 12});
  const std::uint32_t kept = recorder.KeepPayload("12345678");  // with its length, all of the room
  const std::uint32_t beyond = recorder.KeepPayload("9");
  EXPECT_NE(kept, 0U);
  EXPECT_EQ(beyond, 0U);
  recorder.End(recorder.Begin(Op::kRecv, {}), 8, kept);
  recorder.End(recorder.Begin(Op::kRecv, {}), 1, beyond);
  const RecorderTrace trace = recorder.Take();
  EXPECT_EQ(trace.dropped, 0U);
  EXPECT_EQ(trace.Data(trace.events[0]), "12345678");
  EXPECT_EQ(trace.Data(trace.events[1]), "");
  EXPECT_TRUE(Holds(trace));
}

TEST(Recorder, AddressRoomUsedUpIsALoss) {
  Recorder recorder({.events = 8, .addresses = 1, .payload = 0});
  const std::string ipv6_sized(19, 'a');
  EXPECT_NE(recorder.KeepAddress(ipv6_sized), 0U);
  EXPECT_EQ(recorder.Take().dropped, 0U);
  EXPECT_EQ(recorder.KeepAddress(ipv6_sized), 0U);
  EXPECT_EQ(recorder.Take().dropped, 1U);
}

TEST(Recorder, PayloadNeverTakesTheRoomOfAddresses) {
  constexpr std::size_t kAddresses = 50;
  Recorder recorder({.events = 8, .addresses = kAddresses, .payload = 100});
  for (int i = 0; i < 100; ++i) static_cast<void>(recorder.KeepPayload("x"));
  for (std::size_t i = 0; i < kAddresses; ++i) {
    EXPECT_NE(recorder.KeepAddress(std::string(19, 'a')), 0U) << i;
  }
  EXPECT_EQ(recorder.Take().dropped, 0U);
}

TEST(Recorder, CopyHoldsNoMoreBytesThanItsEventsNeed) {
  Recorder recorder({.events = 8, .addresses = 8, .payload = 1 << 20});
  recorder.End(recorder.Begin(Op::kRecv, {}), 3, recorder.KeepPayload("abc"));
  EXPECT_EQ(recorder.Take().arena.size(), 4U + 3U);
}

TEST(Recorder, DataOutsideOfTheArenaIsEmpty) {
  RecorderTrace trace;
  trace.arena = std::string("\x05\0\0\0ab", 6);  // says 5 bytes, has 2
  Event event;
  event.data = 1;
  EXPECT_EQ(trace.Data(event), "ab");
  event.data = 4;  // not even a length
  EXPECT_EQ(trace.Data(event), "");
  event.data = 0xFFFFFFFF;
  EXPECT_EQ(trace.Data(event), "");
}

// Under TSan this is the proof that the reader touches nothing the writer still writes.
TEST(Recorder, CopiesTakenWhileTheWriterWritesAreWhole) {
  constexpr std::size_t kEvents = 20'000;
  Recorder recorder({.events = kEvents, .addresses = kEvents, .payload = 1 << 20});
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < kEvents; ++i) {
      Event& event = recorder.Begin(Op::kRecv, {i, 0, 0}, i);
      const std::string bytes = std::to_string(i);
      const std::uint32_t kept =
          i % 2 == 0 ? recorder.KeepPayload(bytes) : recorder.KeepAddress(bytes);
      recorder.End(event, i, kept);
    }
    over.store(true);
  });
  std::size_t seen = 0;
  for (bool last = false; !last;) {
    last = over.load();
    const RecorderTrace trace = recorder.Take();
    ASSERT_GE(trace.events.size(), seen);
    seen = trace.events.size();
    ASSERT_TRUE(Holds(trace));
    if (trace.events.empty()) continue;
    const std::size_t i = trace.events.size() - 1;
    const Event& newest = trace.events[i];
    ASSERT_EQ(newest.argument, i);
    ASSERT_EQ(newest.actor, i);
    if (newest.finished()) {
      ASSERT_EQ(trace.Data(newest), std::to_string(i));
    }
  }
  writer.join();
  EXPECT_EQ(seen, kEvents);
}

}  // namespace
}  // namespace tcplab
