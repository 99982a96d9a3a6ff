// What `runner diff` finds in simulated results, and how long it takes: tests/bench/README.md.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/compare/compare.h"
#include "core/compare/permutation.h"
#include "core/result/json_writer.h"
#include "core/result/result_reader.h"
#include "runner/diff_report.h"
#include "tests/support/made_up_result.h"

namespace {

using namespace tcplab;
using nlohmann::json;

constexpr const char* kEnvironment = "linux-6.1-x86_64";

// Trials that show "b" with this probability, else "a".
TrialValues Outcomes(Random& random, int trials, std::uint32_t percent) {
  TrialValues values;
  for (int i = 0; i < trials; ++i) values.push_back(random.Below(100) < percent ? "b" : "a");
  return values;
}

// One case for each share of "b".
MadeUpResult Simulated(Random& random, const char* started,
                       const std::vector<std::uint32_t>& shares) {
  MadeUpResult result(kEnvironment, started);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    result.Case({{"fact", i}}).Saw("replies", "exact", Outcomes(random, 100, shares[i]));
  }
  return result;
}

struct Found {
  int first = 0;   // the first fact was called different
  int others = 0;  // any other was
};

Found Simulate(int simulations, const std::vector<std::uint32_t>& a,
               const std::vector<std::uint32_t>& b) {
  Random random(20260101);
  Found found;
  for (int i = 0; i < simulations; ++i) {
    const std::vector<ResultSource> sources = {
        {"a", {{"", Simulated(random, "one", a).document()}}},
        {"b", {{"", Simulated(random, "two", b).document()}}}};
    const auto comparison = Compare(sources, {});
    if (!comparison) std::exit(3);
    bool other = false;
    for (const Fact& fact : comparison->facts) {
      if (fact.verdict() != DiffVerdict::kDifferent) continue;
      const bool is_first = fact.parameters.at("fact") == 0;
      found.first += is_first ? 1 : 0;
      other = other || !is_first;
    }
    found.others += other ? 1 : 0;
  }
  return found;
}

int failed = 0;

void Claim(const char* what, double share, double least, double most) {
  const bool holds = share >= least && share <= most;
  failed += holds ? 0 : 1;
  fmt::print("{:<72} {:5.1f}%  {}\n", what, share * 100, holds ? "ok" : "NOT AS CLAIMED");
}

void Power(int simulations) {
  const auto n = static_cast<double>(simulations);
  std::vector<std::uint32_t> unchanged(41, 10);
  std::vector<std::uint32_t> shifted = unchanged;
  shifted[0] = 30;
  std::vector<std::uint32_t> never(41, 0);
  std::vector<std::uint32_t> one_of_never = never;
  never[0] = 10;
  one_of_never[0] = 30;
  fmt::print("100 trials a side, {} simulations each\n", simulations);
  Claim("one outcome from 10% to 30%, alone: found in", Simulate(simulations, {10}, {30}).first / n,
        0.9, 1);
  const Found beside = Simulate(simulations, unchanged, shifted);
  Claim("... beside 40 unchanged observations of 10%: found in", beside.first / n, 0.6, 1);
  Claim("... beside 40 observations that never vary: found in",
        Simulate(simulations, never, one_of_never).first / n, 0.9, 1);
  Claim("nothing changed, 10%, alone: called different in",
        Simulate(simulations, {10}, {10}).first / n, 0, 0.05);
  const Found none = Simulate(simulations, unchanged, unchanged);
  Claim("nothing changed in 41 observations: any called different in",
        (none.first + none.others) / n, 0, 0.07);
}

