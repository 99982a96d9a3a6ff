// Results with any JSON in any place: refused by their reader, or as a record; never a crash.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "core/compare/merge.h"
#include "core/compare/proposals.h"
#include "core/result/json_writer.h"
#include "core/result/record.h"
#include "core/result/result_reader.h"
#include "tests/result/made_up.h"

namespace tcplab {
namespace {

using nlohmann::json;

// Of lists the first element: the others are read in the same way.
void AddPointers(const json& value, const json::json_pointer& here,
                 std::vector<json::json_pointer>& pointers) {
  pointers.push_back(here);
  if (!value.is_structured()) return;
  if (value.is_array() && !value.empty()) AddPointers(value[0], here / std::size_t{0}, pointers);
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.items()) AddPointers(member, here / key, pointers);
}

TEST(AcceptMutation, OtherJsonInAnyPlaceIsRefusedOrAccepted) {
  const Scenario scenario =
      MadeUpScenario(R"({"backlog": [1, 2], "clients": 2})", 5,
                     R"([{"observation": "connect_outcomes.0", "equals": "queued"}])");
  ResultBuilder builder(scenario, MadeUpEnvironment(), MadeUpRun());
  for (std::size_t i = 0; i < 10; ++i) {
    builder.AddTrial(i % 2, i / 2, TrialWithOutcomes({"accepted", "queued"}), {}, true);
  }
  json whole = builder.Finish(1, false);
  for (json& a_case : whole["cases"]) {  // the others are read in the same way
    const json all = a_case["observations"];
    a_case["observations"] = json::object();
    for (const char* name : {"connect_outcomes", "outcome_counts", "accept_order", "steps"}) {
      a_case["observations"][name] = all.at(name);
    }
  }
  ASSERT_TRUE(CheckRecord(whole));
  ASSERT_FALSE(ProposeExpectations(scenario, whole, {}).expectations.empty());

  std::vector<json::json_pointer> pointers;
  AddPointers(whole, json::json_pointer(), pointers);
  const std::vector<json> others = {nullptr,       -1, 3, "text", json::array(), json::object(),
                                    json{{1, {2}}}};
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const json::json_pointer& pointer : pointers) {
    for (const json& other : others) {
      json mutant = whole;
      mutant[pointer] = other;
      const Result<json> read = ReadResultText(mutant.dump(), "mutant.json");
      if (!read) continue;
      ++(CheckRecord(*read) ? accepted : refused);
      for (const auto& merged : {MergeIntoRecord(whole, *read), MergeIntoRecord(*read, whole)}) {
        if (!merged) continue;
        EXPECT_TRUE(ReadResultText(WriteJson(merged->document), "merged"))
            << pointer << ": " << other;
      }
      if (!CheckComplete(*read) || !CheckMeasuredFrom(scenario, *read)) continue;
      if (!read->at("environment").contains("stack")) continue;
      EXPECT_LE(FindUnmet(scenario, *read).size(), 1U);
      EXPECT_TRUE(ProposeExpectations(scenario, *read, {}).too_long.empty());
    }
  }
  EXPECT_GT(accepted, 50U);
  EXPECT_GT(refused, 50U);
}

}  // namespace
}  // namespace tcplab
