// The examples of scenarios/README.md, run as they stand there, and each with its control: the
// effect is gone, and the expectation fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string ReadmeText() {
  const char* const dir = std::getenv("TCPLAB_SOURCE_DIR");
  return ReadWhole(std::string(dir != nullptr ? dir : TCPLAB_SOURCE_DIR) + "/scenarios/README.md");
}

struct Example {
  std::string name;
  std::vector<std::string> control;  // arguments; empty: it has none
  bool skipped = false;              // what it needs is not there yet
  std::string scenario;
};

// <!-- example: NAME; control: --set A=B; skip --> on the line above the block.
const std::vector<Example>& Examples() {
  static const std::vector<Example> kExamples = [] {
    const std::string text = ReadmeText();
    const std::regex marked(
        "<!-- example: ([a-z-]+)(; control: ([^;>]*[^;> ]))?(; skip)? -->\n```jsonc\n");
    std::vector<Example> examples;
    for (std::sregex_iterator found(text.begin(), text.end(), marked), end; found != end; ++found) {
      Example example;
      example.name = (*found)[1];
      std::istringstream words((*found)[3]);
      example.control = {std::istream_iterator<std::string>(words), {}};
      example.skipped = (*found)[4].matched;
      const auto begin = static_cast<std::size_t>(found->position() + found->length());
      example.scenario = text.substr(begin, text.find("\n```", begin) - begin);
      examples.push_back(std::move(example));
    }
    return examples;
  }();
  return kExamples;
}

class ReadmeExample : public testing::TestWithParam<std::size_t> {
 protected:
  Finished Run(const Example& example, const std::vector<std::string>& arguments) {
    std::vector<std::string> all{folder_.Write(example.name + ".json", example.scenario),
                                 "--trials", "3", "--format", "json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return RunRunner(folder_, all);
  }

 private:
  TempFolder folder_;
};

std::string ExampleName(const testing::TestParamInfo<std::size_t>& info) {
  std::string name;
  bool upper = true;
  for (const char c : Examples()[info.param].name) {
    if (c != '-') name += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = c == '-';
  }
  return name;
}

TEST_P(ReadmeExample, HoldsAsItStands) {
  const Example& example = Examples()[GetParam()];
  if (example.skipped) GTEST_SKIP() << "marked so in scenarios/README.md";
  const Finished run = Run(example, {});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
}

TEST_P(ReadmeExample, FailsWhereItsEffectIsAbsent) {
  const Example& example = Examples()[GetParam()];
  if (example.skipped) GTEST_SKIP() << "marked so in scenarios/README.md";
  if (example.control.empty()) GTEST_SKIP() << "it claims nothing that could be absent";
  const Finished run = Run(example, example.control);
  EXPECT_EQ(run.exit_code, 1) << run.err << run.out;
  const json document = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(document.is_object()) << run.out;
  // Measured without a fault, and not as expected.
  EXPECT_EQ(document.at("run").at("status"), "failed");
  EXPECT_TRUE(document.at("cases").at(0).at("errors").empty()) << run.out;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ReadmeExample,
                         testing::Range<std::size_t>(0, Examples().size()), ExampleName);

TEST(ReadmeExamples, EachThatExpectsSomethingHasAControl) {
  std::set<std::string> names;
  for (const Example& example : Examples()) {
    SCOPED_TRACE(example.name);
    EXPECT_TRUE(names.insert(example.name).second);
    const json scenario = json::parse(example.scenario, nullptr, false, true);
    ASSERT_TRUE(scenario.is_object());
    EXPECT_EQ(scenario.at("name"), example.name);
    EXPECT_EQ(scenario.contains("expect"), !example.control.empty());
  }
  for (const char* const name :
       {"half-close", "unread-data", "two-listeners", "self-connect", "full-window", "workers",
        "write-write-read", "peek", "urgent-data", "accept-after-reset"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(ReadmeExamples, EveryWholeScenarioOfThePageIsOne) {
  const std::string text = ReadmeText();
  std::size_t scenarios = 0;
  for (std::size_t at = text.find("```jsonc\n{"); at != std::string::npos;
       at = text.find("```jsonc\n{", at + 1)) {
    ++scenarios;
  }
  EXPECT_EQ(scenarios, Examples().size());
}

}  // namespace
}  // namespace tcplab
