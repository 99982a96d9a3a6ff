#include "runner/measure.h"

#include <fmt/core.h>
#include <uv.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "core/base/clock.h"
#include "core/compare/expectations.h"
#include "core/net/keep_awake.h"
#include "core/net/realtime.h"
#include "core/observe/observe.h"
#include "core/result/trace_file.h"
#include "core/stack/platform_features.h"

namespace tcplab {
namespace {

// Reduces every trial to its observations as soon as it ends, so that no trace outlives it.
class TrialSink {
 public:
  TrialSink(const Scenario& scenario, ResultBuilder& builder, Progress& progress)
      : scenario_(scenario), builder_(builder), progress_(progress) {}

  Status KeepTraces(const std::string& path, const RunInfo& run) {
    Result<TraceFileWriter> writer =
        TraceFileWriter::Create(path, {scenario_.file, scenario_.document, scenario_.trials,
                                       run.overrides, run.only_cases, run.allow_remote});
    if (!writer) return Forward(writer);
    traces_.emplace(std::move(*writer));
    traces_file_ = std::filesystem::path(path).filename().string();
    return {};
  }

  Verdict Take(const TrialRecord& record) {
    Verdict verdict = Verdict::kStands;
    if (record.error) {
      builder_.AddError(record.case_index, record.round, record.error->code, record.error->message);
    } else {
      verdict = TakeTrace(record);
    }
    progress_.Show(builder_.trials(), builder_.errors(), MonotonicNs());
    return verdict;
  }

  // Ends the file of traces and lets the result name it.
  Status FinishTraces() {
    if (!traces_ || !trace_status_) return trace_status_;
    const Result<std::string> seal = traces_->Commit();
    if (!seal) return Forward(seal);
    builder_.SetTraces(traces_file_, *seal);
    return {};
  }

 private:
  Verdict TakeTrace(const TrialRecord& record) {
    const std::optional<LocalFault> fault =
        scenario_.local_errors_are_data ? std::nullopt : FindLocalFault(*record.trace);
    if (fault) {
      builder_.AddError(record.case_index, record.round, fault->code, fault->message);
      return Verdict::kStands;
    }
    Result<TrialObservations> observed = Observe(scenario_.cases[record.case_index], *record.trace);
    if (!observed) {
      builder_.AddError(record.case_index, record.round, "trace", observed.error().message);
      return Verdict::kStands;
    }
    observed->health.clock_bound_ms = NsToMs(record.clock_bound_ns.value_or(0));
    if (WasDisturbed(scenario_.cases[record.case_index], scenario_.sensitive, observed->health)) {
      return TakeDisturbed(record, observed->health);
    }
    builder_.AddTrial(record.case_index, record.round, *observed, record.counters, record.alone);
    // A disk that fills up ends the traces, not the measurement.
    if (traces_ && trace_status_) {
      trace_status_ = traces_->Add(record.case_index, record.round, *record.trace);
    }
    return Verdict::kStands;
  }

  // The machine stood still in it: it is run again, and only past the bound for that an error.
  Verdict TakeDisturbed(const TrialRecord& record, const TrialHealth& health) {
    builder_.AddDisturbed(record.case_index);
    if (!record.may_repeat) {
      builder_.AddError(record.case_index, record.round, "disturbed",
                        fmt::format("something was {:.0f} ms late: this machine is too busy for "
                                    "the scenario's times",
                                    health.max_delay_ms));
    }
    return Verdict::kRepeat;
  }

