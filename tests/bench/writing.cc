// What is done with a trace after its trial, and with ten thousand trials in the end: none of it
// disturbs a measurement, but it is what a long run waits for.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/observe/observe.h"
#include "core/result/atomic_file.h"
#include "core/result/json_writer.h"
#include "core/result/machine.h"
#include "core/result/result_builder.h"
#include "core/result/trace_file.h"
#include "tests/bench/support/made_up_trace.h"

namespace tcplab::bench {
namespace {

// A folder of our own, removed at the end.
class Scratch {
 public:
  Scratch() {
    folder_ = std::filesystem::temp_directory_path() /
              ("bench-writing-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directory(folder_);
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string File(const std::string& name) const {
    return (folder_ / name).string();
  }

 private:
  std::filesystem::path folder_;
};

// --- a trace of a million events -----------------------------------------------------------------

struct Million {
  MadeUpTrial trial{100, 4993, [](std::size_t) { return 1; }};
  Scenario scenario = MadeUpScenario(trial, 1);
  TrialTrace trace = MadeUpTrace(trial);
  std::string encoded = Encode(trace);
  std::size_t events = CountEvents(trace);
};

const Million& TheMillion() {
  static const Million million;
  return million;
}

void Count(benchmark::State& state) {
  const Million& million = TheMillion();
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(million.events));
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(million.encoded.size()));
}

void EncodeMillionEvents(benchmark::State& state) {
  const Million& million = TheMillion();
  for (auto _ : state) benchmark::DoNotOptimize(Encode(million.trace));
  Count(state);
}
BENCHMARK(EncodeMillionEvents)->Unit(benchmark::kMillisecond);

void DecodeMillionEvents(benchmark::State& state) {
  const Million& million = TheMillion();
  for (auto _ : state) {
    const Result<TrialTrace> decoded = DecodeTrialTrace(million.encoded);
    TCPLAB_CHECK(decoded.has_value());
    benchmark::DoNotOptimize(decoded->servers.front().recorders.data());
  }
  Count(state);
}
BENCHMARK(DecodeMillionEvents)->Unit(benchmark::kMillisecond);

void VerifyMillionEvents(benchmark::State& state) {
  const Million& million = TheMillion();
  for (auto _ : state) TCPLAB_CHECK(Verify(million.trace).has_value());
  Count(state);
}
BENCHMARK(VerifyMillionEvents)->Unit(benchmark::kMillisecond);

void ObserveMillionEvents(benchmark::State& state) {
  const Million& million = TheMillion();
  for (auto _ : state) {
    const Result<TrialObservations> observed =
        Observe(million.scenario.cases.front(), million.trace);
    TCPLAB_CHECK(observed.has_value() && observed->health.bytes_conserved);
  }
  Count(state);
}
BENCHMARK(ObserveMillionEvents)->Unit(benchmark::kMillisecond);

// To a file, synced, as it is kept beside a result.
void KeepMillionEvents(benchmark::State& state) {
  const Million& million = TheMillion();
  const Scratch scratch;
  for (auto _ : state) {
    Result<TraceFileWriter> writer =
        TraceFileWriter::Create(scratch.File("made-up.trace"),
                                {"made-up.json", million.scenario.document, 1, {}, {}, false});
    TCPLAB_CHECK(writer.has_value());
    TCPLAB_CHECK(writer->Add(0, 0, million.trace).has_value());
    TCPLAB_CHECK(writer->Commit().has_value());
  }
  Count(state);
}
BENCHMARK(KeepMillionEvents)->Unit(benchmark::kMillisecond)->UseRealTime();

// --- a result of ten thousand trials -------------------------------------------------------------

constexpr std::uint32_t kTrials = 10'000;

// Trials of 100 bytes that recv cut at random, so that hardly two have the same value: the worst
// that a result's tables of values can meet.
struct ManyTrials {
  ManyTrials() {
    constexpr std::size_t kLargest = 12;
    trial.cut = [random = std::mt19937_64(1)](std::size_t) mutable {
      return 1 + static_cast<std::size_t>(random() % kLargest);
    };
    scenario = MadeUpScenario(trial, kTrials);
    for (std::uint32_t i = 0; i < kTrials; ++i) {
      Result<TrialObservations> one = Observe(scenario.cases.front(), MadeUpTrace(trial));
      TCPLAB_CHECK(one.has_value());
      observed.push_back(std::move(*one));
    }
    document = Build();
  }

  [[nodiscard]] nlohmann::json Build() const {
    RunInfo run;
    run.started = UtcNow();
    ResultBuilder builder(scenario, ReadEnvironment(ThisMachine(), "0"), run);
    for (std::size_t round = 0; round < observed.size(); ++round) {
      builder.AddTrial(0, round, observed[round], {}, true);
    }
    return builder.Finish(1, false);
  }

  MadeUpTrial trial;
  Scenario scenario;
  std::vector<TrialObservations> observed;
  nlohmann::json document;
};

const ManyTrials& TheTrials() {
  static const ManyTrials trials;
  return trials;
}

void CountTrials(benchmark::State& state, std::size_t bytes) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(rounds * kTrials);
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(bytes));
}

void ObserveTenThousandTrials(benchmark::State& state) {
  const ManyTrials& trials = TheTrials();
  const TrialTrace trace = MadeUpTrace(trials.trial);
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < kTrials; ++i) {
      TCPLAB_CHECK(Observe(trials.scenario.cases.front(), trace).has_value());
    }
  }
  CountTrials(state, 0);
}
BENCHMARK(ObserveTenThousandTrials)->Unit(benchmark::kMillisecond);

void BuildResultOfTenThousandTrials(benchmark::State& state) {
  const ManyTrials& trials = TheTrials();
  for (auto _ : state) benchmark::DoNotOptimize(trials.Build());
  CountTrials(state, 0);
}
BENCHMARK(BuildResultOfTenThousandTrials)->Unit(benchmark::kMillisecond);

void WriteResultOfTenThousandTrials(benchmark::State& state) {
  const ManyTrials& trials = TheTrials();
  const Scratch scratch;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = WriteJson(trials.document);
    TCPLAB_CHECK(WriteFileAtomically(scratch.File("result.json"), text).has_value());
    bytes = text.size();
  }
  CountTrials(state, bytes);
}
BENCHMARK(WriteResultOfTenThousandTrials)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace tcplab::bench

BENCHMARK_MAIN();
