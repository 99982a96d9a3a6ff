// `runner check SCENARIO... --baseline DIR`: is this machine's TCP still what was recorded?
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <tuple>
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
#include "runner/check_outcome.h"
#include "runner/check_outputs.h"
#include "runner/check_report.h"
#include "runner/commands.h"
#include "runner/measure.h"
#include "runner/measure_in.h"
#include "runner/own_path.h"
#include "runner/questions.h"
#include "runner/scenario_files.h"
#include "runner/stack_choice.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

struct CheckOptions {
  std::vector<std::string> names;
  std::string baseline;
  std::optional<std::string> out;
  std::vector<std::string> only;  // observations that are compared
  std::vector<std::string> ignore;
  CheckOutputs::Options outputs;
  LoadOptions load;
  std::optional<Stack> in;  // another stack that scenarios are run in
  std::size_t jobs = 0;
  bool timing = false;
  bool strict = false;
  bool quiet = false;
  bool no_color = false;
};

// One scenario, run and compared.
struct Compared {
  Baseline baseline;
  json document;
  std::vector<ResultSource> sources;  // which the comparison points into
  Comparison comparison;
  std::string path;  // of the new result
  bool kept_traces = false;
  std::optional<int> interrupted_by;
  CheckedScenario outcome;
};

class CheckSession {
 public:
  CheckSession(CheckOptions options, const std::string& own_path, CheckOutputs& outputs)
      : options_(std::move(options)),
        outputs_(outputs),
        own_path_(own_path),
        descriptor_limit_(SysRaiseDescriptorLimit()),
        measure_(MeasureHere(own_path, EnvironmentHere())) {
    measure_.controller.jobs = options_.jobs;
    if (options_.in) {
      measure_.cannot = options_.in->cannot;
      if (options_.jobs == 0) measure_.controller.jobs = options_.in->jobs;
    }
    if (!options_.quiet && StderrIsTerminal()) measure_.progress = WriteErr;
    style_.color = !options_.no_color && StdoutHasColor();
  }

  ExitCode Run(const std::vector<std::string>& files);

 private:
  ExitCode CheckOne(const std::string& file);
  ExitCode NotLoaded(const std::string& file, const std::vector<Diagnostic>& diagnostics);
  ExitCode Tell(CheckedScenario checked, const std::string& more);
  Result<Compared> RunAndCompare(const Scenario& scenario);
  Status FindPlaces(const Scenario& scenario, const json& environment, Compared& compared) const;
  Result<Measurement> MeasureFor(const Scenario& scenario, const std::string& path) const;
  Status CompareAndJudge(const Scenario& scenario, Compared& compared) const;
  [[nodiscard]] CheckedRun RunOf(const Scenario& scenario, const Compared& compared) const;

  CheckOptions options_;
  CheckOutputs& outputs_;
  std::string own_path_;
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

Status NotBelowBaseline(const std::string& baseline, const std::string& path, const char* option) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path below =
      fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(baseline, error));
  const bool hidden = below.string().starts_with(".local/");  // where experiments go
  if (below.empty() || below.string().starts_with("..") || hidden) return {};
  return Invalid(fmt::format("{}: {} is below the baseline, which a check never changes", option,
                             Printable(path, 4096)));
}

// The traces stay only where they are of use, and else the result does not name them.
Status Finish(Compared& compared, bool keep_traces) {
  if (!keep_traces) {
    compared.document.at("run").erase("traces");
    compared.kept_traces = false;
    std::error_code ignored;
    std::filesystem::remove(TracesPath(compared.path), ignored);
  }
  return WriteFileAtomically(compared.path, WriteJson(compared.document));
}

Result<Measurement> CheckSession::MeasureFor(const Scenario& scenario,
                                             const std::string& path) const {
  MeasureOptions measure = measure_;
  std::random_device entropy;
  measure.controller.seed = entropy();
  measure.run.seed = measure.controller.seed;
  measure.run.overrides = scenario.assignments;
  measure.run.only_cases = options_.load.only_cases;
  measure.run.allow_remote = options_.load.allow_remote;
  TakeExamples(scenario, measure);
  if (options_.in) return MeasureIn(*options_.in, scenario, measure, own_path_);
  if (AreFewToKeep(scenario)) measure.traces_path = TracesPath(path);
  return Measure(scenario, std::move(measure));
}

CheckedRun CheckSession::RunOf(const Scenario& scenario, const Compared& compared) const {
  CheckedRun run{scenario, compared.comparison, compared.document, compared.baseline};
  run.result_path = compared.path;
  run.kept_traces = compared.kept_traces;
  run.allow_remote = options_.load.allow_remote;
  run.strict = options_.strict;
  if (options_.in) run.stack = options_.in->name;
  return run;
}

