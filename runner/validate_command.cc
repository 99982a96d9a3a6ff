// `runner validate SCENARIO...`: says all that is wrong with them, and runs nothing.
#include <fmt/format.h>

#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/describe.h"
#include "runner/questions.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"

namespace tcplab {

ExitCode ValidateCommand(const Arguments& arguments) {
  std::vector<std::string> names;
  Assignments assignments;
  LoadOptions load;
  bool quiet = false;
  CLI::App app("Checks scenarios without running them.", "runner validate");
  app.add_option("SCENARIO", names, "scenario files, and folders of them")->required();
  AddLoadOptions(app, assignments, load);
  app.add_flag("--quiet", quiet, "only errors");
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (Status valid = ReadAssignments(assignments, load); !valid) {
    Complain(valid.error().message);
    return ExitCode::kInvalid;
  }
  load.ask = AnyAnswer();
  const Result<std::vector<std::string>> files = FindScenarioFiles(names);
  if (!files) {
    Complain(files.error().message);
    return ExitCodeOf(files.error().kind);
  }
  ExitCode code = ExitCode::kOk;
  std::string text;
  for (const std::string& file : *files) {
    const std::optional<Scenario> scenario = LoadAndReport(file, load, quiet);
    if (!scenario) {
      code = ExitCode::kInvalid;
    } else if (!quiet) {
      text += fmt::format("{}: ok, {} of {}\n", file, Counted(scenario->cases.size(), "case"),
                          Counted(scenario->trials, "trial"));
    }
  }
  if (Status written = WriteOut(text); !written) {
    Complain(written.error().message);
    code = Worse(code, ExitCode::kHarness);
  }
  return code;
}

}  // namespace tcplab
