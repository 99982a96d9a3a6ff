// The text report, held against tests/golden. TCPLAB_UPDATE_GOLDEN=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "core/compare/expectations.h"
#include "runner/output.h"
#include "tests/result/made_up.h"
#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using nlohmann::json;
using Outcomes = std::vector<std::string>;

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = std::string(TCPLAB_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("TCPLAB_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  EXPECT_EQ(text, ReadWhole(path));
}

std::string Shown(const json& document, bool color = false) {
  const Result<std::string> text = TextReport(document, {color});
  return text ? *text : text.error().message;
}

// What a backlog scenario gives: trials that mostly agree.
class BacklogResult {
 public:
  explicit BacklogResult(const std::string& expect = "[]")
      : scenario_(MadeUpScenario(R"({"backlog": [1, 2], "clients": 5})", 20, expect)),
        builder_(scenario_, MadeUpEnvironment(), MadeUpRun()) {
    for (std::size_t round = 0; round < 20; ++round) {
      Add(0, round,
          round == 4 ? Outcomes{"accepted", "queued", "queued", "refused", "pending"}
                     : Outcomes{"accepted", "queued", "queued", "pending", "pending"});
      Add(1, round, {"accepted", "queued", "queued", "queued", "pending"});
    }
  }

  ResultBuilder& builder() { return builder_; }
  json Document() {
    json document = builder_.Finish(17.25, false);
    AddExpectations(scenario_, document);
    return document;
  }

 private:
  void Add(std::size_t a_case, std::size_t round, const Outcomes& outcomes) {
    TrialObservations trial = TrialWithOutcomes(outcomes);
    trial.values["accept_order"] = {0};
    trial.values["queue_order"] = a_case == 0 ? json{1, 2} : json{1, 2, 3};
    trial.values["recv_histogram"] = {{"7", 1}};
    trial.values["replies"] = {
        {"CIAO 0\n"}, json::array(), json::array(), json::array(), json::array()};
    trial.values["steps"] = {
        {"reply", {{"ok 7"}, {"timeout"}, {"timeout"}, json::array(), json::array()}}};
    trial.values["stream_end"] = {{"client", {"open", "open", "open", nullptr, nullptr}},
                                  {"server", {"open"}}};
    trial.values["connect_ms"] = {0.05, 0.031 + static_cast<double>(round) / 1000, nullptr};
    builder_.AddTrial(a_case, round, trial, {}, false);
  }

  Scenario scenario_;
  ResultBuilder builder_;
};

constexpr const char* kExpectations = R"([
    {"observation": "outcome_counts.refused", "equals": 0},
    {"observation": "accept_order", "equals": [0]},
    {"observation": "connect_outcomes", "count": {"of": "queued", "between": [2, 3]}},
    {"observation": "recv_histogram.1", "between": [50, 100], "in_at_least": 0.9,
     "case": {"backlog": 2}}])";

TEST(TextReport, ShowsABlockForEachCaseWithWhatWasExpected) {
  ExpectGolden("report_backlog.txt", Shown(BacklogResult(kExpectations).Document()));
}

// Trials that all differ: 30 of them, each cutting 100 bytes in its own way.
json SegmentationDocument() {
  const Scenario scenario = MadeUpScenario(R"({"backlog": 1, "clients": 1})", 30);
  RunInfo run = MadeUpRun();
  run.jobs = 1;
  ResultBuilder builder(scenario, MadeUpEnvironment(), run);
  for (std::size_t round = 0; round < 30; ++round) {
    json histogram = {{"1", round + 1}, {std::to_string(99 - round), 1}};
    if (round % 3 == 0) histogram[std::to_string(2 + round / 3)] = 2;
    builder.AddTrial(0, round,
                     MadeUpTrial({{"connect_outcomes", {"accepted"}},
                                  {"accept_order", {0}},
                                  {"recv_histogram", histogram}}),
                     {}, true);
  }
  return builder.Finish(6.5, false);
}

