#include "runner/comparison_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "runner/diff_report.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

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

std::string Drawn(const Comparison& comparison, const ComparisonOutput& output) {
  if (output.format == "json") return ComparisonAsJson(comparison);
  const Report report =
      comparison.columns.size() == 2 ? PairReport(comparison) : MatrixReport(comparison);
  if (output.format == "markdown") return ReportAsMarkdown(report);
  if (output.format == "html") return ReportAsHtml(report);
  TextStyle style;
  style.color = !output.no_color && StdoutHasColor();
  return ReportAsText(report, style);
}

}  // namespace

ExitCode ExitCodeOf(const Comparison& comparison, bool strict) {
  if (comparison.facts.empty()) return NothingCompared(comparison);
  if (comparison.Count(DiffVerdict::kDifferent) > 0) return ExitCode::kFailed;
  const bool unsure = comparison.Count(DiffVerdict::kInconclusive) > 0 || !comparison.gaps.empty();
  return strict && unsure ? ExitCode::kInconclusive : ExitCode::kOk;
}

void AddComparisonOptions(CLI::App& app, ComparisonOutput& output) {
  app.add_option("--format", output.format, "what goes to stdout")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}));
  app.add_flag("--strict", output.strict, "exit with 4 where something is inconclusive");
  app.add_flag("--no-color", output.no_color, "no colours, not even on a terminal");
}

ExitCode ShowComparison(const Comparison& comparison, const ComparisonOutput& output) {
  const ExitCode code = ExitCodeOf(comparison, output.strict);
  const Status written = WriteOut(Drawn(comparison, output));
  return written ? code : Worse(code, Complained(written.error()));
}

}  // namespace tcplab
