// `runner [run] SCENARIO...`: measures, writes results, shows them.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/net/syscalls.h"
#include "core/result/atomic_file.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/measure.h"
#include "runner/measure_in.h"
#include "runner/output.h"
#include "runner/own_path.h"
#include "runner/questions.h"
#include "runner/run_options.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

// Whether a person types what is sent: nothing is drawn over it.
bool TypedIn(const Scenario& scenario, const RunOptions& options) {
  return SendsStdin(scenario) && !options.examples && StdinIsTerminal();
}

// Runs the scenarios of one command line, one after the other.
class Session {
 public:
  Session(RunOptions options, std::string own_path)
      : options_(std::move(options)),
        own_path_(std::move(own_path)),
        descriptor_limit_(SysRaiseDescriptorLimit()),  // before the environment tells of it
        environment_(EnvironmentHere()) {}

  ExitCode Run(const std::vector<std::string>& files);

 private:
  [[nodiscard]] std::optional<std::string> ResultFile(const std::string& scenario_file,
                                                      bool is_record,
                                                      const std::string& environment_id) const;
  [[nodiscard]] std::optional<std::string> ResultFile(const Scenario& scenario,
                                                      const std::string& environment_id) const;
  [[nodiscard]] Status CheckPlaces(const std::vector<std::string>& files) const;
  [[nodiscard]] Status CheckBeforeRun(const Scenario& scenario) const;
  [[nodiscard]] MeasureOptions OptionsFor(const Scenario& scenario) const;
  Status GoToPlaces();
  ExitCode RunOne(const std::string& file);
  ExitCode Finish(const Scenario& scenario, Measurement measurement);
  [[nodiscard]] TrialSource SourceOf(const Scenario& scenario, const json& document) const;
  Status Show(const json& document, const std::string& where, const TrialSource& source);

  RunOptions options_;
  std::string own_path_;
  std::uint64_t descriptor_limit_;
  Environment environment_;
  std::optional<MeasureOptions> places_;  // where agents run elsewhere
  bool as_array_ = false;
  std::vector<json> documents_;  // kept only where they go to stdout at the end
  bool interrupted_ = false;
};

std::optional<std::string> Session::ResultFile(const std::string& scenario_file, bool is_record,
                                               const std::string& environment_id) const {
  if (options_.to_stdout_only()) return std::nullopt;
  return ResultPath(scenario_file, {environment_id, options_.out, is_record});
}

// With answers, or what standard input held, it is no record, as with --set: the scenario alone
// does not say what was measured. Its own examples it does say.
std::optional<std::string> Session::ResultFile(const Scenario& scenario,
                                               const std::string& environment_id) const {
  const bool says_all =
      options_.examples || (scenario.assignments.empty() && !SendsStdin(scenario));
  // What only looks like this machine (a namespace of it) does not replace this machine's record.
  const bool of_its_own = !options_.in || environment_id != environment_.id;
  return ResultFile(scenario.file, options_.is_record() && says_all && of_its_own, environment_id);
}

// No result may overwrite another one of the same run.
Status Session::CheckPlaces(const std::vector<std::string>& files) const {
  std::map<std::string, std::string> places;
  for (const std::string& file : files) {
    const auto path = ResultFile(file, options_.is_record(), environment_.id);
    if (!path) return {};
    const auto [place, is_new] = places.try_emplace(*path, file);
    if (!is_new) {
      return Invalid(
          fmt::format("{} and {}: both results would be {}", place->second, file, *path));
    }
  }
  return {};
}

Status Session::CheckBeforeRun(const Scenario& scenario) const {
  if (options_.in) {  // it counts its own descriptors, and says which folder its results are for
    return options_.out && !options_.to_stdout_only() ? CheckWritable(*ResultFile(scenario, ""))
                                                      : Status();
  }
  if (!options_.places.clients) {
    if (Status fits = CheckDescriptors(scenario, descriptor_limit_); !fits) return fits;
  }
  const auto path = ResultFile(scenario, environment_.id);
  if (!path) return {};
  return CheckWritable(*path);
}

MeasureOptions Session::OptionsFor(const Scenario& scenario) const {
  MeasureOptions measure = places_ ? *places_ : MeasureHere(own_path_, environment_);
  if (!places_) measure.controller.jobs = options_.jobs;
  measure.controller.seed = options_.seed;
  measure.controller.target = options_.target;
  if (options_.target) measure.run.target = options_.target->ToString();
  measure.keep_awake = options_.keep_awake && !places_;
  measure.realtime = options_.realtime && !places_;
  if (options_.in) {
    measure.cannot = options_.in->cannot;
    if (options_.jobs == 0) measure.controller.jobs = options_.in->jobs;
  }
  measure.run.seed = options_.seed;
  measure.run.overrides = scenario.assignments;
  measure.run.only_cases = options_.load.only_cases;
  measure.run.only = options_.only;
  measure.run.allow_remote = options_.load.allow_remote;
  const auto path = ResultFile(scenario, environment_.id);
  if (options_.keep_traces && path) measure.traces_path = TracesPath(*path);
  if (!options_.quiet && StderrIsTerminal() && !TypedIn(scenario, options_)) {
    measure.progress = WriteErr;
  }
  if (options_.examples) TakeExamples(scenario, measure);
  return measure;
}

