// `runner list [FOLDER...]`: what scenarios there are.
#include <fmt/format.h>

#include <cmath>

#include "core/base/text.h"
#include "core/trial/controller.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/describe.h"
#include "runner/questions.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"
#include "runner/text_layout.h"

namespace tcplab {
namespace {

// If every trial lasts its whole window; most end earlier, with their clients' scripts.
double MostSeconds(const Scenario& scenario) {
  double windows_ms = 0;
  for (const Case& a_case : scenario.cases) windows_ms += a_case.window_ms;
  const double jobs = static_cast<double>(EffectiveJobs(scenario, ControllerOptions{}));
  return windows_ms * scenario.trials / jobs / 1000;
}

std::string ListEntry(const std::string& file, const Scenario& scenario) {
  TextLayout layout({}, 0);
  layout.Line(file, 0);
  layout.Line(fmt::format("    {} of {}{}, at most {:.0f} s",
                          Counted(scenario.cases.size(), "case"), Counted(scenario.trials, "trial"),
                          scenario.sensitive ? " one at a time" : "",
                          std::ceil(MostSeconds(scenario))));
  if (!scenario.summary.empty()) layout.Line("    " + Printable(scenario.summary, 500), 4);
  return layout.text();
}

}  // namespace

ExitCode ListCommand(const Arguments& arguments) {
  std::vector<std::string> names;
  CLI::App app("Lists scenarios: their cases, trials, and the seconds they take at most.",
               "runner list");
  app.add_option("FOLDER", names, "folders of scenarios, and single ones (default: scenarios)");
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (names.empty()) names.emplace_back("scenarios");
  const Result<std::vector<std::string>> files = FindScenarioFiles(names);
  if (!files) {
    Complain(files.error().message);
    return ExitCodeOf(files.error().kind);
  }
  ExitCode code = ExitCode::kOk;
  LoadOptions load;
  load.allow_remote = true;  // only listed
  load.ask = AnyAnswer();
  std::string text;
  for (const std::string& file : *files) {
    if (const auto scenario = LoadAndReport(file, load, true)) {
      text += ListEntry(file, *scenario);
    } else {
      code = ExitCode::kInvalid;
    }
  }
  if (Status written = WriteOut(text); !written) {
    Complain(written.error().message);
    code = Worse(code, ExitCode::kHarness);
  }
  return code;
}

}  // namespace tcplab
