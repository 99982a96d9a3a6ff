#include "tests/trial/lab.h"

#include <gtest/gtest.h>

#include "core/net/keep_awake.h"
#include "core/net/realtime.h"
#include "core/scenario/loader.h"

namespace tcplab::test {

std::size_t LabRun::Count(const std::string& observation, const nlohmann::json& value) const {
  std::size_t count = 0;
  for (const LabTrial& trial : trials) count += trial[observation] == value ? 1 : 0;
  return count;
}

LabRun RunScenario(const std::string& text, const ControllerOptions& options) {
  LabRun run;
  LoadedScenario loaded = LoadScenarioText(text, "test.json", {});
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    EXPECT_EQ(diagnostic.severity, Severity::kWarning) << FormatDiagnostic(diagnostic);
  }
  if (!loaded.scenario) return run;
  run.scenario = std::move(*loaded.scenario);

  const KeepAwake awake;
  std::optional<Realtime> realtime;  // as the runner does
  if (MayBeRealtime(run.scenario)) realtime.emplace();
  const Result<RunEnd> end = RunTrials(run.scenario, options, [&run](TrialRecord record) {
    if (record.error) {
      run.errors.push_back(*record.error);
      return Verdict::kStands;
    }
    const Case& a_case = run.scenario.cases[record.case_index];
    Result<TrialObservations> observed = Observe(a_case, *record.trace);
    if (!observed) {
      run.errors.push_back({"observe", observed.error().message});
      return Verdict::kStands;
    }
    if (record.may_repeat && WasDisturbed(a_case, run.scenario.sensitive, observed->health))
      return Verdict::kRepeat;
    run.trials.push_back(
        {record.case_index, a_case.parameters, std::move(*observed), std::move(record)});
    return Verdict::kStands;
  });
  EXPECT_TRUE(end.has_value()) << end.error().message;
  return run;
}

}  // namespace tcplab::test
