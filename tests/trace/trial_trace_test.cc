#include "core/trace/trial_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/support/trace_builder.h"

namespace tcplab {
namespace {

using testing::HasSubstr;

// What Verify says of the sample trace once `change` was made to it; "" when it is whole.
std::string SaidAfter(const std::function<void(TrialTrace&)>& change) {
  TrialTrace trace = SampleTrace();
  change(trace);
  const Status status = Verify(trace);
  return status ? "" : status.error().message;
}

// The recorder of the first client, which has the most events.
RecorderTrace& FirstClient(TrialTrace& trace) { return trace.fleets.at(0).recorders.at(1); }

TEST(VerifyTrace, WholeTracePasses) {
  EXPECT_EQ(SaidAfter([](TrialTrace&) {}), "");
}

TEST(VerifyTrace, ServerWithNothingInItPassesAndNoServerDoesNot) {
  TrialTrace trace;
  EXPECT_FALSE(Verify(trace));
  trace.servers.resize(1);
  EXPECT_TRUE(Verify(trace));
}

TEST(VerifyTrace, LostEventsAreRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) { FirstClient(t).dropped = 1; }),
              HasSubstr("1 events were lost"));
}

TEST(VerifyTrace, MessageNamesTheAgentTheRecorderAndTheEvent) {
  const std::string said = SaidAfter([](TrialTrace& t) {
    FirstClient(t).events[3].end_ns = FirstClient(t).events[3].begin_ns - 1;
  });
  EXPECT_THAT(said, HasSubstr("fleet, recorder 1: event 3"));
}

TEST(VerifyTrace, FewerEventsThanWereRecordedAreRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) { FirstClient(t).events.pop_back(); }),
              HasSubstr("are there"));
}

TEST(VerifyTrace, MoreEventsThanWereRecordedAreRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) {
                FirstClient(t).events.push_back(FirstClient(t).events.back());
              }),
              HasSubstr("are there"));
}

TEST(VerifyTrace, UnknownOperationIsRefused) {
  EXPECT_THAT(
      SaidAfter([](TrialTrace& t) { FirstClient(t).events[0].op = static_cast<Op>(kOpCount); }),
      HasSubstr("unknown operation"));
}

TEST(VerifyTrace, OpenCallBeforeOthersIsRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) { FirstClient(t).events[0].end_ns = 0; }),
              HasSubstr("has no end"));
}

TEST(VerifyTrace, OpenCallAtTheEndPasses) {
  EXPECT_EQ(SaidAfter([](TrialTrace& t) { FirstClient(t).events.back().end_ns = 0; }), "");
}

TEST(VerifyTrace, EventThatEndsBeforeItBeginsIsRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) {
                FirstClient(t).events[0].end_ns = FirstClient(t).events[0].begin_ns - 1;
              }),
              HasSubstr("ends before it begins"));
}

TEST(VerifyTrace, EventsThatChangedPlacesAreRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) {
                std::swap(FirstClient(t).events[0], FirstClient(t).events[4]);
              }),
              HasSubstr("ends before the one before it"));
}

TEST(VerifyTrace, DataOutsideOfTheArenaIsRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) { FirstClient(t).arena.clear(); }), HasSubstr("outside"));
}

// Bytes that were cut would otherwise become another address, or another reply.
TEST(VerifyTrace, DataThatIsCutIsRefused) {
  EXPECT_THAT(SaidAfter([](TrialTrace& t) { FirstClient(t).arena.pop_back(); }),
              HasSubstr("outside"));
}

// The word of an outcome is looked up by this number.
TEST(VerifyTrace, OutcomeOutsideOfTheKindsIsRefused) {
  EXPECT_NE(SaidAfter([](TrialTrace& t) {
              for (Event& event : FirstClient(t).events) {
                if (event.op == Op::kStep) event.argument = 200;
              }
            }),
            "");
}

// Its negation has no place in 64 bits, and an ErrorCode has 16.
TEST(VerifyTrace, ResultThatIsNoErrorCodeIsRefused) {
  EXPECT_NE(SaidAfter([](TrialTrace& t) { FirstClient(t).events[0].result = INT64_MIN; }), "");
  EXPECT_NE(SaidAfter([](TrialTrace& t) { FirstClient(t).events[0].result = -65536; }), "");
}

// Times of different clocks are never subtracted.
TEST(VerifyTrace, AgentsOfDifferentClocksAreRefused) {
  EXPECT_NE(SaidAfter([](TrialTrace& t) { t.fleets[0].clock = "another machine's"; }), "");
}

TEST(VerifyTrace, EveryAgentIsLookedAt) {
  EXPECT_NE(SaidAfter([](TrialTrace& t) { t.servers.front().recorders.back().dropped = 1; }), "");
  EXPECT_NE(SaidAfter([](TrialTrace& t) { t.fleets.back().recorders.back().dropped = 1; }), "");
}

TEST(VerifyTrace, OneAgentCanBeLookedAtAlone) {
  AgentTrace agent = SampleTrace().servers.front();
  EXPECT_TRUE(Verify(agent));
  agent.recorders.back().recorded += 1;
  EXPECT_FALSE(Verify(agent));
}

}  // namespace
}  // namespace tcplab
