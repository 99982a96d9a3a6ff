// `runner inside` and `runner guard`, which `runner --in STACK` starts: itself in the other stack,
// what stands between that stack's command and itself, and what user-mode Linux needs before it.
#include <utility>

#include "core/net/syscalls.h"
#include "core/stack/guard.h"
#include "core/trial/plan_builder.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/inside.h"
#include "runner/measure.h"
#include "runner/no_xstate.h"
#include "runner/own_path.h"
#include "runner/recorded_run.h"
#include "runner/server_agent.h"
#include "runner/terminal.h"

namespace tcplab {

ExitCode GuardCommand(const Arguments& arguments) {
  return static_cast<ExitCode>(GuardMain(arguments));
}

ExitCode NoXstateCommand(const Arguments& arguments) {
  if (arguments.empty()) return ExitCode::kInvalid;
  return Complained(BecomeWithoutXstate(arguments));
}

ExitCode InsideCommand(const Arguments& arguments) {
  std::string server_agent;
  CLI::App app("The runner inside of another stack.", "runner inside");
  AddServerAgentOption(app, server_agent);
  if (auto done = ParseArguments(app, arguments)) return *done;
  Environment environment = EnvironmentHere();
  if (!server_agent.empty()) {
    if (const Status used = UseServerStack(server_agent, environment); !used)
      return Complained(used.error());
  }
  const Result<Job> job = ReadJob();
  if (!job) return Complained(job.error());
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  const std::uint64_t descriptors = SysRaiseDescriptorLimit();
  Result<RecordedRun> run = ReadRecordedRun(job->document, "standard input",
                                            MeasureHere(*own_path, environment), std::nullopt);
  if (!run) return Complained(run.error());
  if (!server_agent.empty()) run->measure.controller.server_agent = {server_agent, "agent"};
  if (const Status fits = CheckDescriptors(run->scenario, descriptors); !fits) {
    return Complained(fits.error());
  }
  run->measure.cannot.insert(run->measure.cannot.end(), job->cannot.begin(), job->cannot.end());
  if (job->progress) run->measure.progress = WriteErr;
  const Result<Measurement> measurement = Measure(run->scenario, std::move(run->measure));
  if (!measurement) return Complained(measurement.error());
  if (const Status written = WriteOut(EncodeAnswer(measurement->document)); !written) {
    return Complained(written.error());
  }
  if (measurement->interrupted_by) return ExitCodeOfSignal(*measurement->interrupted_by);
  return ExitCodeOf(measurement->document);
}

}  // namespace tcplab
