// A record only gains by what is put into it.
#include "core/compare/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/compare/matching.h"
#include "core/result/json_writer.h"
#include "core/result/result_reader.h"
#include "tests/support/made_up_result.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kFirstRun = "2025-01-31T09:00:00Z";
constexpr const char* kSecondRun = "2025-06-30T09:00:00Z";

MadeUpResult OldRecord() {
  MadeUpResult result("linux-6.1-x86_64", kFirstRun);
  result.Case({{"backlog", 0}}).Saw("accept_order", "order", Times(5, {0}));
  return result;
}

// Another value in the case that is recorded, a second observation, and a case more.
MadeUpResult NewResult() {
  MadeUpResult result("linux-6.1-x86_64", kSecondRun);
  result.Case({{"backlog", 0}})
      .Saw("accept_order", "order", Times(5, {1}))
      .Saw("queue_order", "order", Times(5, {2}));
  result.Case({{"backlog", 1}}).Saw("accept_order", "order", Times(5, {0, 1}));
  result.With("/scenario/document/parameters", {{"backlog", {0, 1}}});
  return result;
}

json Merge(const json& record, const json& seen) {
  Result<MergedRecord> merged = MergeIntoRecord(record, seen);
  EXPECT_TRUE(merged) << merged.error().message;
  if (!merged) return {};
  const Result<json> read = ReadResultText(WriteJson(merged->document), "merged");
  EXPECT_TRUE(read) << "no longer agrees with itself: " << read.error().message;
  return merged->document;
}

TEST(Merge, AddsWhatIsNotThereAndLeavesWhatIs) {
  const json record = OldRecord().document();
  const json merged = Merge(record, NewResult().document());
  ASSERT_EQ(merged["cases"].size(), 2U);
  EXPECT_EQ(merged["cases"][0]["observations"]["accept_order"],
            record["cases"][0]["observations"]["accept_order"]);
  EXPECT_EQ(merged["cases"][0]["observations"]["queue_order"]["values"][0]["value"], json({2}));
  EXPECT_EQ(merged["cases"][1]["parameters"], json({{"backlog", 1}}));
  EXPECT_EQ(merged["run"]["started"], kFirstRun);
  EXPECT_EQ(merged["scenario"]["document"]["parameters"]["backlog"], json({0, 1}))
      << "the scenario that has both cases";
}

TEST(Merge, WhatWasAddedSaysOfWhichRunItIs) {
  const json merged = Merge(OldRecord().document(), NewResult().document());
  ASSERT_EQ(merged["run"]["added"].size(), 1U);
  EXPECT_EQ(merged["run"]["added"][0]["started"], kSecondRun);
  EXPECT_EQ(merged["cases"][1]["added"], 0);
  EXPECT_EQ(merged["cases"][0]["observations"]["queue_order"]["added"], 0);
  EXPECT_FALSE(merged["cases"][0].contains("added"));
  EXPECT_FALSE(internal::IsSameRun(merged, OldRecord().document()))
      << "its trials are not all of one run any more";

  MadeUpResult third("linux-6.1-x86_64", "2025-12-01T00:00:00Z");
  third.Case({{"backlog", 2}}).Saw("accept_order", "order", Times(5, {0}));
  const json twice = Merge(merged, third.document());
  ASSERT_EQ(twice["run"]["added"].size(), 2U);
  EXPECT_EQ(twice["cases"][2]["added"], 1);
  const json chained = Merge(third.document(), merged);
  ASSERT_EQ(chained["run"]["added"].size(), 2U);
  EXPECT_EQ(chained["cases"][1]["added"], 0) << "of the merged record's own run";
  EXPECT_EQ(chained["run"]["added"][0]["started"], kFirstRun);
  EXPECT_EQ(chained["cases"][2]["added"], 1) << "of the run that had been added to that";
  EXPECT_EQ(chained["run"]["added"][1]["started"], kSecondRun);
}

TEST(Merge, TheSecondTimeThereIsNothingToAdd) {
  const json once = Merge(OldRecord().document(), NewResult().document());
  const Result<MergedRecord> twice = MergeIntoRecord(once, NewResult().document());
  ASSERT_TRUE(twice);
  EXPECT_TRUE(twice->added.empty());
  EXPECT_EQ(twice->document, once);
}

TEST(Merge, KeysThatNobodyKnowsSurvive) {
  MadeUpResult record = OldRecord();
  record.With("/future", 1).With("/run/future", 2).With("/scenario/future", 3);
  record.With("/cases/0/future", 4).With("/environment/facets/somaxconn", 4096);
  MadeUpResult seen = NewResult();
  seen.With("/cases/1/future", 5).With("/cases/1/observations/accept_order/future", 6);
  seen.With("/cases/0/observations/queue_order/future", 7);
  const json merged = Merge(record.document(), seen.document());
  EXPECT_EQ(merged["future"], 1);
  EXPECT_EQ(merged["run"]["future"], 2);
  EXPECT_EQ(merged["scenario"]["future"], 3);
  EXPECT_EQ(merged["cases"][0]["future"], 4);
  EXPECT_EQ(merged["cases"][1]["future"], 5);
  EXPECT_EQ(merged["cases"][1]["observations"]["accept_order"]["future"], 6);
  EXPECT_EQ(merged["cases"][0]["observations"]["queue_order"]["future"], 7);
}

// A case says once how many trials it has: it could not say both.
TEST(Merge, ObservationOfOtherTrialsIsLeftOut) {
  MadeUpResult seen("linux-6.1-x86_64", kSecondRun);
  seen.Case({{"backlog", 0}})
      .Saw("accept_order", "order", Times(6, {0}))
      .Saw("queue_order", "order", Times(6, {2}));
  const Result<MergedRecord> merged = MergeIntoRecord(OldRecord().document(), seen.document());
  ASSERT_TRUE(merged);
  EXPECT_TRUE(merged->added.empty());
  ASSERT_EQ(merged->left_out.size(), 1U);
  EXPECT_EQ(merged->left_out[0].observation, "queue_order");
  EXPECT_EQ(merged->document, OldRecord().document());
}

TEST(Merge, OneRecordIsOfOneEnvironmentAndOneScenario) {
  const auto refusal = [](const MadeUpResult& seen) {
    const Result<MergedRecord> merged = MergeIntoRecord(OldRecord().document(), seen.document());
    return merged ? std::string() : merged.error().message;
  };
  MadeUpResult seen = NewResult();
  EXPECT_THAT(refusal(seen.With("/environment/facets/somaxconn", 128)),
              HasSubstr("in another environment (somaxconn: 4096 there, 128 here)"));
  seen = NewResult();
  EXPECT_THAT(refusal(seen.With("/scenario/document/window_ms", 700)),
              HasSubstr("of another scenario (window_ms: null there, 700 here)"));
  seen = NewResult();
  EXPECT_EQ(refusal(seen.With("/scenario/document/expect", json::array({1}))
                        .With("/scenario/document/trials", 5)
                        .With("/scenario/document/summary", "in other words")),
            "");
}

TEST(Merge, RecordIsAsBadAsTheWorstOfItsCases) {
  MadeUpResult seen = NewResult();
  seen.With("/cases/1/status", "failed");
  EXPECT_EQ(Merge(OldRecord().document(), seen.document())["run"]["status"], "failed");
  EXPECT_EQ(Merge(OldRecord().document(), NewResult().document())["run"]["status"], "ok");
}

}  // namespace
}  // namespace tcplab
