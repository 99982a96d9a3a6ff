// Connecting, ending, options, time and signals; data is in actor_data_test.cc, loops in
// actor_repeat_test.cc.
#include "core/script/actor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/script/fake_transport.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ActorConnect, OpensConnectsAndNamesItself) {
  Stage stage(R"([{"connect": {}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect", "established"));
}

TEST(ActorConnect, ThatFailsSkipsTheLaterStepsOfItsSocket) {
  Stage stage(R"([{"connect": {}}, {"send": "x"}, {"recv": {}}, {"reply": "echo"}, {"shutdown": {}},
                  {"set": {"TCP_NODELAY": true}}, {"sleep": 0}])");
  stage.transport.Fail("connect", "ECONNREFUSED");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ECONNREFUSED", "1:skipped", "2:skipped", "3:skipped",
                                       "4:skipped", "5:skipped", "6:ok"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect"));
}

TEST(ActorConnect, WithoutASocketFailsWithItsError) {
  Stage stage(R"([{"connect": {}}, {"send": "x"}])");
  stage.transport.Fail("open", "EMFILE");
  EXPECT_THAT(stage.Run(), ElementsAre("0:EMFILE", "1:skipped"));
}

TEST(ActorConnect, AfterAFailureAndACloseStartsAnew) {
  Stage stage(R"([{"connect": {}}, {"close": {}}, {"connect": {}}, {"send": "x"}])");
  stage.transport.Fail("connect", "ECONNREFUSED");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ECONNREFUSED", "1:ok", "2:ok", "3:ok 1"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "connect", "close", "open", "connect", "established", "send 1"));
}

TEST(ActorConnect, WithADeadlineWaitsForTheSocketAndConcludes) {
  Stage stage(R"([{"connect": {"timeout_ms": 1000}}])");
  stage.transport.Fail("connect", "EINPROGRESS");
  const std::int64_t before_ns = MonotonicNs();
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kWritable);
  EXPECT_GE(wait.deadline_ns, before_ns + 1000 * kNsPerMs);
  EXPECT_LE(wait.deadline_ns, MonotonicNs() + 1000 * kNsPerMs);
  EXPECT_THAT(stage.Steps(), IsEmpty());
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "connect bounded", "conclude", "established"));
}

TEST(ActorConnect, ThatIsRefusedLaterIsAFailureToo) {
  Stage stage(R"([{"connect": {"timeout_ms": 1000}}, {"send": "x"}])");
  stage.transport.Fail("connect", "EINPROGRESS").Fail("conclude", "ECONNREFUSED");
  EXPECT_EQ(stage.Resume().what, Wait::For::kWritable);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ECONNREFUSED", "1:skipped"));
}

TEST(ActorConnect, ThatASignalInterruptsGoesOnByItself) {
  Stage stage(R"([{"connect": {}}])");
  stage.transport.Fail("connect", "EINTR");
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kWritable);
  EXPECT_EQ(wait.deadline_ns, 0);
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok"));
}

TEST(ActorConnect, PastItsDeadlineClosesItsSocketAtOnce) {
  Stage stage(R"([{"connect": {"timeout_ms": 10}}, {"send": "x"}, {"close": {}}])");
  stage.transport.Fail("connect", "EINPROGRESS");
  EXPECT_EQ(stage.Resume().what, Wait::For::kWritable);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:timeout", "1:skipped", "2:skipped"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect bounded", "close"));
  EXPECT_FALSE(stage.transport.is_open());
}

TEST(ActorConnect, IsSeenBeforeItIsCalled) {
  Stage stage(R"([{"sleep": 0}, {"connect": {}}])");
  bool seen = false;
  stage.transport.on_connect = [&] { seen = stage.view.connecting.load(); };
  EXPECT_FALSE(stage.view.connecting.load());
  stage.Run();
  EXPECT_TRUE(seen);
}

TEST(ActorConnect, IsNotCalledOnceTheTrialIsFrozen) {
  Stage stage(R"([{"sleep": 0}, {"connect": {}}, {"send": "x"}])");
  stage.frozen = true;
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kHalted);
  EXPECT_TRUE(wait.over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open"));
  EXPECT_FALSE(stage.view.connecting.load());
  EXPECT_FALSE(stage.view.ended.load());
}