double SecondsOf(const std::string& name, const std::vector<std::vector<std::string>>& texts) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<ResultSource> sources;
  for (const auto& files : texts) {
    ResultSource& source = sources.emplace_back();
    source.name = name;
    for (std::size_t i = 0; i < files.size(); ++i) {
      auto document = ReadResultText(files[i], name);
      if (!document) std::exit(3);
      source.documents.emplace(std::to_string(i), std::move(*document));
    }
  }
  const auto comparison = Compare(sources, {});
  if (!comparison) std::exit(3);
  const std::string text = ReportAsText(PairReport(*comparison), {});
  if (text.empty()) std::exit(3);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void Speed(const char* what, double limit, const std::vector<std::vector<std::string>>& texts) {
  const double seconds = SecondsOf("made-up", texts);
  failed += seconds <= limit ? 0 : 1;
  fmt::print("{:<72} {:6.2f} s {}\n", what, seconds, seconds <= limit ? "ok" : "NOT AS CLAIMED");
}

// A trial's histogram: `recvs` recvs of sizes below `sizes`.
json RandomHistogram(Random& random, int recvs, std::uint32_t sizes) {
  std::map<std::string, int> counts;
  for (int i = 0; i < recvs; ++i) ++counts[std::to_string(1 + random.Below(sizes))];
  return counts;
}

std::string Histograms(int facts, int trials, int recvs, std::uint32_t sizes, const char* started,
                       std::uint64_t seed) {
  Random random(seed);
  MadeUpResult result(kEnvironment, started);
  for (int f = 0; f < facts; ++f) {
    TrialValues values;
    for (int t = 0; t < trials; ++t) values.push_back(RandomHistogram(random, recvs, sizes));
    result.Case({{"fact", f}}).Saw("recv_histogram", "distribution", values);
  }
  return WriteJson(result.document());
}

// As a shipped scenario has them: a few facts of each kind, nearly all of which agree.
std::vector<std::string> Folder(int files, const char* started, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> texts;
  for (int i = 0; i < files; ++i) {
    MadeUpResult result(kEnvironment, started);
    for (int c = 0; c < 4; ++c) {
      TrialValues times;
      for (int t = 0; t < 20; ++t) times.push_back(json::array({random.Below(1000) / 1000.0}));
      result.Case({{"backlog", c}})
          .Saw("connect_outcomes", "set", Times(20, json{"accepted", "queued", "pending"}))
          .Saw("accept_order", "order", Times(20, json{0}))
          .Saw("recv_histogram", "distribution", Times(20, json{{"7", 1}}))
          .Saw("replies", "exact", Times(20, json{"CIAO"}))
          .Saw("steps", "set",
               Then(Times(19, {{"reply", json{{"ok 7"}}}}),
                    Times(1, {{"reply", json{{i % 9 == 0 ? "eof" : "ok 7"}}}})))
          .Saw("connect_ms", "timing", times);
    }
    texts.push_back(WriteJson(result.document()));
  }
  return texts;
}

void Speeds() {
  fmt::print("\nread, compared and drawn\n");
  Speed("two folders of 100 results that mostly agree", 0.3,
        {Folder(100, "one", 1), Folder(100, "two", 2)});
  Speed("100 histograms of 100 trials, no difference", 2,
        {{Histograms(100, 100, 100, 20, "one", 1)}, {Histograms(100, 100, 100, 20, "two", 2)}});
  Speed("100 histograms of 100 trials, all different", 4,
        {{Histograms(100, 100, 100, 20, "one", 1)}, {Histograms(100, 100, 100, 30, "two", 2)}});
  Speed(
      "histograms of 10,000 recvs, 30 trials, different", 2,
      {{Histograms(2, 30, 10'000, 2'000, "one", 1)}, {Histograms(2, 30, 10'000, 2'500, "two", 2)}});
  Speed("10,000 trials of 2 facts each", 2,
        {{Histograms(2, 10'000, 20, 8, "one", 1)}, {Histograms(2, 10'000, 20, 9, "two", 2)}});
}

}  // namespace

int main(int argc, char** argv) {
  const int simulations = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1000;
  Power(simulations);
  Speeds();
  return failed > 0 ? 1 : 0;
}