Status CheckSession::CompareAndJudge(const Scenario& scenario, Compared& compared) const {
  const std::string place = PathBelowScenarios(scenario.file);
  compared.sources = {{compared.baseline.path, {{place, compared.baseline.document}}},
                      {compared.path, {{place, compared.document}}}};
  CompareOptions compare;
  compare.cases = options_.load.only_cases;
  compare.judge_timing = options_.timing;
  compare.only = options_.only;
  compare.ignore = options_.ignore;
  Result<Comparison> comparison = Compare(compared.sources, compare);
  if (!comparison) return Forward(comparison);
  compared.comparison = std::move(*comparison);
  compared.outcome = JudgeRun(RunOf(scenario, compared));
  return {};
}

// What a result of this environment is compared with, and where it goes.
Status CheckSession::FindPlaces(const Scenario& scenario, const json& environment,
                                Compared& compared) const {
  const std::string place = PathBelowScenarios(scenario.file);
  Result<Baseline> baseline = FindBaseline(options_.baseline, place, environment);
  if (!baseline) return Forward(baseline);
  compared.baseline = std::move(*baseline);
  compared.path =
      ResultPath(scenario.file, {environment.at("id").get<std::string>(), options_.out, false});
  if (Status apart = NotBelowBaseline(options_.baseline, compared.path, "--out"); !apart) {
    return apart;
  }
  return CheckWritable(compared.path);
}

Result<Compared> CheckSession::RunAndCompare(const Scenario& scenario) {
  Compared compared;
  if (!options_.in) {
    if (Status fits = CheckDescriptors(scenario, descriptor_limit_); !fits) return Forward(fits);
    Status found = FindPlaces(scenario, AsJson(measure_.environment), compared);
    if (!found) return Forward(found);
  }
  Result<Measurement> measured = MeasureFor(scenario, compared.path);
  if (!measured) return Forward(measured);
  compared.interrupted_by = measured->interrupted_by;
  if (options_.in) {  // which environment it is in there, its result says
    if (compared.interrupted_by) return compared;
    Status found = FindPlaces(scenario, measured->document.at("environment"), compared);
    if (!found) return Forward(found);
  }
  if (!measured->traces && !options_.quiet) {
    Complain("no trial was kept to be looked at: " + measured->traces.error().message);
  }
  compared.document = std::move(measured->document);
  compared.kept_traces = compared.document.at("run").contains("traces");
  Status judged;
  if (!compared.interrupted_by) judged = CompareAndJudge(scenario, compared);
  const bool of_use = judged && !compared.interrupted_by && compared.outcome.code != ExitCode::kOk;
  const bool had_traces = compared.kept_traces;
  const Status written = Finish(compared, of_use && had_traces);
  if (!judged) return Forward(judged);
  if (!written) return Forward(written);
  // Without the commands that need the traces.
  if (had_traces && !of_use && !compared.interrupted_by) {
    compared.outcome = JudgeRun(RunOf(scenario, compared));
  }
  return compared;
}

// What is wrong with it has been said on stderr, each with its place.
ExitCode CheckSession::NotLoaded(const std::string& file,
                                 const std::vector<Diagnostic>& diagnostics) {
  CheckedScenario checked;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    CheckedScenario one = NotChecked(file, "", ExitCode::kInvalid, FormatDiagnostic(diagnostic));
    CheckItem& item = one.items.front();
    item.line = diagnostic.line;
    if (checked.items.empty()) {
      checked = std::move(one);
    } else {
      item.name += fmt::format(" ({})", checked.items.size() + 1);
      checked.items.push_back(std::move(item));
    }
  }
  if (checked.items.empty()) {
    checked = NotChecked(file, "", ExitCode::kInvalid, "it is no scenario");
  }
  return Tell(std::move(checked), "");
}

// Its lines, and `more`, on stdout; and keeps it for the end.
ExitCode CheckSession::Tell(CheckedScenario checked, const std::string& more) {
  ExitCode code = checked.code;
  const Status shown = WriteOut(CheckInLines(checked) + more);
  if (!shown) code = Worse(code, Complained(shown.error()));
  if (outputs_.github()) {
    for (CheckItem& item : checked.items) {
      if (!item.is_bad() || item.pointer.empty()) continue;
      item.line = FindInScenarioFile(checked.file, item.pointer).line;
    }
  }
  outputs_.Add(std::move(checked));
  return code;
}

