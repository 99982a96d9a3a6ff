#include "runner/explained_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/net/keep_awake.h"
#include "core/net/realtime.h"
#include "core/net/syscalls.h"
#include "core/observe/observe.h"
#include "core/result/result_builder.h"
#include "core/result/result_reader.h"
#include "core/result/trace_file.h"
#include "core/trial/controller.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/case_report.h"
#include "runner/describe.h"
#include "runner/own_path.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr int kMostTries = 3;  // for a trial in which the machine does not stand still

std::string AmongCases(std::size_t cases) {
  if (cases == 1) return "";
  return fmt::format("; the first of {} (--case picks another)", Counted(cases, "case"));
}

// What one trial came to, when it came to its end.
struct Tried {
  std::optional<TrialTrace> trace;
  bool disturbed = false;
  double max_delay_ms = 0;
  Status status;  // why there is no trace
};

Tried Judge(const Scenario& scenario, TrialRecord record) {
  Tried tried;
  if (record.error) {
    tried.status = HarnessFault(record.error->message);
    return tried;
  }
  const auto fault = scenario.local_errors_are_data ? std::nullopt : FindLocalFault(*record.trace);
  if (fault) {
    tried.status = HarnessFault(fault->message);
    return tried;
  }
  const Result<TrialObservations> observed = Observe(scenario.cases.front(), *record.trace);
  if (!observed) {
    tried.status = Forward(observed);
    return tried;
  }
  tried.disturbed = WasDisturbed(scenario.cases.front(), scenario.sensitive, observed->health);
  tried.max_delay_ms = observed->health.max_delay_ms;
  tried.trace = std::move(record.trace);
  return tried;
}

// Runs the only trial of a scenario that has been cut down to it.
std::variant<Tried, ExitCode> Try(const Scenario& scenario, const ControllerOptions& controller) {
  Tried tried;
  const Result<RunEnd> end = RunTrials(scenario, controller, [&](TrialRecord record) {
    tried = Judge(scenario, std::move(record));
    return Verdict::kStands;
  });
  if (!end) return Complained(end.error());
  if (end->interrupted_by) {
    Complain(scenario.name + ": interrupted");
    return ExitCodeOfSignal(*end->interrupted_by);
  }
  return tried;
}

Result<std::string> ReadText(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Invalid(Printable(path, 4096) + ": found a folder, expected one scenario or result");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Invalid(Printable(path, 4096) + ": " + std::generic_category().message(errno));
  }
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return Invalid(Printable(path, 4096) + ": cannot be read");
  return text;
}

// The file of traces that a result names, beside it; and that it is of the same run.
struct NamedTraces {
  std::string path;
  std::string seal;
};

Result<NamedTraces> TracesOf(const json& document, const std::string& path) {
  const json::json_pointer file("/run/traces/file");
  const json::json_pointer seal("/run/traces/seal");
  if (!document.contains(file) || !document.at(file).is_string() || !document.contains(seal) ||
      !document.at(seal).is_string()) {
    return Invalid(fmt::format(
        "{}: no traces were kept with this result, so that no trial of it can be explained; run "
        "its scenario again with --keep-traces, or give `runner explain` the scenario itself",
        Printable(path, 4096)));
  }
  const std::string name = document.at(file).get<std::string>();
  if (name != std::filesystem::path(name).filename().string()) {
    return Invalid(fmt::format("{}: its traces would be {}, and they stand beside a result",
                               Printable(path, 4096), Printable(name)));
  }
  const std::filesystem::path beside = std::filesystem::path(path).replace_filename(name);
  return NamedTraces{beside.string(), document.at(seal).get<std::string>()};
}

// Which of the result's cases is meant, by its place among all of them. What the run itself was
// told to leave out (its own --case) widens nothing here: "backlog=1 or 2" then "2" is 2.
Result<std::size_t> ChosenCase(const TracedScenario& traced, const Scenario& scenario,
                               const LoadOptions& options, std::size_t& left) {
  TracedScenario narrowed = traced;
  narrowed.only_cases = options.only_cases;
  const Result<Scenario> chosen = LoadTracedScenario(narrowed);
  if (!chosen) return Forward(chosen);
  std::optional<std::size_t> first;
  left = 0;
  for (std::size_t i = 0; i < scenario.cases.size(); ++i) {
    const bool is_chosen = std::any_of(
        chosen->cases.begin(), chosen->cases.end(),
        [&](const Case& a_case) { return a_case.parameters == scenario.cases[i].parameters; });
    if (!is_chosen) continue;
    if (!first) first = i;
    ++left;
  }
  if (first) return *first;
  return Invalid("--case: no case of this result has all these values");
}

std::string NoSuchTrial(const std::string& path, const std::string& which,
                        const std::set<std::size_t>& rounds) {
  const std::vector<std::size_t> kept(rounds.begin(), rounds.end());
  if (kept.empty()) {
    return fmt::format("{}: holds no trial of the case {}", Printable(path, 4096), which);
  }
  return fmt::format("{}: there is no such trial of the case {}; expected one of {}",
                     Printable(path, 4096), which, Ranges(kept));
}

}  // namespace

