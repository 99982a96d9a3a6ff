// Any text as a scenario: the loader answers it, says what is wrong, and what it takes an agent
// takes as well.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/scenario/expect_text.h"
#include "core/scenario/loader.h"

namespace tcplab {
namespace {

// A person who answers everything, so that what comes after a prompt is met too.
Result<std::string> Answer(const Question& question) {
  return std::string(question.is_number ? "1" : "text");
}

// What an agent does with its part of a case.
void CheckAgentsTake(const Case& a_case) {
  TCPLAB_CHECK(LowerServer(a_case.document.at("server")));
  for (const nlohmann::json& group : a_case.document.at("clients")) {
    TCPLAB_CHECK(LowerClientGroup(group));
  }
}

// What `accept` does with the text: an expectation more, and one less.
void CheckExpectationsCanBeEdited(const std::string& text, const Scenario& scenario,
                                  const LoadOptions& options) {
  ExpectEdit edit;
  if (!scenario.expectations.empty()) edit.drop = {text.size() % scenario.expectations.size()};
  const nlohmann::json added = {{"observation", "accept_order"},
                                {"equals", nlohmann::json::array({0})}};
  edit.add.push_back(added);
  const std::string edited = EditExpectations(text, edit);
  TCPLAB_CHECK(LoadScenarioText(edited, "fuzz.json", options).scenario.has_value());
}

void CheckAnswer(const std::string& text) {
  LoadOptions options;
  options.ask = Answer;
  const LoadedScenario loaded = LoadScenarioText(text, "fuzz.json", options);
  bool any_error = false;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    TCPLAB_CHECK(!diagnostic.message.empty());
    TCPLAB_CHECK(IsUtf8(FormatDiagnostic(diagnostic)));
    any_error = any_error || diagnostic.severity == Severity::kError;
  }
  TCPLAB_CHECK(any_error != loaded.scenario.has_value());
  if (!loaded.scenario) return;
  TCPLAB_CHECK(!loaded.scenario->cases.empty());
  CheckAgentsTake(loaded.scenario->cases.front());
  CheckAgentsTake(loaded.scenario->cases.back());
  CheckExpectationsCanBeEdited(text, *loaded.scenario, options);
}

}  // namespace
}  // namespace tcplab

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tcplab::CheckAnswer(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