// Asks once for the whole command line what is there.
Status Session::GoToPlaces() {
  if (!options_.places.elsewhere()) return {};
  places_ = MeasureHere(own_path_, environment_);
  places_->controller.jobs = options_.jobs;
  if (Status used = UsePlaces(options_.places, own_path_, options_.target.has_value(), *places_);
      !used)
    return used;
  environment_ = places_->environment;
  return {};
}

ExitCode Session::RunOne(const std::string& file) {
  const std::optional<Scenario> scenario = LoadAndReport(file, options_.load, options_.quiet);
  if (!scenario) return ExitCode::kInvalid;
  if (Status ready = CheckBeforeRun(*scenario); !ready) return Complained(ready.error());
  if (!options_.quiet && TypedIn(*scenario, options_)) {
    WriteErr(scenario->name + ": what you type is sent, line by line; Ctrl-D ends it\n");
  }
  const MeasureOptions measure = OptionsFor(*scenario);
  Result<Measurement> measurement = options_.in
                                        ? MeasureIn(*options_.in, *scenario, measure, own_path_)
                                        : Measure(*scenario, measure);
  if (!measurement) return Complained(measurement.error());
  if (measurement->document.is_null()) {
    interrupted_ = true;
    Complain(fmt::format("{}: interrupted, and nothing came back from {}", scenario->name,
                         options_.in->name));
    return ExitCodeOfSignal(*measurement->interrupted_by);
  }
  return Finish(*scenario, std::move(*measurement));
}

ExitCode Session::Finish(const Scenario& scenario, Measurement measurement) {
  ExitCode code = ExitCodeOf(measurement.document);
  if (measurement.interrupted_by) {
    interrupted_ = true;
    code = ExitCodeOfSignal(*measurement.interrupted_by);
    Complain(scenario.name + ": interrupted; what was measured so far is written");
  }
  if (!measurement.traces) code = Worse(code, Complained(measurement.traces.error()));
  const auto path =
      ResultFile(scenario, measurement.document["environment"]["id"].get_ref<const std::string&>());
  std::string where;  // as it is shown: only once it is there
  if (path) {
    const Status written = WriteFileAtomically(*path, WriteJson(measurement.document));
    if (written) {
      where = *path + "\n";
    } else {
      code = Worse(code, Complained(written.error()));
    }
  }
  const Status shown = Show(measurement.document, where, SourceOf(scenario, measurement.document));
  if (!shown) code = Worse(code, Complained(shown.error()));
  if (options_.json || !path) documents_.push_back(std::move(measurement.document));
  return code;
}

// Where its trials can be looked at. A foreign server's cannot be had again from the scenario
// alone, nor can those of a person who typed, or of another stack.
TrialSource Session::SourceOf(const Scenario& scenario, const json& document) const {
  const bool kept = document.at("run").contains("traces");
  const bool elsewhere = options_.in || options_.places.elsewhere();
  if (!kept && (options_.target || elsewhere || SendsStdin(scenario))) return {};
  TrialSource source{scenario.file, "", scenario.assignments, options_.load.allow_remote};
  const auto& environment = document.at("environment").at("id").get_ref<const std::string&>();
  if (kept) source.result_file = ResultFile(scenario, environment).value_or("");
  return source;
}

Status Session::Show(const json& document, const std::string& where, const TrialSource& source) {
  if (options_.to_stdout_only()) return {};
  if (options_.json) {
    if (!options_.quiet) WriteErr(where);
    return {};
  }
  TextStyle style;
  style.color = !options_.no_color && StdoutHasColor();
  const Result<std::string> text = TextReport(document, style, source);
  if (!text) return Forward(text);
  return WriteOut(*text + where);
}

ExitCode Session::Run(const std::vector<std::string>& files) {
  // A folder gives an array also when it holds one scenario: who reads it need not look.
  as_array_ = options_.names.size() > 1 || files != options_.names;
  if (Status there = GoToPlaces(); !there) return Complained(there.error());
  if (Status places = CheckPlaces(files); !places) return Complained(places.error());
  ExitCode code = ExitCode::kOk;
  for (const std::string& file : files) {
    code = Worse(code, RunOne(file));
    if (interrupted_) break;
  }
  // Nothing, rather than an empty text, where the only document does not exist.
  if (documents_.empty() && !(options_.json && as_array_)) return code;
  const Status written = WriteOut(JsonReport(documents_, as_array_));
  return written ? code : Worse(code, Complained(written.error()));
}

}  // namespace

ExitCode RunCommand(const Arguments& arguments) {
  std::variant<RunOptions, ExitCode> parsed = ParseRunOptions(arguments);
  if (const auto* code = std::get_if<ExitCode>(&parsed)) return *code;
  auto& options = std::get<RunOptions>(parsed);
  const Result<std::vector<std::string>> files = FindScenarioFiles(options.names);
  if (!files) return Complained(files.error());
  options.load.ask = options.examples ? Examples() : PersonAtTheTerminal();
  Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  return Session(std::move(options), std::move(*own_path)).Run(*files);
}

}  // namespace tcplab