TEST(TextReport, ShowsSizesThatDisagreeAsAHistogramWithRanges) {
  ExpectGolden("report_segmentation.txt", Shown(SegmentationDocument()));
}

TEST(TextReport, ShowsErrorsTogetherAndDoubtsWithTheirReason) {
  const Scenario scenario = MadeUpScenario(R"({"backlog": [1, 2, 3], "clients": 2})", 4);
  ResultBuilder builder(scenario, MadeUpEnvironment(), MadeUpRun());
  TrialObservations trial = TrialWithOutcomes({"accepted", "reset"});
  trial.values["send_results"] = {{{"ok 1", 99}}, {{"ok 1", 3}, {"ECONNRESET", 1}}};
  trial.values["stream_end"] = {{"client", {"open", "reset"}}, {"server", {"eof"}}};
  trial.health.max_delay_ms = 35.12;
  trial.health.freeze_gap_ms = 21;
  trial.health.late = 1;
  trial.health.strangers = 2;
  trial.health.queue_mismatches = 1;
  trial.health.bytes_conserved = false;
  builder.AddTrial(0, 0, trial, {}, true);
  builder.AddError(0, 1, "agent_died", "the fleet agent was ended by signal 9");
  builder.AddError(0, 2, "agent_died", "the fleet agent was ended by signal 9");
  builder.AddError(0, 3, "timeout", "no answer for 30 s");
  builder.AddError(1, 0, kUnsupportedCode, "this platform has no such thing yet");
  builder.AddTrial(2, 0, TrialWithOutcomes({"accepted", "queued"}), {}, true);
  ExpectGolden("report_errors.txt", Shown(builder.Finish(31.5, true)));
}

TEST(TextReport, ShowsTheMostFrequentValuesAndHowManyOthersThereWere) {
  const Scenario scenario = MadeUpScenario(R"({"backlog": 1, "clients": 2})", 12);
  ResultBuilder builder(scenario, MadeUpEnvironment(), MadeUpRun());
  for (std::size_t round = 0; round < 12; ++round) {
    const std::size_t client = round < 6 ? 0 : round;
    builder.AddTrial(
        0, round,
        MadeUpTrial({{"connect_outcomes", {"accepted", "accepted"}}, {"accept_order", {client}}}),
        {}, true);
  }
  const std::string text = Shown(builder.Finish(1, false));
  EXPECT_NE(text.find("  accept order   6 of 12  0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("                 4 of 12  4 other values, each in at most 1 trial\n"),
            std::string::npos)
      << text;
}

TEST(TextReport, IsNoWiderThanAHundredColumns) {
  for (const json& document : {BacklogResult(kExpectations).Document(), SegmentationDocument()}) {
    std::istringstream lines(Shown(document));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(TextReport, ColoursChangeNoLetter) {
  const json document = BacklogResult(kExpectations).Document();
  std::string colored = Shown(document, true);
  EXPECT_NE(colored.find("\x1b[31mfailed\x1b[0m"), std::string::npos);
  for (std::size_t at = 0; (at = colored.find('\x1b', at)) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  EXPECT_EQ(colored, Shown(document));
}

TEST(TextReport, PrintsNoControlCharactersOfAScenario) {
  json document = SegmentationDocument();
  document["scenario"]["name"] = "evil\x1b[2J";
  EXPECT_EQ(Shown(document).find('\x1b'), std::string::npos);
}

TEST(TextReport, ADocumentThatIsNoResultIsAnErrorAndNoCrash) {
  EXPECT_FALSE(TextReport(json::object(), {}));
  json document = SegmentationDocument();
  document["cases"][0].erase("health");
  EXPECT_FALSE(TextReport(document, {}));
}

TEST(JsonReport, IsTheDocumentOrAnArrayOfThem) {
  const std::vector<json> documents = {SegmentationDocument()};
  EXPECT_EQ(json::parse(JsonReport(documents, false)), documents.front());
  EXPECT_EQ(json::parse(JsonReport(documents, true)), json(documents));
  EXPECT_EQ(JsonReport({}, true), "[]\n");
}

}  // namespace
}  // namespace tcplab
