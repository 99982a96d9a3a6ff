// `runner diff A B [C...]`: what differs between results, what is the same, and what nobody can
// tell yet.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/compare/compare.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/diff_report.h"
#include "runner/result_sources.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

struct DiffOptions {
  std::vector<std::string> names;
  std::vector<std::string> cases;
  std::string across;
  std::string format = "text";
  CompareOptions compare;
  bool strict = false;
  bool no_color = false;
};

void AddOptions(CLI::App& app, DiffOptions& options) {
  const auto repeated = [&](const char* name, std::vector<std::string>& values, const char* what) {
    app.add_option(name, values, what)->type_name("NAME")->allow_extra_args(false);
  };
  app.add_option("RESULT", options.names, "result files, or folders of them")->required();
  repeated("--only", options.compare.only, "compare only this observation (repeat for more)");
  repeated("--ignore", options.compare.ignore, "leave this observation out (repeat for more)");
  app.add_option("--class", options.compare.observation_class,
                 "compare only observations of this class; timing is judged only if asked for so")
      ->check(CLI::IsMember({"set", "order", "distribution", "exact", "timing"}));
  app.add_option("--across", options.across,
                 "compare the values of this parameter with each other (one result will do)")
      ->type_name("NAME");
  app.add_option("--case", options.cases, "only the cases with this value of a parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--format", options.format, "what goes to stdout")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}));
  app.add_flag("--strict", options.strict, "exit with 4 where something is inconclusive");
  app.add_flag("--no-color", options.no_color, "no colours, not even on a terminal");
}

Status CheckOptions(DiffOptions& options) {
  for (const auto& [names, option] : {std::pair(&options.compare.only, "--only"),
                                      std::pair(&options.compare.ignore, "--ignore")}) {
    if (Status known = CheckObservationNames(*names, option); !known) return known;
  }
  if (!options.across.empty()) options.compare.across = options.across;
  if (options.names.size() < 2 && !options.compare.across) {
    return Invalid("diff: expected two results or more (or one and --across NAME), found one: " +
                   Printable(options.names.front(), 4096));
  }
  Assignments assignments;
  assignments.only_case = options.cases;
  LoadOptions load;
  if (Status cases = ReadAssignments(assignments, load); !cases) return cases;
  options.compare.cases = load.only_cases;
  return {};
}

bool AnyState(const Comparison& comparison, std::string_view state) {
  return std::any_of(comparison.gaps.begin(), comparison.gaps.end(), [&](const Gap& gap) {
    return std::find(gap.states.begin(), gap.states.end(), state) != gap.states.end();
  });
}

// Parameters whose values are all that keeps cases apart.
std::string AcrossHint(const Comparison& comparison) {
  for (const Gap& a : comparison.gaps) {
    for (const Gap& b : comparison.gaps) {
      if (!a.parameters || !b.parameters || a.states == b.states) continue;
      std::vector<std::string> names;
      for (const auto& [name, value] : a.parameters->items()) {
        const auto other = b.parameters->find(name);
        if (other == b.parameters->end() || *other != value) names.push_back(name);
      }
      if (names.size() == 1 && a.parameters->size() == b.parameters->size()) {
        return fmt::format("; --across {} compares its values with each other", names.front());
      }
    }
  }
  return "";
}

// What is to be said when there is no fact that two columns share.
ExitCode NothingCompared(const Comparison& comparison) {
  if (AnyState(comparison, "unsupported")) {
    Complain("nothing was compared: what one has is unsupported in the other");
    return ExitCode::kUnsupported;
  }
  if (AnyState(comparison, "error") || AnyState(comparison, "no trials")) {
    Complain("nothing was compared: no case was measured in both");
    return ExitCode::kHarness;
  }
  const bool any_case = comparison.gaps.empty() ||
                        std::any_of(comparison.gaps.begin(), comparison.gaps.end(),
                                    [](const Gap& gap) { return !gap.observation.empty(); });
  Complain(any_case
               ? "nothing was compared: no observation that was asked for is in both"
               : "nothing was compared: no case of one has the parameters of a case of another" +
                     AcrossHint(comparison));
  return ExitCode::kInvalid;
}

ExitCode CodeOf(const Comparison& comparison, bool strict) {
  if (comparison.facts.empty()) return NothingCompared(comparison);
  if (comparison.Count(DiffVerdict::kDifferent) > 0) return ExitCode::kFailed;
  const bool unsure = comparison.Count(DiffVerdict::kInconclusive) > 0 || !comparison.gaps.empty();
  return strict && unsure ? ExitCode::kInconclusive : ExitCode::kOk;
}

std::string Drawn(const Comparison& comparison, const DiffOptions& options) {
  if (options.format == "json") return ComparisonAsJson(comparison);
  const Report report =
      comparison.columns.size() == 2 ? PairReport(comparison) : MatrixReport(comparison);
  if (options.format == "markdown") return ReportAsMarkdown(report);
  if (options.format == "html") return ReportAsHtml(report);
  TextStyle style;
  style.color = !options.no_color && StdoutHasColor();
  return ReportAsText(report, style);
}

}  // namespace

ExitCode DiffCommand(const Arguments& arguments) {
  DiffOptions options;
  CLI::App app("Compares results: what differs, what is the same, and what nobody can tell yet.",
               "runner diff");
  app.footer(
      "Exit codes: 0 the same, or nothing is shown to differ; 1 different; 2 a result that is "
      "missing or "
      "not valid;\n4 inconclusive, with --strict.");
  AddOptions(app, options);
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (Status valid = CheckOptions(options); !valid) return Complained(valid.error());
  const Result<std::vector<ResultSource>> sources = LoadResultSources(options.names);
  if (!sources) return Complained(sources.error());
  const Result<Comparison> comparison = Compare(*sources, options.compare);
  if (!comparison) return Complained(comparison.error());
  const ExitCode code = CodeOf(*comparison, options.strict);
  const Status written = WriteOut(Drawn(*comparison, options));
  return written ? code : Worse(code, Complained(written.error()));
}

}  // namespace tcplab