ExitCode CheckSession::CheckOne(const std::string& file) {
  if (interrupted_) {
    outputs_.Add(NotChecked(file, "", ExitCode::kHarness, "not run: the check was interrupted"));
    return ExitCode::kOk;
  }
  const LoadedScenario loaded = LoadScenarioFile(file, options_.load);
  ReportDiagnostics(loaded.diagnostics, options_.quiet);
  if (!loaded.scenario) return NotLoaded(file, loaded.diagnostics);
  const Scenario& scenario = *loaded.scenario;
  const Result<Compared> compared = RunAndCompare(scenario);
  if (!compared) {
    const Error& error = compared.error();
    return Tell(NotChecked(file, scenario.name, Complained(error), error.message), "");
  }
  if (compared->interrupted_by) {
    interrupted_ = true;
    const std::string why = "interrupted; nothing was compared";
    Complain(scenario.name + ": " + why);
    return Tell(NotChecked(file, scenario.name, ExitCodeOfSignal(*compared->interrupted_by), why),
                "");
  }
  if (options_.timing && compared->comparison.Count(DiffVerdict::kReported) > 0) {
    Complain(fmt::format("--timing: {}: nothing of it is judged, for {} is of another environment",
                         scenario.name, Printable(compared->baseline.path, 4096)));
  }
  if (compared->outcome.code == ExitCode::kOk) return Tell(compared->outcome, "");
  const CheckedRun run = RunOf(scenario, *compared);
  if (outputs_.github()) outputs_.AddReport(MarkdownOf(run, compared->outcome));
  return Tell(compared->outcome, CheckAtLength(run, compared->outcome, style_));
}

ExitCode CheckSession::Run(const std::vector<std::string>& files) {
  ExitCode code = ExitCode::kOk;
  for (const std::string& file : files) code = Worse(code, CheckOne(file));
  return code;
}

// The names that were given lead to no scenarios: that, too, is told to whoever reads the outputs.
ExitCode NothingToCheck(const CheckOptions& options, const Error& error, CheckOutputs& outputs) {
  const ExitCode code = Complained(error);
  const std::string name = options.names.empty() ? "runner check" : options.names.front();
  outputs.Add(NotChecked(name, "", code, error.message));
  return code;
}

ExitCode CheckAll(const CheckOptions& options, CheckOutputs& outputs) {
  const Result<std::vector<std::string>> files = FindScenarioFiles(options.names);
  if (!files) return NothingToCheck(options, files.error(), outputs);
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return NothingToCheck(options, own_path.error(), outputs);
  return CheckSession(options, *own_path, outputs).Run(*files);
}

Status CheckOutputPlaces(const CheckOptions& options, const CheckOutputs& outputs) {
  const auto& junit = options.outputs.junit;
  if (junit && !junit->empty()) {
    if (Status apart = NotBelowBaseline(options.baseline, *junit, "--junit"); !apart) return apart;
  }
  return outputs.CheckPlaces();
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
  app.add_option("--trials", options.load.trials, "in place of the scenario's own number")
      ->check(CLI::Range(1U, 100'000U));
  app.add_option("--jobs", options.jobs, "trials side by side; without it as many as are good here")
      ->check(CLI::PositiveNumber);
  AddLoadOptions(app, assignments, options.load);
  app.add_option("--junit", options.outputs.junit, "a file for JUnit XML, as CI servers read it")
      ->type_name("FILE");
  app.add_flag("--github", options.outputs.github,
               "annotations for GitHub on stdout, and a summary of the job");
  for (const auto& [names, option, what] :
       {std::tuple(&options.only, "--only", "compare only this observation (repeat for more)"),
        std::tuple(&options.ignore, "--ignore", "leave this observation out (repeat for more)")}) {
    app.add_option(option, *names, what)->type_name("NAME")->allow_extra_args(false);
  }
  StackChoice stack;
  AddStackOptions(app, stack);
  app.add_flag("--timing", options.timing,
               "judge times too, where the baseline is of this environment");
  app.add_flag("--strict", options.strict, "exit with 4 where something is inconclusive");
  app.add_flag("--quiet", options.quiet, "no progress and no warnings");
  app.add_flag("--no-color", options.no_color, "no colours, not even on a terminal");
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (Status valid = ReadAssignments(assignments, options.load); !valid) {
    return Complained(valid.error());
  }
  for (const auto& [names, option] :
       {std::pair(&options.only, "--only"), std::pair(&options.ignore, "--ignore")}) {
    if (Status known = CheckObservationNames(*names, option); !known) {
      return Complained(known.error());
    }
  }
  if (stack.chosen()) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(options.baseline, ignored)) {  // known only after a run else
      return Complained(
          Invalid("--baseline: no folder " + Printable(options.baseline, 4096)).value());
    }
    Result<Stack> chosen = ChosenStack(stack);
    if (!chosen) return Complained(chosen.error());
    options.in = std::move(*chosen);
  }
  options.load.ask = Examples();  // whoever has it run every night is not there
  CheckOutputs outputs(options.outputs);
  if (Status fits = CheckOutputPlaces(options, outputs); !fits) return Complained(fits.error());
  if (Status begun = outputs.Begin(); !begun) return Complained(begun.error());
  const ExitCode code = CheckAll(options, outputs);
  return Worse(code, outputs.Finish());
}

}  // namespace tcplab
