// `runner check SCENARIO... --baseline DIR`: is this machine's TCP still what was recorded?
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/net/syscalls.h"
#include "core/result/atomic_file.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/baselines.h"
#include "runner/case_report.h"
#include "runner/commands.h"
#include "runner/comparison_output.h"
#include "runner/diff_report.h"
#include "runner/measure.h"
#include "runner/own_path.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

struct CheckOptions {
  std::vector<std::string> names;
  std::string baseline;
  std::optional<std::string> out;
  LoadOptions load;
  std::size_t jobs = 0;
  bool strict = false;
  bool quiet = false;
  bool no_color = false;
};

// One scenario, run and compared.
struct Checked {
  Baseline baseline;
  json document;
  std::vector<ResultSource> sources;  // which the comparison points into
  Comparison comparison;
  std::optional<int> interrupted_by;
  std::string path;  // of the new result
};

// A case that is recorded and was not run: the scenario has changed, and so has what is claimed.
std::size_t CasesGone(const Comparison& comparison) {
  return static_cast<std::size_t>(
      std::count_if(comparison.gaps.begin(), comparison.gaps.end(), [](const Gap& gap) {
        const bool whole_case = gap.parameters && gap.observation.empty();
        return whole_case && gap.states.at(0).empty() && gap.states.at(1) == "missing";
      }));
}

// A fault of the harness is not said in the words of a finding.
const char* VerdictInWords(ExitCode code) {
  switch (code) {
    case ExitCode::kOk:
      return "ok";
    case ExitCode::kFailed:
      return "NOT as recorded or expected";
    case ExitCode::kInconclusive:
      return "inconclusive";
    case ExitCode::kUnsupported:
      return "unsupported here";
    default:
      return "could not be measured or compared";
  }
}

class CheckSession {
 public:
  CheckSession(CheckOptions options, const std::string& own_path)
      : options_(std::move(options)),
        descriptor_limit_(SysRaiseDescriptorLimit()),
        measure_(MeasureHere(own_path, EnvironmentHere())) {
    measure_.controller.jobs = options_.jobs;
    if (!options_.quiet && StderrIsTerminal()) measure_.progress = WriteErr;
    style_.color = !options_.no_color && StdoutHasColor();
  }

  ExitCode Run(const std::vector<std::string>& files) {
    ExitCode code = ExitCode::kOk;
    for (const std::string& file : files) {
      code = Worse(code, CheckOne(file));
      if (interrupted_) break;
    }
    return code;
  }

 private:
  ExitCode CheckOne(const std::string& file);
  Result<Checked> RunAndCompare(const Scenario& scenario);
  [[nodiscard]] Status NotBelowBaseline(const std::string& path) const;
  ExitCode Tell(const Scenario& scenario, const Checked& checked);
  [[nodiscard]] std::string FailedCases(const Checked& checked) const;

  CheckOptions options_;
  std::uint64_t descriptor_limit_;
  MeasureOptions measure_;
  TextStyle style_;
  bool interrupted_ = false;
};

json AsJson(const Environment& environment) {
  return {{"id", environment.id},
          {"os", environment.os},
          {"stack", environment.stack},
          {"facets", environment.facets}};
}

Status CheckSession::NotBelowBaseline(const std::string& path) const {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path below = fs::weakly_canonical(path, error)
                             .lexically_relative(fs::weakly_canonical(options_.baseline, error));
  const bool hidden = below.string().starts_with(".local/");  // where experiments go
  if (below.empty() || below.string().starts_with("..") || hidden) return {};
  return Invalid(fmt::format("--out: {} is below the baseline, which a check never changes",
                             Printable(path, 4096)));
}

Result<Checked> CheckSession::RunAndCompare(const Scenario& scenario) {
  if (Status fits = CheckDescriptors(scenario, descriptor_limit_); !fits) return Forward(fits);
  const std::string place = PathBelowScenarios(scenario.file);
  Result<Baseline> baseline = FindBaseline(options_.baseline, place, AsJson(measure_.environment));
  if (!baseline) return Forward(baseline);
  Checked checked;
  checked.baseline = std::move(*baseline);
  checked.path = ResultPath(scenario.file, {measure_.environment.id, options_.out, false});
  if (Status apart = NotBelowBaseline(checked.path); !apart) return Forward(apart);
  if (Status writable = CheckWritable(checked.path); !writable) return Forward(writable);
  MeasureOptions measure = measure_;
  std::random_device entropy;
  measure.controller.seed = entropy();
  measure.run.seed = measure.controller.seed;
  measure.run.overrides = scenario.assignments;
  measure.run.only_cases = options_.load.only_cases;
  measure.run.allow_remote = options_.load.allow_remote;
  Result<Measurement> measured = Measure(scenario, measure);
  if (!measured) return Forward(measured);
  checked.document = std::move(measured->document);
  checked.interrupted_by = measured->interrupted_by;
  const Status written = WriteFileAtomically(checked.path, WriteJson(checked.document));
  if (!written) return Forward(written);
  if (checked.interrupted_by) return checked;
  checked.sources = {{checked.baseline.path, {{place, checked.baseline.document}}},
                     {checked.path, {{place, checked.document}}}};
  CompareOptions compare;
  compare.cases = options_.load.only_cases;
  Result<Comparison> comparison = Compare(checked.sources, compare);
  if (!comparison) return Forward(comparison);
  checked.comparison = std::move(*comparison);
  return checked;
}