TEST(ActorConnect, SecondOneThatIsHaltedLeavesTheFirstInSight) {
  Stage stage(R"([{"connect": {}}, {"close": {}}, {"sleep": 5}, {"connect": {}}])");
  EXPECT_EQ(stage.Resume().what, Wait::For::kClock);
  stage.frozen = true;
  EXPECT_EQ(stage.Resume(Wake::kDeadline).what, Wait::For::kHalted);
  EXPECT_TRUE(stage.view.connecting.load());
}

TEST(ActorConnect, TellsSinceWhenItHasHeardNothing) {
  Stage stage(R"([{"connect": {}}, {"sleep": 1}, {"recv": {}}])");
  stage.recorder.Add(Op::kConnect, {}, 0, 5, 10, 0);  // as the transport's call would
  stage.transport.Piece("x");
  stage.Resume();
  EXPECT_NE(stage.view.unheard_since_ns.load(), 0);
  stage.Resume(Wake::kDeadline);
  EXPECT_EQ(stage.view.unheard_since_ns.load(), 0);
}

TEST(ActorEnd, ShutdownNamesItsSide) {
  Stage stage(R"([{"connect": {}}, {"shutdown": "read"}, {"shutdown": "write"},
                  {"shutdown": "both"}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok", "2:ok", "3:ok"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect", "established", "shutdown 0",
                                                 "shutdown 1", "shutdown 2"));
}

TEST(ActorEnd, CloseWithoutASocketIsSkipped) {
  Stage stage(R"([{"close": {}}, {"abort": {}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:skipped", "1:skipped"));
  EXPECT_THAT(stage.transport.calls, IsEmpty());
}

TEST(ActorEnd, AbortLingersForZeroSecondsAndCloses) {
  Stage stage(R"([{"connect": {}}, {"abort": {}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "connect", "established", "linger", "close"));
}

TEST(ActorEnd, OutcomeIsTheErrorOfTheCall) {
  Stage stage(R"([{"connect": {}}, {"shutdown": {}}, {"close": {}}])");
  stage.transport.Fail("shutdown", "ENOTCONN").Fail("close", "EIO");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ENOTCONN", "2:EIO"));
}

// There is no descriptor to make a call on: on a loop it would not even be a call that fails.
TEST(ActorEnd, StepsOnASocketThatIsClosedAreSkipped) {
  Stage stage(R"([{"connect": {}}, {"close": {}}, {"send": "x"}, {"recv": {}}, {"reply": "echo"},
                  {"shutdown": {}}])");
  EXPECT_THAT(stage.Run(),
              ElementsAre("0:ok", "1:ok", "2:skipped", "3:skipped", "4:skipped", "5:skipped"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect", "established", "close"));
}

TEST(ActorEnd, StepsBeforeThereIsASocketAreSkipped) {
  Stage stage(R"([{"send": "x"}, {"recv": {}}, {"shutdown": {}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:skipped", "1:skipped", "2:skipped"));
}

TEST(ActorSet, SetsOptionsInTheOrderOfTheirNames) {
  Stage stage(R"([{"connect": {}}, {"set": {"SO_LINGER": 2, "SO_KEEPALIVE": true}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.transport.calls, ElementsAre("open", "connect", "established",
                                                 "set SO_KEEPALIVE 1", "set SO_LINGER 2"));
}

TEST(ActorSet, BeforeAConnectOpensTheSocketThatConnects) {
  Stage stage(R"([{"set": {"TCP_NODELAY": true}}, {"connect": {}}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.transport.calls,
              ElementsAre("open", "set TCP_NODELAY 1", "connect", "established"));
}

TEST(ActorSet, OptionThatThePlatformLacksIsUnsupported) {
  Stage stage(R"([{"connect": {}}, {"set": {"SO_NOSIGPIPE": true}}, {"send": "x"}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:unsupported", "2:ok 1"));
}

TEST(ActorSet, StopsAtTheFirstOptionThatIsRefused) {
  Stage stage(R"([{"connect": {}}, {"set": {"SO_KEEPALIVE": true, "TCP_MAXSEG": 1}}])");
  stage.transport.Fail("set", "EINVAL");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:EINVAL"));
  EXPECT_EQ(stage.transport.calls.back(), "set SO_KEEPALIVE 1");
}

TEST(ActorSleep, OfZeroMakesNoCallAndNoWait) {
  Stage stage(R"([{"sleep": 0}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok"));
  EXPECT_THAT(stage.EventsOf(Op::kSleep), IsEmpty());
}

