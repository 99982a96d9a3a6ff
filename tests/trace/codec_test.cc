#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/base/sha256.h"
#include "core/trace/trial_trace.h"
#include "tests/support/trace_builder.h"

namespace tcplab {
namespace {

using testing::HasSubstr;

constexpr std::size_t kDigestBytes = 64;

// The same content under a checksum that fits: what only a writer that is wrong would make.
std::string Resealed(std::string bytes) {
  bytes.resize(bytes.size() - kDigestBytes);
  return bytes + Sha256Hex(bytes);
}

// Whether a reader takes these bytes for a trace from which something may be derived.
bool IsTakenFor(const std::string& bytes) {
  const Result<TrialTrace> trace = DecodeTrialTrace(bytes);
  return trace && Verify(*trace);
}

// Calls `look` with each event of the trace in turn: its recorder, and its place there.
void ForEachEvent(const std::function<void(TrialTrace&, RecorderTrace&, std::size_t)>& look) {
  const TrialTrace sample = SampleTrace();
  const std::size_t agents = 1 + sample.fleets.size();
  for (std::size_t agent = 0; agent < agents; ++agent) {
    const AgentTrace& whose = agent == 0 ? sample.servers.front() : sample.fleets[agent - 1];
    for (std::size_t recorder = 0; recorder < whose.recorders.size(); ++recorder) {
      for (std::size_t i = 0; i < whose.recorders[recorder].events.size(); ++i) {
        TrialTrace copy = sample;
        AgentTrace& of_copy = agent == 0 ? copy.servers.front() : copy.fleets[agent - 1];
        look(copy, of_copy.recorders[recorder], i);
      }
    }
  }
}

TEST(TraceCodec, TrialComesBackAsItWas) {
  const TrialTrace sample = SampleTrace();
  const Result<TrialTrace> back = DecodeTrialTrace(Encode(sample));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, sample);
  EXPECT_TRUE(Verify(*back));
}

TEST(TraceCodec, AgentComesBackAsItWas) {
  for (const AgentTrace& agent : {SampleTrace().servers.front(), SampleTrace().fleets.at(0)}) {
    const Result<AgentTrace> back = DecodeAgentTrace(Encode(agent));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, agent);
  }
}

TEST(TraceCodec, EmptyTraceComesBackAsItWas) {
  const Result<TrialTrace> back = DecodeTrialTrace(Encode(TrialTrace{}));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, TrialTrace{});
}

TEST(TraceCodec, ExtremeValuesComeBackAsTheyWere) {
  TrialTrace trace;
  trace.go_ns = INT64_MIN;
  trace.servers.resize(1);
  trace.servers.front().name = std::string("na\0me", 5);
  Event event;
  event.begin_ns = INT64_MAX;
  event.end_ns = INT64_MIN;
  event.result = INT64_MIN;
  event.actor = event.argument = event.data = UINT32_MAX;
  event.step = UINT16_MAX;
  event.socket = UINT8_MAX;
  event.op = Op::kFreeze;
  trace.servers.front().recorders.push_back(
      {{event}, UINT64_MAX, UINT64_MAX, std::string(300, '\xFF')});
  const Result<TrialTrace> back = DecodeTrialTrace(Encode(trace));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, trace);
}

TEST(TraceCodec, SameTraceGivesTheSameBytes) {
  EXPECT_EQ(Encode(SampleTrace()), Encode(SampleTrace()));
}

// results/README.md writes the layout down; a change of it needs another number in the magic.
TEST(TraceCodec, LayoutIsThatOfTheFormat) {
  AgentTrace agent{"ab", "c", 0x0102030405060708, {}};
  Event event;
  event.begin_ns = 1;
  event.end_ns = 2;
  event.result = -3;
  event.actor = 4;
  event.argument = 5;
  event.data = 6;
  event.step = 7;
  event.socket = 8;
  event.op = Op::kAccept;
  agent.recorders.push_back({{event}, 1, 0, "x"});
  const auto number = [](std::uint64_t value, std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i, value >>= 8U) text += static_cast<char>(value & 0xFFU);
    return text;
  };
  const std::string expected =
      "tcplab-agent-trace/1\n" + number(2, 8) + "ab" + number(1, 8) + "c" +
      number(0x0102030405060708, 8) + number(1, 8) +                     // recorders
      number(1, 8) + number(0, 8) + number(1, 8) + "x" + number(1, 8) +  // recorded ... events
      number(1, 8) + number(2, 8) + number(static_cast<std::uint64_t>(-3), 8) + number(4, 4) +
      number(5, 4) + number(6, 4) + number(7, 2) + number(8, 1) + number(7, 1);
  EXPECT_EQ(Encode(agent), expected + Sha256Hex(expected));
}

