// Does the runner see what two plain programs see?
//
// The same experiment (100 sends of one byte) is run by two plain C programs, by the same two
// again, and by the runner: in random order within each round, each after the same idle time. For
// each setting the distance of the runner's recv sizes from the plain programs' is held against the
// distance of the plain programs from themselves. Exit code 1 when it exceeds that by more than the
// limit, 3 when it could not be measured.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent/agent.h"
#include "core/base/clock.h"
#include "core/net/keep_awake.h"
#include "core/net/realtime.h"
#include "core/net/syscalls.h"
#include "tests/bench/support/quantile.h"
#include "tests/bench/support/recv_sizes.h"
#include "tests/bench/support/segmentation.h"

namespace tcplab::bench {
namespace {

struct Options {
  std::size_t trials = 300;
  std::vector<double> pauses_ms = {0};
  double idle_ms = 20;
  PlainStart plain;
  double limit = 0.05;
  std::uint64_t seed = 1;
  bool keep_awake = true;
  bool realtime = true;
  std::string scenario = "scenarios/segmentation.json";
  std::string raw;
};

// Who runs the experiment.
enum Program : std::size_t { kPlain, kPlainAgain, kRunner, kProgramCount };
constexpr std::array<std::string_view, kProgramCount> kProgramNames = {"plain", "plain again",
                                                                       "runner"};

// All trials of one setting, by program and then by round.
struct Trials {
  Setting setting;
  Scenario scenario;
  std::array<std::vector<RecvSizes>, kProgramCount> sizes;
};

Result<RecvSizes> RunOne(const Trials& trials, Program program, const Options& options) {
  if (program == kRunner) return RunnerTrial(trials.scenario, AgentCommand());
  return PlainTrial(trials.setting, options.plain);
}

// One trial of every program in every setting, in random order.
Status RunRound(std::vector<Trials>& all, const Options& options, std::mt19937_64& random) {
  struct Turn {
    std::size_t setting;
    Program program;
  };
  std::vector<Turn> turns;
  for (std::size_t setting = 0; setting < all.size(); ++setting) {
    for (const Program program : {kPlain, kPlainAgain, kRunner}) {
      turns.push_back({setting, program});
    }
  }
  std::shuffle(turns.begin(), turns.end(), random);
  for (const Turn& turn : turns) {
    Trials& trials = all[turn.setting];
    SysSleepUntil(MonotonicNs() + MsToNs(options.idle_ms));
    Result<RecvSizes> sizes = RunOne(trials, turn.program, options);
    if (!sizes) return Forward(sizes);
    trials.sizes[turn.program].push_back(std::move(*sizes));
  }
  return {};
}

Result<std::vector<Trials>> RunAll(const Options& options, std::mt19937_64& random) {
  std::vector<Trials> all;
  for (const double pause_ms : options.pauses_ms) {
    for (const bool nodelay : {false, true}) {
      const Setting setting{nodelay, pause_ms};
      Result<Scenario> scenario = LoadSegmentation(options.scenario, setting);
      if (!scenario) return Forward(scenario);
      all.push_back({setting, std::move(*scenario), {}});
    }
  }
  for (std::size_t round = 0; round < options.trials; ++round) {
    if (Status ran = RunRound(all, options, random); !ran) return Forward(ran);
    if ((round + 1) % 50 == 0) fmt::print(stderr, "round {} of {}\n", round + 1, options.trials);
  }
  return all;
}

// --- what the trials say -------------------------------------------------------------------------

// Distances of one setting.
struct Figures {
  double floor = 0;   // plain from plain again
  double runner = 0;  // runner from plain: the mean of its distances from both, each of which has
                      // as many trials, and so as much noise, as there are in `floor`
  [[nodiscard]] double excess() const { return runner - floor; }
};

Figures FiguresOf(const Shares& plain, const Shares& again, const Shares& runner) {
  const double from_both = TotalVariation(runner, plain) + TotalVariation(runner, again);
  return {TotalVariation(plain, again), from_both / 2};
}

// How the excess would vary if the rounds were drawn again from those that there were.
std::vector<double> BootstrapExcess(const std::array<Sample, kProgramCount>& samples,
                                    std::mt19937_64& random) {
  constexpr int kDraws = 500;
  std::uniform_int_distribution<std::size_t> any(0, samples[kPlain].size() - 1);
  std::array<Shares, kProgramCount> means;
  std::vector<std::size_t> drawn(samples[kPlain].size());
  std::vector<double> excesses;
  for (int draw = 0; draw < kDraws; ++draw) {
    for (std::size_t program = 0; program < kProgramCount; ++program) {
      std::generate(drawn.begin(), drawn.end(), [&] { return any(random); });
      means[program] = samples[program].Mean(drawn);
    }
    excesses.push_back(FiguresOf(means[kPlain], means[kPlainAgain], means[kRunner]).excess());
  }
  return excesses;
}

void PrintCounts(const Trials& trials) {
  for (std::size_t program = 0; program < kProgramCount; ++program) {
    std::vector<double> counts;
    for (const RecvSizes& sizes : trials.sizes[program]) {
      counts.push_back(static_cast<double>(sizes.size()));
    }
    fmt::print("  {:<12} {:>4} trials, recvs a trial: median {:5.1f}, quartiles {:.1f} to {:.1f}\n",
               kProgramNames[program], counts.size(), Quantile(counts, 0.5), Quantile(counts, 0.25),
               Quantile(counts, 0.75));
  }
}

bool Report(const Trials& trials, const Options& options, std::mt19937_64& random) {
  std::array<Sample, kProgramCount> samples;
  for (std::size_t program = 0; program < kProgramCount; ++program) {
    samples[program] = Sample(trials.sizes[program], kBytesSent);
  }
  const Figures figures =
      FiguresOf(samples[kPlain].Mean(), samples[kPlainAgain].Mean(), samples[kRunner].Mean());
  Sample plain = samples[kPlain];
  plain.Append(samples[kPlainAgain]);
  constexpr std::size_t kDivisions = 1000;
  const std::vector<double> chance = DistancesByChance(plain, kDivisions, random);
  const std::vector<double> excess = BootstrapExcess(samples, random);
  const bool faithful = figures.excess() <= options.limit;

  fmt::print("\nTCP_NODELAY {}, pause {} ms\n", trials.setting.nodelay ? "on" : "off",
             trials.setting.pause_ms);
  PrintCounts(trials);
  fmt::print(
      "  distance of plain from plain again: {:.3f}  (by chance: median {:.3f}, 95% below "
      "{:.3f})\n",
      figures.floor, Quantile(chance, 0.5), Quantile(chance, 0.95));
  fmt::print("  distance of runner from plain:      {:.3f}\n", figures.runner);
  fmt::print("  excess: {:+.3f}  (95% interval {:+.3f} to {:+.3f}), limit {:.2f}: {}\n",
             figures.excess(), Quantile(excess, 0.025), Quantile(excess, 0.975), options.limit,
             faithful ? "ok" : "TOO FAR");
  return faithful;
}

// A line per trial, for looking closer.
void WriteRaw(const std::vector<Trials>& all, const std::string& path) {
  std::ofstream file(path);
  file << "nodelay,pause_ms,program,round,recv_sizes\n";
  for (const Trials& trials : all) {
    for (std::size_t program = 0; program < kProgramCount; ++program) {
      for (std::size_t round = 0; round < trials.sizes[program].size(); ++round) {
        file << trials.setting.nodelay << ',' << trials.setting.pause_ms << ','
             << kProgramNames[program] << ',' << round << ',';
        for (const std::size_t size : trials.sizes[program][round]) file << size << ' ';
        file << '\n';
      }
    }
  }
}

int Main(const Options& options) {
  std::mt19937_64 random(options.seed);
  // For all programs alike, as the runner does it for itself.
  std::optional<KeepAwake> awake;
  std::optional<Realtime> realtime;
  if (options.keep_awake) awake.emplace();
  if (options.realtime) realtime.emplace();
  const Result<std::vector<Trials>> all = RunAll(options, random);
  if (!all) {
    fmt::print(stderr, "bench_fidelity: {}\n", all.error().message);
    return all.error().kind == ErrorKind::kInvalid ? 2 : 3;
  }
  if (!options.raw.empty()) WriteRaw(*all, options.raw);
  constexpr std::size_t kEnough = 300;
  if (options.trials < kEnough) {
    fmt::print("{} trials are a look, not a verdict: that takes {}\n", options.trials, kEnough);
  }
  bool faithful = true;
  for (const Trials& trials : *all) faithful = Report(trials, options, random) && faithful;
  return faithful ? 0 : 1;
}

}  // namespace
}  // namespace tcplab::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "agent") tcplab::AgentMain();
  tcplab::bench::Options options;
  CLI::App app("Compares the runner with two plain programs that do the same.");
  app.add_option("--trials", options.trials, "of each program in each setting")
      ->check(CLI::Range(2, 100'000));
  app.add_option("--pause-ms", options.pauses_ms, "between two sends; several are several settings")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--idle-ms", options.idle_ms, "before each trial")->check(CLI::Range(0, 10'000));
  app.add_option("--wait-ms", options.plain.wait_ms, "of the plain client before it connects")
      ->check(CLI::Range(0, 10'000));
  app.add_option("--limit", options.limit, "of the excess");
  app.add_option("--seed", options.seed, "of the order");
  app.add_option("--scenario", options.scenario, "segmentation.json")->check(CLI::ExistingFile);
  app.add_flag("!--no-apart", options.plain.apart,
               "start the plain programs wherever the scheduler puts them");
  app.add_flag("!--no-keep-awake", options.keep_awake, "let idle processors sleep");
  app.add_flag("!--no-realtime", options.realtime, "in the scheduling class of ordinary programs");
  app.add_option("--raw", options.raw, "CSV file for the recv sizes of every trial");
  CLI11_PARSE(app, argc, argv);
  return tcplab::bench::Main(options);
}
