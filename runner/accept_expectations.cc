#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/compare/compare.h"
#include "core/compare/proposals.h"
#include "core/result/record.h"
#include "core/result/result_path.h"
#include "core/scenario/expect_text.h"
#include "core/scenario/loader.h"
#include "runner/accept.h"
#include "runner/describe.h"
#include "runner/questions.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestShown = 4096;

LoadOptions OptionsOf(const json& result) {
  LoadOptions options;
  options.overrides = AnswersOf(result);
  options.ask = AnyAnswer();
  options.allow_remote = result.at("run").value("allow_remote", json()) == true;
  return options;
}

// The scenario, or its first error.
Result<Scenario> Loaded(LoadedScenario loaded) {
  if (loaded.scenario) return std::move(*loaded.scenario);
  const auto error = std::find_if(
      loaded.diagnostics.begin(), loaded.diagnostics.end(),
      [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; });
  return Invalid(error == loaded.diagnostics.end() ? "it is no scenario"
                                                   : FormatDiagnostic(*error));
}

struct ScenarioText {
  std::string text;
  Scenario scenario;
};

Result<ScenarioText> ReadScenario(const std::string& path, const LoadOptions& options) {
  // It says best what is wrong with a file.
  Result<Scenario> scenario = Loaded(LoadScenarioFile(path, options));
  if (!scenario) return Forward(scenario);
  std::ifstream file(path, std::ios::binary);
  ScenarioText read;
  read.text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  scenario = Loaded(LoadScenarioText(read.text, path, options));  // of these very bytes
  if (!scenario) return Forward(scenario);
  read.scenario = std::move(*scenario);
  return read;
}

// What happens to the list of expectations.
struct ListChange {
  std::vector<UnmetExpectation> unmet;
  ProposedExpectations proposed;
  bool replace = false;

  [[nodiscard]] ExpectEdit edit() const {
    ExpectEdit edit;
    for (const UnmetExpectation& unmet_one : unmet) {
      if (replace) edit.drop.push_back(unmet_one.index);
    }
    edit.add = proposed.expectations;
    return edit;
  }
};

ListChange ChangeOf(const Scenario& scenario, const json& result, const AcceptOptions& options) {
  const std::vector<std::string>& only = options.only;
  ListChange change;
  change.replace = options.replace;
  change.unmet = FindUnmet(scenario, result);
  std::erase_if(change.unmet, [&](const UnmetExpectation& unmet) {
    const std::string& observation = scenario.expectations[unmet.index].observation;
    return !only.empty() && std::find(only.begin(), only.end(), observation) == only.end();
  });
  change.proposed = ProposeExpectations(scenario, result, {change.edit().drop, only});
  return change;
}

bool HasEnoughTrials(const json& result) {
  const json& cases = result.at("cases");
  return std::any_of(cases.begin(), cases.end(),
                     [](const json& a_case) { return a_case.at("trials") >= kFewestTrials; });
}

std::string ChangeInWords(const ListChange& change, const Scenario& scenario, const json& result) {
  const auto shown = [](const json& expectation) {
    return Printable(ExpectationText(expectation), kLongestShown);
  };
  std::string text;
  for (const UnmetExpectation& unmet : change.unmet) {
    text += fmt::format("  {} {} (not met in {} of {})\n",
                        change.replace ? "-" : "stays, and --replace drops it:",
                        shown(scenario.expectations[unmet.index].document), unmet.cases,
                        Counted(unmet.judged, "case"));
  }
  for (const json& added : change.proposed.expectations) text += "  + " + shown(added) + "\n";
  for (const std::string& name : change.proposed.too_long) {
    text +=
        fmt::format("  not added: {}, whose value is too long for a scenario\n", Printable(name));
  }
  if (!HasEnoughTrials(result)) {
    text += fmt::format("  no case has {} trials, and fewer show too little\n", kFewestTrials);
  }
  return text;
}

std::string SumOf(const ExpectEdit& edit, bool dry_run) {
  if (edit.add.empty() && edit.drop.empty()) return "nothing to add";
  std::string sum = dry_run ? "would have " : "";
  sum += Counted(edit.add.size(), "expectation") + " added";
  if (!edit.drop.empty()) sum += fmt::format(", {} dropped", edit.drop.size());
  return sum;
}

std::string ScenarioPath(const SeenResult& seen, const AcceptOptions& options) {
  if (!options.scenario.empty()) return options.scenario;
  const std::string file = seen.document.at("scenario").value("file", "");
  return file.empty() ? "" : "scenarios/" + PathBelowScenarios("scenarios/" + file);
}

}  // namespace

Result<std::string> AcceptAsExpectations(const SeenResult& seen, const AcceptOptions& options) {
  const json& result = seen.document;
  const auto refused = [&](const Error& error) {
    return Invalid(fmt::format("{}: {}", Printable(seen.file, kLongestShown), error.message));
  };
  if (Status complete = CheckComplete(result); !complete) return refused(complete.error());
  if (!result.at("environment").contains("stack")) {
    return refused({ErrorKind::kInvalid, "does not say what carried TCP (/environment/stack)"});
  }
  const std::string path = ScenarioPath(seen, options);
  if (path.empty()) {
    return refused({ErrorKind::kInvalid, "does not say of which scenario it is: --scenario does"});
  }
  const LoadOptions load = OptionsOf(result);
  Result<ScenarioText> read = ReadScenario(path, load);
  if (!read) return Forward(read);
  const auto named = [&](const Error& error) {
    return Invalid(fmt::format("{}: of {}: {}", Printable(path, kLongestShown),
                               Printable(seen.file, kLongestShown), error.message));
  };
  const Scenario& scenario = read->scenario;
  if (Status same = CheckMeasuredFrom(scenario, result); !same) return named(same.error());

  const ListChange change = ChangeOf(scenario, result, options);
  const ExpectEdit edit = change.edit();
  const std::string told =
      fmt::format("{}: {}\n", Printable(path, kLongestShown), SumOf(edit, options.dry_run)) +
      ChangeInWords(change, scenario, result);
  if (edit.add.empty() && edit.drop.empty()) return told;
  if (Status replaceable = CheckReplaceable(path); !replaceable) return Forward(replaceable);
  const std::string text = EditExpectations(read->text, edit);
  if (Result<Scenario> valid = Loaded(LoadScenarioText(text, path, load)); !valid) {
    return named(
        {ErrorKind::kInvalid, "what was seen cannot be expected: " + valid.error().message});
  }
  if (options.dry_run) return told;
  if (Status written = ReplaceFile(path, text); !written) return Forward(written);
  return told;
}

}  // namespace tcplab
