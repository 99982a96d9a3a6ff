#include "core/result/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/status.h"
#include "core/scenario/loader.h"

namespace tcplab {
namespace {

using nlohmann::json;

// A list of texts in `run`; nothing when it has none of this name.
std::optional<std::vector<std::string>> TextsOfRun(const json& result, const char* key) {
  const json& run = result.at("run");
  const auto list = run.find(key);
  if (list == run.end() || !list->is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const json& text : *list) {
    if (!text.is_string()) return std::nullopt;
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::string NameIn(const std::string& assignment) {
  return assignment.substr(0, assignment.find('='));
}

bool HasPrompt(const json& result, const std::string& parameter) {
  const json& document = result.at("scenario").at("document");
  const auto parameters = document.find("parameters");
  if (parameters == document.end() || !parameters->is_object()) return false;
  const auto found = parameters->find(parameter);
  return found != parameters->end() && found->is_object();
}

// Whether the run had options that only a scenario as it is written does without.
Status CheckPlainRun(const json& result) {
  for (const char* key : {"set", "case", "only"}) {
    const auto texts = TextsOfRun(result, key);
    if (!texts) return Invalid(fmt::format("does not say how it was run (/run/{})", key));
    for (const std::string& text : *texts) {
      if (std::string(key) == "set" && HasPrompt(result, NameIn(text))) continue;
      return Invalid(fmt::format("was run with --{} {}", key, Printable(text)));
    }
  }
  return {};
}

Result<Scenario> LoadScenarioOf(const json& result) {
  LoadOptions options;
  options.overrides = AnswersOf(result);
  options.allow_remote = result.at("run").value("allow_remote", json()) == true;
  LoadedScenario loaded = LoadScenarioText(CanonicalJson(result.at("scenario").at("document")),
                                           "/scenario/document", options);
  if (loaded.scenario) return std::move(*loaded.scenario);
  return Invalid("holds a scenario that is not valid: " +
                 FormatDiagnostic(loaded.diagnostics.front()));
}

Status CheckHasAllCases(const Scenario& scenario, const json& result) {
  const json& cases = result.at("cases");
  for (const Case& wanted : scenario.cases) {
    const bool there = std::any_of(cases.begin(), cases.end(), [&](const json& a_case) {
      return a_case.at("parameters") == wanted.parameters;
    });
    if (!there) {
      return Invalid("lacks the case " + Printable(CanonicalJson(wanted.parameters), 200));
    }
  }
  return {};
}

}  // namespace

Status CheckComplete(const json& result) {
  const json& scenario = result.at("scenario");
  if (Sha256Hex(CanonicalJson(scenario.at("document"))) != scenario.value("sha256", json())) {
    return Invalid("was edited at /scenario/document: its SHA-256 is not the one beside it");
  }
  if (result.at("run").contains("server_in") || result.at("run").contains("clients_in")) {
    return Invalid("was measured with servers or clients elsewhere (--server-in, --clients-in)");
  }
  if (result.at("run").contains("target")) {
    return Invalid("was measured against a foreign server (--target)");
  }
  if (result.at("run").at("status") == ResultStatusName(ResultStatus::kInterrupted)) {
    return Invalid("was interrupted");
  }
  std::size_t index = 0;
  for (const json& a_case : result.at("cases")) {
    const ResultStatus status = ResultStatusOf(a_case.at("status").get<std::string>());
    if (status == ResultStatus::kInterrupted) {
      return Invalid(fmt::format("was interrupted (/cases/{})", index));
    }
    const json errors = a_case.value("errors", json::array());
    if (status == ResultStatus::kError || !errors.empty()) {
      return Invalid(fmt::format("has trials that could not be measured (/cases/{})", index));
    }
    ++index;
  }
  return {};
}

Status CheckRecord(const json& result) {
  if (Status complete = CheckComplete(result); !complete) return complete;
  if (Status plain = CheckPlainRun(result); !plain) return plain;
  const Result<Scenario> scenario = LoadScenarioOf(result);
  if (!scenario) return Forward(scenario);
  if (SendsStdin(*scenario)) {
    return Invalid("is of a scenario that sends standard input, and does not say what it held");
  }
  const json trials = result.at("run").value("trials", json());
  if (trials != scenario->trials) {
    return Invalid(fmt::format("was run with {} trials of each case, and its scenario has {}",
                               Printable(CanonicalJson(trials)), scenario->trials));
  }
  return CheckHasAllCases(*scenario, result);
}

std::vector<std::pair<std::string, std::string>> AnswersOf(const json& result) {
  std::vector<std::pair<std::string, std::string>> answers;
  for (const std::string& text : TextsOfRun(result, "set").value_or(std::vector<std::string>())) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || !HasPrompt(result, NameIn(text))) continue;
    answers.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return answers;
}

}  // namespace tcplab