Result<ExplainableKind> KindOfFile(const std::string& path) {
  const Result<std::string> text = ReadText(path);
  if (!text) return Forward(text);
  if (text->starts_with("tcplab-traces/")) {
    return Invalid(Printable(path, 4096) +
                   ": these are kept traces; give the result beside them (*.json)");
  }
  constexpr bool kThrows = false;
  constexpr bool kWithComments = true;
  const json document = json::parse(*text, nullptr, kThrows, kWithComments);
  if (document.is_discarded()) return ExplainableKind::kScenario;
  if (document.is_object() && document.contains("format")) return ExplainableKind::kResult;
  const bool is_scenario =
      document.is_object() &&
      (document.contains("clients") || document.contains("server") || document.contains("servers"));
  if (is_scenario) return ExplainableKind::kScenario;
  return Invalid(
      fmt::format("{}: neither a scenario nor a result: a scenario has \"clients\" and a "
                  "\"server\", a result \"format\": \"{}\"",
                  Printable(path, 4096), kResultFormat));
}

std::variant<ExplainedTrial, ExitCode> RunOneTrial(const std::string& path,
                                                   const LoadOptions& options) {
  LoadOptions once = options;
  once.trials = 1;
  std::optional<Scenario> scenario = LoadAndReport(path, once, false);
  if (!scenario) return ExitCode::kInvalid;
  const std::string origin = "one trial, run just now" + AmongCases(scenario->cases.size());
  scenario->cases.resize(1);
  if (Status fits = CheckDescriptors(*scenario, SysRaiseDescriptorLimit()); !fits) {
    return Complained(fits.error());
  }
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  ControllerOptions controller;
  controller.agent_command = {*own_path, "agent"};
  controller.jobs = 1;
  const KeepAwake awake;
  std::optional<Realtime> realtime;
  if (MayBeRealtime(*scenario)) realtime.emplace();
  for (int tries = 1;; ++tries) {
    std::variant<Tried, ExitCode> run = Try(*scenario, controller);
    if (const auto* code = std::get_if<ExitCode>(&run)) return *code;
    auto& tried = std::get<Tried>(run);
    if (!tried.trace) return Complained(tried.status.error());
    if (tried.disturbed && tries < kMostTries) continue;
    if (tried.disturbed) {
      Complain(
          fmt::format("something was {:.0f} ms late: this machine is too busy for the "
                      "scenario's times, and what is shown is not quite what it asks for",
                      tried.max_delay_ms));
    }
    return ExplainedTrial{std::move(*scenario), 0, std::move(*tried.trace), origin};
  }
}

Result<ExplainedTrial> ReadKeptTrial(const std::string& path, const LoadOptions& options,
                                     std::optional<std::size_t> round) {
  const Result<json> document = ReadResultFile(path);
  if (!document) return Forward(document);
  const Result<NamedTraces> named = TracesOf(*document, path);
  if (!named) return Forward(named);
  Result<TraceFileReader> reader = TraceFileReader::Open(named->path);
  if (!reader) return Forward(reader);
  Result<Scenario> scenario = LoadTracedScenario(reader->scenario());
  if (!scenario) return Forward(scenario);
  std::size_t cases_left = 0;
  const Result<std::size_t> chosen = ChosenCase(reader->scenario(), *scenario, options, cases_left);
  if (!chosen) return Forward(chosen);

  // To the end, also when the trial is found: only then is the file known to be whole, and the
  // result's.
  std::optional<KeptTrial> kept;
  std::set<std::size_t> rounds;
  for (;;) {
    Result<std::optional<KeptTrial>> next = reader->Next();
    if (!next) return Forward(next);
    if (!*next) break;
    if ((*next)->case_index != *chosen) continue;
    const std::size_t its_round = (*next)->round;
    rounds.insert(its_round);
    const bool wanted = round ? its_round == *round : !kept || its_round < kept->round;
    if (wanted) kept = std::move(**next);
  }
  if (reader->seal() != named->seal) {
    return Invalid(fmt::format("{}: these traces are not of the run that wrote {}",
                               Printable(named->path, 4096), Printable(path, 4096)));
  }
  const std::string which = ParametersInWords(scenario->cases[*chosen].parameters);
  if (!kept) return Invalid(NoSuchTrial(path, which, rounds));
  const Result<TrialObservations> observed = Observe(scenario->cases[*chosen], kept->trace);
  if (!observed) return Invalid(Printable(named->path, 4096) + ": " + observed.error().message);
  const std::string origin =
      fmt::format("trial {} of the {} of this case in {}{}", kept->round, rounds.size(),
                  Printable(named->path, 4096), AmongCases(cases_left));
  return ExplainedTrial{std::move(*scenario), *chosen, std::move(kept->trace), origin};
}

}  // namespace tcplab