TEST(ActorSleep, WaitsForTheClockAndRecordsThePauseThatReallyWas) {
  Stage stage(R"([{"sleep": 2.5}])");
  const std::int64_t before_ns = MonotonicNs();
  const Wait wait = stage.Resume();
  EXPECT_EQ(wait.what, Wait::For::kClock);
  EXPECT_GE(wait.deadline_ns, before_ns + MsToNs(2.5));
  SysSleepUntil(wait.deadline_ns);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok"));
  const std::vector<Event> pauses = stage.EventsOf(Op::kSleep);
  ASSERT_EQ(pauses.size(), 1U);
  EXPECT_EQ(pauses[0].argument, 2500U);
  EXPECT_GE(pauses[0].end_ns - pauses[0].begin_ns, MsToNs(2.5));
}

TEST(ActorSignal, IsGivenToAll) {
  Stage stage(R"([{"signal": "go"}, {"signal": "go"}])");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok", "1:ok"));
  EXPECT_THAT(stage.given, ElementsAre("go", "go"));
  EXPECT_EQ(stage.signals.Count("go"), 2U);
  EXPECT_EQ(stage.EventsOf(Op::kSignal).size(), 2U);
}

TEST(ActorAwait, OfWhatWasGivenDoesNotWait) {
  Stage stage(R"([{"await": "go"}])");
  stage.signals.Receive("go");
  EXPECT_THAT(stage.Run(), ElementsAre("0:ok"));
  EXPECT_EQ(stage.EventsOf(Op::kAwait).at(0).result, 1);
}

TEST(ActorAwait, WaitsUntilTheSignalWasGivenOftenEnough) {
  Stage stage(R"([{"await": {"signal": "go", "count": 2}}])");
  stage.signals.Receive("go");
  const Wait wait = stage.Resume();
  ASSERT_EQ(wait.what, Wait::For::kSignal);
  EXPECT_EQ(wait.signal->signal, "go");
  EXPECT_EQ(wait.signal->count, 2U);
  EXPECT_EQ(wait.deadline_ns, 0);
  EXPECT_EQ(stage.Resume(Wake::kReady).what, Wait::For::kSignal);  // woken for nothing
  stage.signals.Receive("go");
  EXPECT_TRUE(stage.Resume(Wake::kReady).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:ok"));
}

TEST(ActorAwait, PastItsDeadlineIsATimeout) {
  Stage stage(R"([{"await": {"signal": "go", "timeout_ms": 5}}, {"sleep": 0}])");
  EXPECT_NE(stage.Resume().deadline_ns, 0);
  EXPECT_TRUE(stage.Resume(Wake::kDeadline).over());
  EXPECT_THAT(stage.Steps(), ElementsAre("0:timeout", "1:ok"));
  EXPECT_EQ(stage.EventsOf(Op::kAwait).at(0).result, 0);
}

TEST(ActorSteps, AreRecordedWithTheirActorAndWithoutGapsBetweenThem) {
  Stage stage(R"([{"connect": {}}, {"send": "abc"}, {"sleep": 0}, {"close": {}}])");
  stage.Run();
  const std::vector<Event> steps = stage.EventsOf(Op::kStep);
  ASSERT_EQ(steps.size(), 4U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].actor, 6U);
    EXPECT_EQ(steps[i].step, i);
    EXPECT_LE(steps[i].begin_ns, steps[i].end_ns);
    if (i > 0) {
      EXPECT_EQ(steps[i].begin_ns, steps[i - 1].end_ns);
    }
  }
}

TEST(ActorSteps, ViewTellsWhereTheScriptIs) {
  Stage stage(R"([{"sleep": 0}, {"sleep": 1}])");
  EXPECT_EQ(stage.view.step.load(), kNoStep);
  stage.Resume();
  EXPECT_EQ(stage.view.step.load(), 1);
  EXPECT_FALSE(stage.view.ended.load());
  stage.Resume(Wake::kDeadline);
  EXPECT_TRUE(stage.view.ended.load());
}

TEST(ActorSteps, EmptyScriptIsOverAtOnce) {
  Stage stage("[]");
  EXPECT_THAT(stage.Run(), IsEmpty());
  EXPECT_TRUE(stage.view.ended.load());
}

}  // namespace
}  // namespace tcplab
