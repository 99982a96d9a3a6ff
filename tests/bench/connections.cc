// How many connections a second our agents make with every call recorded, next to bare programs of
// the same kind.
//
// A round runs each program once, in random order; the claim is about the median over the rounds of
// the ratio within a round, so that a machine that slows down slows both. Exit code 1 when a ratio
// is below the claim, 3 when it could not be measured.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent/agent.h"
#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "tests/bench/support/quantile.h"
#include "tests/bench/support/rst_connections.h"

namespace tcplab::bench {
namespace {

struct Options {
  std::size_t rounds = 21;
  std::size_t connections = 16'000;
  std::size_t clients = 16;
  double idle_ms = 50;
  double claim = 0.9;
  std::uint64_t seed = 1;
  std::vector<std::string> only;
};

// One kind of endpoint, and its rates by round.
struct Contest {
  ConnectionKind kind;
  Scenario scenario;
  std::vector<double> ours;
  std::vector<double> bare;
};

Result<std::vector<Contest>> Contests(const Options& options) {
  const std::size_t even = options.connections / options.clients * options.clients;
  const std::vector<ConnectionKind> kinds = {
      {"blocking", "iterative", "plain_rst_blocking", options.connections, 1},
      {"poll", "event_loop", "plain_rst_epoll", even, options.clients}};
  std::vector<Contest> contests;
  for (const ConnectionKind& kind : kinds) {
    const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                          kind.io) != options.only.end();
    if (!wanted) continue;
    Result<Scenario> scenario = RstScenario(kind);
    if (!scenario) return Forward(scenario);
    contests.push_back({kind, std::move(*scenario), {}, {}});
  }
  return contests;
}

Status RunRound(std::vector<Contest>& contests, const Options& options, std::mt19937_64& random) {
  struct Turn {
    Contest* contest;
    bool ours;
  };
  std::vector<Turn> turns;
  for (Contest& contest : contests) {
    turns.push_back({&contest, true});
    turns.push_back({&contest, false});
  }
  std::shuffle(turns.begin(), turns.end(), random);
  for (const Turn& turn : turns) {
    Contest& contest = *turn.contest;
    SysSleepUntil(MonotonicNs() + MsToNs(options.idle_ms));
    const Result<double> rate =
        turn.ours ? OurRate(contest.kind, contest.scenario) : PlainRate(contest.kind);
    if (!rate) return Forward(rate);
    (turn.ours ? contest.ours : contest.bare).push_back(*rate);
  }
  return {};
}

bool Report(const Contest& contest, double claim) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < contest.ours.size(); ++round) {
    ratios.push_back(contest.ours[round] / contest.bare[round]);
  }
  const double median = Quantile(ratios, 0.5);
  const bool held = median >= claim;
  fmt::print(
      "{:<9} bare {:7.0f}/s, recorded {:7.0f}/s; recorded/bare in {} rounds: median {:.3f}, "
      "quartiles {:.3f} to {:.3f}; claim {:.2f}: {}\n",
      contest.kind.io, Quantile(contest.bare, 0.5), Quantile(contest.ours, 0.5), ratios.size(),
      median, Quantile(ratios, 0.25), Quantile(ratios, 0.75), claim, held ? "ok" : "TOO SLOW");
  return held;
}

int Fault(const Error& error) {
  fmt::print(stderr, "bench_connections: {}\n", error.message);
  return 3;
}

int Main(const Options& options) {
  std::mt19937_64 random(options.seed);
  Result<std::vector<Contest>> contests = Contests(options);
  if (!contests) return Fault(contests.error());
  for (std::size_t round = 0; round < options.rounds; ++round) {
    if (Status ran = RunRound(*contests, options, random); !ran) return Fault(ran.error());
    if ((round + 1) % 5 == 0) fmt::print(stderr, "round {} of {}\n", round + 1, options.rounds);
  }
  bool held = true;
  for (const Contest& contest : *contests) held = Report(contest, options.claim) && held;
  return held ? 0 : 1;
}

}  // namespace
}  // namespace tcplab::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "agent") tcplab::AgentMain();
  tcplab::bench::Options options;
  CLI::App app("Connections a second with full recording, next to bare programs of the same kind.");
  app.add_option("--rounds", options.rounds, "of each program")->check(CLI::Range(1, 1000));
  app.add_option("--connections", options.connections, "a trial")->check(CLI::Range(1000, 100'000));
  app.add_option("--clients", options.clients, "at a time, of the poll kind")
      ->check(CLI::Range(1, 1000));
  app.add_option("--idle-ms", options.idle_ms, "before each trial")->check(CLI::Range(0, 10'000));
  app.add_option("--claim", options.claim, "the least ratio");
  app.add_option("--seed", options.seed, "of the order");
  app.add_option("--only", options.only, "blocking or poll")
      ->check(CLI::IsMember({"blocking", "poll"}));
  CLI11_PARSE(app, argc, argv);
  return tcplab::bench::Main(options);
}
