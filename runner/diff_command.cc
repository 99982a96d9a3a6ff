// `runner diff A B [C...]`: what differs between results, what is the same, and what nobody can
// tell yet.
#include "core/base/text.h"
#include "core/compare/compare.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/comparison_output.h"
#include "runner/result_sources.h"

namespace tcplab {
namespace {

struct DiffOptions {
  std::vector<std::string> names;
  std::vector<std::string> cases;
  std::string across;
  CompareOptions compare;
  ComparisonOutput show;
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
  AddComparisonOptions(app, options.show);
}

Status CheckNumber(const DiffOptions& options, std::size_t results) {
  if (results >= 2 || options.compare.across) return {};
  return Invalid("diff: expected two results or more (or one and --across NAME), found one: " +
                 Printable(options.names.front(), 4096));
}

Status CheckDiffOptions(DiffOptions& options) {
  for (const auto& [names, option] : {std::pair(&options.compare.only, "--only"),
                                      std::pair(&options.compare.ignore, "--ignore")}) {
    if (Status known = CheckObservationNames(*names, option); !known) return known;
  }
  if (!options.across.empty()) options.compare.across = options.across;
  if (Status enough = CheckNumber(options, options.names.size()); !enough) return enough;
  Assignments assignments;
  assignments.only_case = options.cases;
  LoadOptions load;
  if (Status cases = ReadAssignments(assignments, load); !cases) return cases;
  options.compare.cases = load.only_cases;
  return {};
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
  if (Status valid = CheckDiffOptions(options); !valid) return Complained(valid.error());
  const Result<std::vector<ResultSource>> sources = LoadResultSources(options.names);
  if (!sources) return Complained(sources.error());
  if (Status enough = CheckNumber(options, sources->size()); !enough) {
    return Complained(enough.error());
  }
  const Result<Comparison> comparison = Compare(*sources, options.compare);
  if (!comparison) return Complained(comparison.error());
  return ShowComparison(*comparison, options.show);
}

}  // namespace tcplab
