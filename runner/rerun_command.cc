// `runner rerun RESULT`: the same experiment once more, from the result alone, and what differs.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/net/syscalls.h"
#include "core/result/atomic_file.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/result/result_reader.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/comparison_output.h"
#include "runner/measure.h"
#include "runner/own_path.h"
#include "runner/recorded_run.h"
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
  Result<RecordedRun> recorded = ReadRecordedRun(
      *document, options.file, MeasureHere(*own_path, EnvironmentHere()), options.jobs);
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
