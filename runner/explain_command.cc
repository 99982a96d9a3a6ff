// `runner explain RESULT|SCENARIO`: one trial as a time line, for a wall.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "core/base/text.h"
#include "runner/arguments.h"
#include "runner/case_report.h"
#include "runner/commands.h"
#include "runner/describe.h"
#include "runner/explained_trial.h"
#include "runner/questions.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"
#include "runner/time_line.h"
#include "runner/time_line_text.h"

namespace tcplab {
namespace {

struct ExplainOptions {
  std::string file;
  LoadOptions load;
  std::optional<std::size_t> trial;
  bool all = false;
  TimeLineStyle style;
};

std::string ServerInWords(const ServerSpec& server) {
  const std::string listens =
      server.listen.mode == ListenMode::kBound
          ? "bound, not listening"
          : fmt::format("listen with backlog {}, accept {}", server.listen.backlog,
                        AcceptModelName(server.accept.model));
  return fmt::format("{}: {} (io {})", Printable(server.name), listens, IoName(server.io));
}

std::string ClientsInWords(const Case& a_case) {
  std::string text;
  for (const ClientGroup& group : a_case.clients) {
    text += fmt::format("{}{} x {} (io {})", text.empty() ? "" : ", ", group.count,
                        Printable(group.name), IoName(group.io));
  }
  return text;
}

// What the time line is of.
std::vector<std::string> HeadingOf(const ExplainedTrial& trial) {
  const Case& a_case = trial.its_case();
  std::vector<std::string> heading = {
      fmt::format("{}, {}", Printable(trial.scenario.name), ParametersInWords(a_case.parameters))};
  if (!trial.scenario.summary.empty()) heading.push_back(Printable(trial.scenario.summary, 500));
  std::string endpoints = ClientsInWords(a_case);
  for (const ServerSpec& server : a_case.servers) endpoints += " | " + ServerInWords(server);
  heading.push_back(std::move(endpoints));
  heading.push_back(trial.origin);
  return heading;
}

std::variant<ExplainOptions, ExitCode> ParseExplainOptions(const Arguments& arguments) {
  ExplainOptions options;
  Assignments assignments;
  std::size_t trial = 0;
  CLI::App app(
      "Shows one trial as a time line, clients and server side by side: what each call did, and\n"
      "what it waited for. A scenario is run once for it; of a result, run with --keep-traces, a\n"
      "trial that was kept is shown.",
      "runner explain");
  app.add_option("RESULT|SCENARIO", options.file, "a scenario, or a result with kept traces")
      ->required();
  AddLoadOptions(app, assignments, options.load);
  CLI::Option* const trial_option =
      app.add_option("--trial", trial, "of a result: which trial of the case, from 0")
          ->type_name("N")
          ->check(CLI::NonNegativeNumber);
  app.add_flag("--all", options.all, "every event in a row of its own, however many there are");
  app.add_option("--width", options.style.width, "columns that there are")
      ->check(CLI::Range(std::size_t{80}, std::size_t{1000}));
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (trial_option->count() > 0) options.trial = trial;
  if (options.all) options.style.most_rows = 0;
  options.load.ask = PersonAtTheTerminal();
  if (Status valid = ReadAssignments(assignments, options.load); !valid) {
    return Complained(valid.error());
  }
  return options;
}

std::variant<ExplainedTrial, ExitCode> FindTrial(const ExplainOptions& options) {
  const std::vector<std::string> names = {options.file};
  if (std::error_code ignored; !std::filesystem::exists(options.file, ignored)) {
    const auto files = FindScenarioFiles(names);  // has the words for it
    if (!files) return Complained(files.error());
  }
  const Result<ExplainableKind> kind = KindOfFile(options.file);
  if (!kind) return Complained(kind.error());
  if (*kind == ExplainableKind::kScenario) {
    if (!options.trial) return RunOneTrial(options.file, options.load);
    Complain("--trial picks one of a result's trials; a scenario is run once, for this");
    return ExitCode::kInvalid;
  }
  if (!options.load.overrides.empty()) {
    Complain("--set changes what is run, and a result has been run; --case picks one of its cases");
    return ExitCode::kInvalid;
  }
  Result<ExplainedTrial> kept = ReadKeptTrial(options.file, options.load, options.trial);
  if (!kept) return Complained(kept.error());
  return std::move(*kept);
}

}  // namespace

ExitCode ExplainCommand(const Arguments& arguments) {
  const std::variant<ExplainOptions, ExitCode> parsed = ParseExplainOptions(arguments);
  if (const auto* code = std::get_if<ExitCode>(&parsed)) return *code;
  const auto& options = std::get<ExplainOptions>(parsed);
  const std::variant<ExplainedTrial, ExitCode> found = FindTrial(options);
  if (const auto* code = std::get_if<ExitCode>(&found)) return *code;
  const auto& trial = std::get<ExplainedTrial>(found);
  const TimeLine line = BuildTimeLine(trial.its_case(), trial.trace, options.all);
  const Status written = WriteOut(TimeLineText(HeadingOf(trial), line, options.style));
  return written ? ExitCode::kOk : Complained(written.error());
}

}  // namespace tcplab
