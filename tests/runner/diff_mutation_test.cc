// Results that were cut, bit by bit spoilt, or are something else: none may bring a comparison
// down.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "core/compare/permutation.h"
#include "core/result/json_writer.h"
#include "core/result/result_reader.h"
#include "runner/diff_report.h"
#include "tests/support/made_up_result.h"

namespace tcplab {
namespace {

using nlohmann::json;

json WholeResult() {
  return MadeUpResult()
      .Case({{"backlog", 1}})
      .Saw("connect_outcomes", "set",
           Then(Times(3, json{"queued", "x"}), Times(5, json{"pending", "y"})))
      .Saw("outcome_counts", "set", Times(8, json{{"queued", 2}, {"pending", 0}}))
      .Saw("accept_order", "order", Then(Times(4, json{0, 1}), Times(4, json{1, 0})))
      .Saw("recv_sizes", "distribution", Then(Times(4, json{{1, 1, 98}}), Times(4, json{{100}})))
      .Saw("recv_histogram", "distribution",
           Then(Times(4, json{{"1", 2}, {"98", 1}}), Times(4, json{{"100", 1}})))
      .Saw("recv_calls", "distribution", Then(Times(4, json{3}), Times(4, json{1})))
      .Saw("replies", "exact", Times(8, json{{"CIAO\n"}, nullptr}))
      .Saw("send_results", "set", Times(8, json{{{"ok 1", 100}}}))
      .Saw("stream_end", "set", Times(8, json{{"client", {"eof"}}, {"server", {"reset"}}}))
      .Saw("steps", "set", Times(8, json{{"reply", json{{"ok 7"}}}}))
      .Saw("connect_ms", "timing", Times(8, json{0.125, nullptr}))
      .document();
}

// Reads, compares and draws; whether it got past the reader.
bool CompareWithWhole(const std::string& text, const json& whole) {
  const Result<json> read = ReadResultText(text, "mutant.json");
  if (!read) {
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(read.error().message.find("mutant.json:"), 0U) << read.error().message;
    return false;
  }
  const std::vector<ResultSource> sources = {{"whole", {{"", whole}}}, {"mutant", {{"", *read}}}};
  const Result<Comparison> comparison = Compare(sources, {});
  if (!comparison) return false;
  for (const Report& report : {PairReport(*comparison), MatrixReport(*comparison)}) {
    EXPECT_FALSE(ReportAsText(report, {}).empty());
    EXPECT_FALSE(ReportAsMarkdown(report).empty());
    EXPECT_FALSE(ReportAsHtml(report).empty());
  }
  EXPECT_TRUE(json::accept(ComparisonAsJson(*comparison)));
  return true;
}

int Mutants() {
  const char* const given = std::getenv("TCPLAB_MUTANTS");
  return given == nullptr ? 4000 : std::atoi(given);
}

TEST(DiffMutation, ACutResultIsRefusedWhereverItWasCut) {
  const json whole = WholeResult();
  const std::string text = WriteJson(whole);
  ASSERT_TRUE(CompareWithWhole(text, whole));
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    EXPECT_FALSE(CompareWithWhole(text.substr(0, size), whole)) << size;
  }
}

TEST(DiffMutation, FlippedBitsAreRefusedOrCompared) {
  const json whole = WholeResult();
  const std::string text = WriteJson(whole);
  Random random(2026);
  int compared = 0;
  for (int i = 0; i < Mutants(); ++i) {
    std::string mutant = text;
    const std::uint32_t flips = 1 + random.Below(3);
    for (std::uint32_t k = 0; k < flips; ++k) {
      char& byte = mutant[random.Below(static_cast<std::uint32_t>(mutant.size()))];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random.Below(8)));
    }
    compared += CompareWithWhole(mutant, whole) ? 1 : 0;
  }
  EXPECT_GT(compared, 0);  // a letter of a name is nobody's business
}

// Any JSON in the place of any value.
void CollectPointers(const json& value, const json::json_pointer& here,
                     std::vector<json::json_pointer>& pointers) {
  pointers.push_back(here);
  if (!value.is_structured()) return;
  for (const auto& item : value.items()) {
    if (value.is_array()) {
      CollectPointers(item.value(), here / static_cast<std::size_t>(std::stoul(item.key())),
                      pointers);
    } else {
      CollectPointers(item.value(), here / item.key(), pointers);
    }
  }
}

TEST(DiffMutation, OtherJsonInAnyPlaceIsRefusedOrCompared) {
  const json whole = WholeResult();
  std::vector<json::json_pointer> pointers;
  CollectPointers(whole, json::json_pointer(), pointers);
  const std::vector<json> others = {nullptr,
                                    true,
                                    -1,
                                    3,
                                    1.5,
                                    1e300,
                                    "text",
                                    "",
                                    json::array(),
                                    json::object(),
                                    json{{1, {2, "x"}}},
                                    json{{"a", {{"b", nullptr}}}}};
  int compared = 0;
  for (const json::json_pointer& pointer : pointers) {
    for (const json& other : others) {
      json mutant = whole;
      mutant[pointer] = other;
      compared += CompareWithWhole(mutant.dump(), whole) ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 100);
}

TEST(DiffMutation, ForeignFilesAreRefused) {
  const json whole = WholeResult();
  for (const char* text : {"", "null", "[]", "{}", "1e999", "{\"format\": \"tcplab-result/1\"}",
                           "\xff\xfe", "<html></html>", "{\"benchmarks\": []}",
                           "{\"format\": \"tcplab-result/1\", \"cases\": [1]}"}) {
    EXPECT_FALSE(CompareWithWhole(text, whole)) << text;
  }
}

}  // namespace
}  // namespace tcplab