ExitCode CheckSession::CheckOne(const std::string& file) {
  const std::optional<Scenario> scenario = LoadAndReport(file, options_.load, options_.quiet);
  if (!scenario) return ExitCode::kInvalid;
  const Result<Checked> checked = RunAndCompare(*scenario);
  if (!checked) return Complained(checked.error());
  if (!checked->interrupted_by) return Tell(*scenario, *checked);
  interrupted_ = true;
  Complain(scenario->name + ": interrupted; nothing was compared");
  return ExitCodeOfSignal(*checked->interrupted_by);
}

// The blocks of cases that are not as their scenario expects.
std::string CheckSession::FailedCases(const Checked& checked) const {
  std::string text;
  for (const json& a_case : checked.document.at("cases")) {
    if (a_case.at("status") != "ok") text += CaseReport(a_case, style_) + "\n";
  }
  return text;
}

ExitCode CheckSession::Tell(const Scenario& scenario, const Checked& checked) {
  const Comparison& comparison = checked.comparison;
  ExitCode code =
      Worse(tcplab::ExitCodeOf(checked.document), tcplab::ExitCodeOf(comparison, options_.strict));
  const std::size_t gone = CasesGone(comparison);
  if (gone > 0) code = Worse(code, ExitCode::kFailed);
  const bool ok = code == ExitCode::kOk;
  const std::size_t inconclusive = comparison.Count(DiffVerdict::kInconclusive);
  std::string text =
      fmt::format("{}: {} ({} facts as recorded, {} different, {} inconclusive{})\n",
                  Printable(scenario.file, 4096), VerdictInWords(code),
                  comparison.Count(DiffVerdict::kSame), comparison.Count(DiffVerdict::kDifferent),
                  inconclusive, gone > 0 ? fmt::format(", {} recorded cases gone", gone) : "");
  text += fmt::format("  baseline {}: {}\n", Printable(checked.baseline.path, 4096),
                      Printable(checked.baseline.why, 500));
  if (!ok) {
    text += FailedCases(checked);
    if (comparison.Count(DiffVerdict::kDifferent) > 0 || gone > 0) {
      text += ReportAsText(PairReport(comparison), style_);
    }
    text += fmt::format("  measured {}; one trial call by call: runner explain {}\n",
                        Printable(checked.path, 4096), Printable(scenario.file, 4096));
  }
  const Status shown = WriteOut(text);
  return shown ? code : Worse(code, Complained(shown.error()));
}

}  // namespace

ExitCode CheckCommand(const Arguments& arguments) {
  CheckOptions options;
  Assignments assignments;
  CLI::App app(
      "Runs scenarios and compares each result with what was recorded of it, in the environment "
      "of\n"
      "the baseline that is most like this one.",
      "runner check");
  app.footer(
      "Exit codes: 0 as recorded, or nothing is shown to differ, and as expected; 1 something "
      "differs, an\nexpectation failed, or a recorded case is gone; 2 nothing is recorded, or it "
      "is not "
      "valid; 3 something\ncould not be measured; 4 inconclusive, with --strict.");
  app.add_option("SCENARIO", options.names, "scenario files, or folders of them")->required();
  app.add_option("--baseline", options.baseline, "the folder of recorded results (results)")
      ->required();
  app.add_option("--out", options.out, "the folder that the new results go to")
      ->default_str("results/.local/ENVIRONMENT");
  app.add_option("--jobs", options.jobs, "trials side by side; without it as many as are good here")
      ->check(CLI::PositiveNumber);
  AddLoadOptions(app, assignments, options.load);
  app.add_flag("--strict", options.strict, "exit with 4 where something is inconclusive");
  app.add_flag("--quiet", options.quiet, "no progress and no warnings");
  app.add_flag("--no-color", options.no_color, "no colours, not even on a terminal");
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (Status valid = ReadAssignments(assignments, options.load); !valid) {
    return Complained(valid.error());
  }
  const Result<std::vector<std::string>> files = FindScenarioFiles(options.names);
  if (!files) return Complained(files.error());
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  return CheckSession(std::move(options), *own_path).Run(*files);
}

}  // namespace tcplab