  const Scenario& scenario_;
  ResultBuilder& builder_;
  Progress& progress_;
  std::optional<TraceFileWriter> traces_;
  std::string traces_file_;
  Status trace_status_;
};

// The cases that can be run here, and which of the scenario's they are.
struct RunnableCases {
  Scenario scenario;
  std::vector<std::size_t> index;
};

// The others are said to be unsupported. Nothing when all can be run.
std::optional<RunnableCases> LeaveOut(const Scenario& scenario,
                                      const std::vector<Inability>& cannot,
                                      ResultBuilder& builder) {
  std::vector<std::size_t> index;
  for (std::size_t i = 0; i < scenario.cases.size(); ++i) {
    if (const Inability* const missing = WhatIsMissing(scenario.cases[i], cannot)) {
      builder.AddError(i, 0, kUnsupportedCode,
                       fmt::format("{}: {}", missing->feature, missing->reason));
    } else {
      index.push_back(i);
    }
  }
  if (index.size() == scenario.cases.size()) return std::nullopt;
  RunnableCases runnable{scenario, std::move(index)};
  runnable.scenario.cases.clear();
  for (const std::size_t i : runnable.index) {
    runnable.scenario.cases.push_back(scenario.cases[i]);
  }
  return runnable;
}

// All that can be run of it.
Result<RunEnd> RunCases(const Scenario& scenario, const std::optional<RunnableCases>& runnable,
                        const ControllerOptions& options, TrialSink& sink) {
  if (!runnable) {
    return RunTrials(scenario, options,
                     [&](const TrialRecord& record) { return sink.Take(record); });
  }
  if (runnable->index.empty()) return RunEnd{};
  return RunTrials(runnable->scenario, options, [&](TrialRecord record) {
    record.case_index = runnable->index[record.case_index];
    return sink.Take(record);
  });
}

}  // namespace

Result<Measurement> Measure(const Scenario& scenario, MeasureOptions options) {
  options.run.started = UtcNow();
  std::optional<KeepAwake> awake;
  // The processors of a kernel that is a process sleep as those of its system do; its clock is a
  // system call, and a thread that looks at it takes from the trials.
  if (options.keep_awake && !options.environment.is_process) awake.emplace();
  options.run.kept_awake = awake && awake->works();
  std::optional<Realtime> realtime;
  if (options.realtime && MayBeRealtime(scenario)) realtime.emplace();
  options.run.realtime = realtime && realtime->works();
  options.run.jobs = EffectiveJobs(scenario, options.controller);
  ResultBuilder builder(scenario, options.environment, options.run);
  const std::optional<RunnableCases> runnable = LeaveOut(scenario, options.cannot, builder);
  const std::size_t cases = runnable ? runnable->index.size() : scenario.cases.size();
  const std::size_t total = cases * scenario.trials;
  Progress progress(scenario.name, total, std::move(options.progress));
  TrialSink sink(scenario, builder, progress);
  if (options.traces_path) {
    if (Status kept = sink.KeepTraces(*options.traces_path, options.run); !kept)
      return Forward(kept);
  }

  const std::int64_t started_ns = MonotonicNs();
  progress.Show(0, 0, started_ns);
  const Result<RunEnd> end = RunCases(scenario, runnable, options.controller, sink);
  progress.Clear();
  Measurement measurement;
  if (!end && end.error().kind == ErrorKind::kUnsupported) {
    for (std::size_t i = 0; i < cases; ++i) {
      builder.AddError(runnable ? runnable->index[i] : i, 0, kUnsupportedCode, end.error().message);
    }
  } else if (!end) {
    return Forward(end);
  } else {
    measurement.interrupted_by = end->interrupted_by;
  }
  measurement.traces = sink.FinishTraces();
  const double seconds = NsToMs(MonotonicNs() - started_ns) / 1000;
  measurement.document = builder.Finish(seconds, measurement.interrupted_by.has_value());
  AddExpectations(scenario, measurement.document);
  return measurement;
}

void TakeExamples(const Scenario& scenario, MeasureOptions& options) {
  if (!SendsStdin(scenario)) return;
  options.run.examples = true;
  options.controller.input = InputExample(scenario);
}

bool AreFewToKeep(const Scenario& scenario) {
  constexpr std::size_t kMostTrials = 2'000;
  constexpr std::size_t kMostClients = 50'000;  // of all trials together
  std::size_t clients = 0;
  for (const Case& a_case : scenario.cases) {
    for (const ClientGroup& group : a_case.clients) clients += group.count;
  }
  return scenario.cases.size() * scenario.trials <= kMostTrials &&
         clients * scenario.trials <= kMostClients;
}

MeasureOptions MeasureHere(const std::string& own_path, const Environment& environment) {
  MeasureOptions options;
  options.controller.agent_command = {own_path, "agent"};
  options.environment = environment;
  options.run.version = TCPLAB_VERSION;
  options.run.libuv = uv_version_string();
  options.cannot = PlatformInabilities();
  return options;
}

Environment EnvironmentHere() { return ReadEnvironment(ThisMachine(), uv_version_string()); }

}  // namespace tcplab