TEST(TraceCodec, OneKindOfTraceIsNotTakenForTheOther) {
  EXPECT_FALSE(DecodeTrialTrace(Encode(SampleTrace().servers.front())));
  EXPECT_FALSE(DecodeAgentTrace(Encode(SampleTrace())));
}

TEST(TraceCodec, WhatIsNoTraceIsRefused) {
  EXPECT_THAT(DecodeTrialTrace("").error().message, HasSubstr("not a trace"));
  EXPECT_THAT(DecodeTrialTrace("{\"format\": 1}").error().message, HasSubstr("not a trace"));
  EXPECT_THAT(DecodeTrialTrace("tcplab-trial-trace/2\n").error().message, HasSubstr("cut short"));
}

TEST(TraceCodec, TraceCutAtAnyByteIsRefused) {
  const std::string bytes = Encode(SampleTrace());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(DecodeTrialTrace(std::string_view(bytes).substr(0, size))) << size;
  }
}

TEST(TraceCodec, TraceWithMoreBehindItIsRefused) {
  EXPECT_FALSE(DecodeTrialTrace(Encode(SampleTrace()) + "x"));
  EXPECT_FALSE(DecodeTrialTrace(Encode(SampleTrace()) + Encode(SampleTrace())));
}

TEST(TraceCodec, AnyChangedByteIsRefused) {
  const std::string bytes = Encode(SampleTrace());
  std::mt19937 generator(7);
  constexpr std::size_t kPositions = 400;
  for (std::size_t i = 0; i < kPositions; ++i) {
    const std::size_t at = i * bytes.size() / kPositions;
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1U << (generator() % 8)));
    ASSERT_FALSE(DecodeTrialTrace(changed)) << "byte " << at;
  }
}

TEST(TraceCodec, TraceWithoutAnyOneOfItsEventsIsRefused) {
  ForEachEvent([](TrialTrace& trace, RecorderTrace& recorder, std::size_t i) {
    recorder.events.erase(recorder.events.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(IsTakenFor(Encode(trace))) << i;
  });
}

TEST(TraceCodec, TraceWithAnyOneOfItsEventsDoubledIsRefused) {
  ForEachEvent([](TrialTrace& trace, RecorderTrace& recorder, std::size_t i) {
    const Event event = recorder.events[i];
    recorder.events.insert(recorder.events.begin() + static_cast<std::ptrdiff_t>(i), event);
    EXPECT_FALSE(IsTakenFor(Encode(trace))) << i;
  });
}

// A writer that stopped within an event, and then closed the trace as if it were whole.
TEST(TraceCodec, TraceWithAnyOneOfItsEventsCutIsRefused) {
  const std::string whole = Encode(SampleTrace());
  ForEachEvent([&whole](TrialTrace& trace, RecorderTrace& recorder, std::size_t i) {
    Event& event = recorder.events[i];
    event.begin_ns ^= 0x5A5A5A5A;  // to find where it stands
    const std::string marked = Encode(trace);
    std::size_t at = 0;
    while (marked[at] == whole[at]) ++at;
    for (const std::size_t cut : {1U, 8U, 20U, 39U, 40U}) {
      std::string bytes = whole;
      bytes.erase(at, cut);
      EXPECT_FALSE(IsTakenFor(bytes)) << i;
      EXPECT_FALSE(IsTakenFor(Resealed(bytes))) << i << " without " << cut << " bytes";
    }
  });
}

// Sizes say how much there is to read: one that lies must neither be believed nor allocated.
TEST(TraceCodec, SizesThatLieAreRefusedUnderAChecksumThatFits) {
  const std::string bytes = Encode(SampleTrace());
  const std::size_t magic = std::string_view("tcplab-trial-trace/1\n").size();
  for (std::size_t at = magic; at + kDigestBytes + 8 <= bytes.size(); ++at) {
    std::string changed = bytes;
    for (std::size_t i = 0; i < 8; ++i) changed[at + i] = '\xFF';
    changed = Resealed(changed);
    const Result<TrialTrace> trace = DecodeTrialTrace(changed);
    if (trace) static_cast<void>(Verify(*trace));  // in place of a stamp: any answer, no crash
  }
}

}  // namespace
}  // namespace tcplab
