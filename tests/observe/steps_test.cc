// The outcomes of labelled steps.
#include <gtest/gtest.h>

#include "tests/observe/observed.h"

namespace tcplab {
namespace {

constexpr std::string_view kClient =
    R"([{"connect": {}}, {"send": {"text": "x", "label": "said"}}, {"recv": {"label": "heard"}}])";

nlohmann::json StepsOf(const TraceBuilder& trial, const Case& a_case) {
  return ObservedOf(trial, a_case).values["steps"];
}

TEST(Steps, AreListedByLabelAndClient) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Step(1, Outcome::Bytes(1)).Step(2, Outcome::Bytes(7));
  trial.Client(1).At(1).Step(1, Outcome::Bytes(1)).Step(2, Outcome::Of(Outcome::Kind::kTimeout));
  EXPECT_EQ(StepsOf(trial, CaseOf(2, kClient)),
            Json(R"({"said": [["ok 1"], ["ok 1"]], "heard": [["ok 7"], ["timeout"]]})"));
}

TEST(Steps, InALoopHaveAnOutcomeARound) {
  TraceBuilder trial(1);
  trial.Client(0).At(1);
  for (int i = 0; i < 3; ++i) trial.Client(0).Step(1, Outcome::Bytes(1));
  trial.Client(0).Step(1, Outcome::Failed(ErrorCodeOf("EPIPE")));
  EXPECT_EQ(StepsOf(trial, CaseOf(1, kClient)).at("said"),
            Json(R"([["ok 1", "ok 1", "ok 1", "EPIPE"]])"));
}

TEST(Steps, ThatNeverBeganHaveNone) {
  TraceBuilder trial(1);
  trial.Client(0).Stands(SocketState::kNotStarted);
  EXPECT_EQ(StepsOf(trial, CaseOf(1, kClient)), Json(R"({"said": [[]], "heard": [[]]})"));
}

TEST(Steps, UnderWayAtTheFreezeAreUnfinished) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Step(1, Outcome::Bytes(1))
      .InFlight(Op::kRecv)
      .Stands(SocketState::kEstablished, 1, 5000, 2);
  EXPECT_EQ(StepsOf(trial, CaseOf(1, kClient)),
            Json(R"({"said": [["ok 1"]], "heard": [["unfinished"]]})"));
}

TEST(Steps, ThatEndAfterTheFreezeAreUnfinishedWhereverTheSnapshotFoundTheActor) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1400)
      .Lasting(100.1)
      .Step(1, Outcome::Bytes(1))
      .Stands(SocketState::kEstablished, 1, 5000, 2);  // it looks a little later
  EXPECT_EQ(StepsOf(trial, CaseOf(1, kClient)),
            Json(R"({"said": [["unfinished"]], "heard": [[]]})"));
}

TEST(Steps, ThatBeganAfterTheFreezeNeverWere) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1500.2)
      .Step(1, Outcome::Bytes(1))
      .Stands(SocketState::kEstablished, 1, 5000, 2);
  EXPECT_EQ(StepsOf(trial, CaseOf(1, kClient)), Json(R"({"said": [[]], "heard": [[]]})"));
}

TEST(Steps, OfHandlersAreListedByConnection) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000);
  trial.Client(1).At(1).Connects(5001);
  trial.Connection(0).At(2).Accepts(5001).Step(0, Outcome::Bytes(3));
  trial.Connection(1).At(3).Accepts(5000).InFlight(Op::kRecv).Stands(SocketState::kEstablished, 0,
                                                                     0, 0);
  EXPECT_EQ(StepsOf(trial, CaseOf(2, "[]", R"([{"recv": {"label": "got"}}])")),
            Json(R"({"got": [["ok 3"], ["unfinished"]]})"));
}

TEST(Steps, WithoutALabelAreNotListed) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Step(0, Outcome::Ok());
  EXPECT_EQ(StepsOf(trial, CaseOf(1, R"([{"connect": {}}])")), Json("{}"));
}

// One list per actor, in the order in which things came.
TEST(Steps, OfOneLabelInTwoPlacesOfAScriptShareTheirList) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Step(0, Outcome::Bytes(1)).Step(1, Outcome::Bytes(2));
  EXPECT_EQ(StepsOf(trial, CaseOf(1, R"([{"recv": {"label": "heard"}},
                                         {"recv": {"label": "heard"}}])")),
            Json(R"({"heard": [["ok 1", "ok 2"]]})"));
}

TEST(Steps, OfOneLabelInTwoGroupsAreListedByClient) {
  Case a_case = CaseOf(1, R"([{"recv": {"label": "heard"}}])");
  a_case.clients.push_back(a_case.clients[0]);  // ties go by group: client 1 is of the second
  TraceBuilder trial(2);
  trial.Client(0).At(1).Step(0, Outcome::Bytes(1));
  trial.Client(1).At(1).Step(0, Outcome::Bytes(2));
  EXPECT_EQ(StepsOf(trial, a_case), Json(R"({"heard": [["ok 1"], ["ok 2"]]})"));
}

}  // namespace
}  // namespace tcplab
