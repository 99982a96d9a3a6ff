// `runner rerun RESULT`: the same experiment once more, from the result alone, and what differs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/net/address.h"
#include "core/net/syscalls.h"
#include "core/result/atomic_file.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/result/result_reader.h"
#include "core/result/trace_file.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/comparison_output.h"
#include "runner/measure.h"
#include "runner/own_path.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

struct RerunOptions {
  std::string file;
  std::optional<std::string> out;
  std::optional<std::size_t> jobs;
  ComparisonOutput show;
  bool quiet = false;
};

// What has to be known of a run to repeat it.
struct RecordedRun {
  Scenario scenario;
  MeasureOptions measure;
};

std::vector<std::pair<std::string, std::string>> PairsOf(const json& texts) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const json& text : texts) {
    const auto assignment = text.get<std::string>();
    const std::size_t equals = assignment.find('=');
    const bool whole = equals != std::string::npos;
    pairs.emplace_back(assignment.substr(0, equals), whole ? assignment.substr(equals + 1) : "");
  }
  return pairs;
}

Result<Scenario> ScenarioOf(const json& document, const std::string& file) {
  const json& scenario = document.at("scenario");
  const json& run = document.at("run");
  const bool whole = Sha256Hex(CanonicalJson(scenario.at("document"))) == scenario.at("sha256");
  if (!whole) {
    return Invalid(Printable(file, 4096) +
                   ": at /scenario/document: was edited; its SHA-256 is not the one beside it");
  }
  TracedScenario traced;
  // A result has its path below the scenarios, by which the new one finds its place too.
  traced.file = "scenarios/" + scenario.at("file").get<std::string>();
  traced.document = scenario.at("document");
  traced.trials = run.at("trials").get<std::uint32_t>();
  traced.overrides = PairsOf(run.at("set"));
  traced.only_cases = PairsOf(run.at("case"));
  traced.allow_remote = run.at("allow_remote").get<bool>();
  return LoadTracedScenario(traced);
}

Result<RecordedRun> ReadRun(const json& document, const RerunOptions& options,
                            MeasureOptions measure_here) {
  const json& run = document.at("run");
  Result<Scenario> scenario = ScenarioOf(document, options.file);
  if (!scenario) return Forward(scenario);
  RecordedRun recorded{std::move(*scenario), std::move(measure_here)};
  MeasureOptions& measure = recorded.measure;
  measure.controller.seed = run.at("seed").get<std::uint64_t>();
  measure.controller.jobs = options.jobs.value_or(run.at("jobs").get<std::size_t>());
  measure.keep_awake = run.at("kept_awake").get<bool>();
  measure.run.seed = measure.controller.seed;
  measure.run.only = run.at("only").get<std::vector<std::string>>();
  measure.run.overrides = PairsOf(run.at("set"));
  measure.run.only_cases = PairsOf(run.at("case"));
  measure.run.allow_remote = run.at("allow_remote").get<bool>();
  if (run.value("examples", false)) TakeExamples(recorded.scenario, measure);
  if (!run.contains("target")) return recorded;
  measure.run.target = run.at("target").get<std::string>();
  const Result<Address> target = ParseTarget(measure.run.target);
  if (!target) return Forward(target);
  measure.controller.target = *target;
  return recorded;
}

// Any JSON may stand in a result that somebody wrote by hand.
Result<RecordedRun> ReadRunSafely(const json& document, const RerunOptions& options,
                                  const MeasureOptions& measure_here) {
  try {
    return ReadRun(document, options, measure_here);
  } catch (const json::exception& exception) {
    return Invalid(fmt::format("{}: does not say how it was run: {}", Printable(options.file, 4096),
                               exception.what()));
  }
}

}  // namespace

ExitCode RerunCommand(const Arguments& arguments) {
  RerunOptions options;
  std::size_t jobs = 0;
  CLI::App app(
      "Runs the experiment of a result once more: the same scenario, parameters, seed and number "
      "of\n"
      "trials, all from the result itself. Then compares the two.",
      "runner rerun");
  app.add_option("RESULT", options.file, "a result file")->required();
  app.add_option("--out", options.out, "the folder that the new result goes to")
      ->default_str("results/.local/ENVIRONMENT");
  CLI::Option* const jobs_option =
      app.add_option("--jobs", jobs, "trials side by side; without it as many as then")
          ->check(CLI::PositiveNumber);
  AddComparisonOptions(app, options.show);
  app.add_flag("--quiet", options.quiet, "no progress");
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (jobs_option->count() > 0) options.jobs = jobs;

  const Result<json> document = ReadResultFile(options.file);
  if (!document) return Complained(document.error());
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  const std::uint64_t descriptors = SysRaiseDescriptorLimit();
  Result<RecordedRun> recorded =
      ReadRunSafely(*document, options, MeasureHere(*own_path, EnvironmentHere()));
  if (!recorded) return Complained(recorded.error());
  const Status fits = CheckDescriptors(recorded->scenario, descriptors);
  if (!fits) return Complained(fits.error());

  MeasureOptions& measure = recorded->measure;
  if (!options.quiet && StderrIsTerminal()) measure.progress = WriteErr;
  const std::string path =
      ResultPath(recorded->scenario.file, {measure.environment.id, options.out, false});
  if (Status writable = CheckWritable(path); !writable) return Complained(writable.error());
  const Result<Measurement> rerun = Measure(recorded->scenario, measure);
  if (!rerun) return Complained(rerun.error());
  const Status written = WriteFileAtomically(path, WriteJson(rerun->document));
  if (!written) return Complained(written.error());
  WriteErr(path + "\n");
  if (rerun->interrupted_by) {
    Complain(recorded->scenario.name + ": interrupted; what was measured so far is written");
    return ExitCodeOfSignal(*rerun->interrupted_by);
  }
  const std::string place = document->at("scenario").value("file", "");
  const std::vector<ResultSource> sources = {{options.file, {{place, *document}}},
                                             {path, {{place, rerun->document}}}};
  const Result<Comparison> comparison = Compare(sources, {});
  if (!comparison) return Complained(comparison.error());
  const ExitCode measured = ExitCodeOf(rerun->document);
  const ExitCode compared = ShowComparison(*comparison, options.show);
  // An expectation that fails in both is no difference.
  return measured == ExitCode::kHarness ? Worse(measured, compared) : compared;
}

}  // namespace tcplab
