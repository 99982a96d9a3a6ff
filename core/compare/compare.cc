#include "core/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>

#include "core/compare/matching.h"
#include "core/compare/samples.h"
#include "core/observe/observe.h"
#include "core/result/json_writer.h"

namespace tcplab {
namespace {

using internal::CellOf;
using internal::MatchedCase;
using internal::Samples;
using internal::SamplesOf;
using nlohmann::json;

constexpr std::string_view kStepsName = "steps";
constexpr std::string_view kDistributionName = "distribution";
constexpr std::string_view kTimingName = "timing";

// One for all facts: two that hold the same numbers have the same p.
constexpr std::uint64_t kSeed = 1;

// Trials of each side for a verdict, if they go on as they began: an interval shrinks with the root
// of their number, and a difference stands out by as much more.
std::uint64_t MoreTrials(const PairVerdict& pair, std::uint64_t trials, double level) {
  constexpr double kMost = 1e6;
  constexpr std::uint64_t kForBound =
      14;  // equal trials, until nothing of 0.2 can have been missed
  if (trials < kFewestTrials) return kForBound - trials;
  const Effect& effect = pair.assessment.effect;
  const auto n = static_cast<double>(trials);
  double factor = std::numeric_limits<double>::infinity();
  if (effect.size < kSmallestEffect) {
    const double ratio = (effect.bound - effect.size) / (kSmallestEffect - effect.size);
    factor = std::min(factor, ratio * ratio);
  }
  if (pair.assessment.test.p < 0.5) {
    const double ratio =
        NormalQuantileOfTail(level / 2) / NormalQuantileOfTail(pair.assessment.test.p / 2);
    factor = std::min(factor, ratio * ratio);
  }
  const double more = n * (std::max(factor, 1.0) - 1);
  if (!(more < kMost)) return 0;
  // Two figures are all that such an estimate is worth.
  const double whole = std::max(1.0, std::ceil(more));
  const double step = std::pow(10, std::max(0.0, std::floor(std::log10(whole)) - 1));
  return static_cast<std::uint64_t>(std::ceil(whole / step) * step);
}

// What the scheduler and the machine's load shape as much as TCP does.
bool IsShapedByLoad(const Fact& fact) {
  return fact.observation_class == kDistributionName || fact.observation_class == kTimingName;
}

// Within one run the trials of all cases took turns: there the scheduler favours nobody.
double LevelOf(const Fact& fact, bool one_run) {
  return IsShapedByLoad(fact) && !one_run ? kLevelOfDistributions : kLevel;
}

class Comparer {
 public:
  Comparer(const std::vector<ResultSource>& sources, const CompareOptions& options,
           Comparison& comparison)
      : sources_(sources), options_(options), comparison_(comparison) {}

  // False when no case is in two columns.
  bool Run();

 private:
  struct PairPlace {
    std::size_t fact;
    std::size_t pair;
  };

  void AddGapsOfFiles();
  bool AddCase(const MatchedCase& matched);
  void AddObservation(const MatchedCase& matched, const std::string& name,
                      const std::vector<const json*>& observations,
                      const std::vector<std::string>& states);
  void AddFact(const MatchedCase& matched, const std::string& name, const std::string& label,
               const std::vector<const json*>& observations);
  [[nodiscard]] bool IsPair(std::size_t a, std::size_t b) const;
  [[nodiscard]] bool AreCopies(const std::string& scenario, std::size_t a, std::size_t b) const;
  [[nodiscard]] bool IsOneRun(const PairVerdict& pair) const {
    return comparison_.columns[pair.first].source == comparison_.columns[pair.second].source;
  }
  [[nodiscard]] bool WasBusy(const std::string& scenario, std::size_t a, std::size_t b) const;
  [[nodiscard]] bool IsWanted(const std::string& name, const std::string& its_class) const;
  [[nodiscard]] bool IsJudged(const Fact& fact, std::size_t a, std::size_t b) const;
  void AssessAll(std::uint64_t most_permutations, bool only_few);
  void SetQ();
  void Decide();

  const std::vector<ResultSource>& sources_;
  const CompareOptions& options_;
  Comparison& comparison_;
  std::vector<std::vector<Sample>> samples_;  // by fact, by column
  std::vector<PairPlace> hypotheses_;
};

bool Comparer::IsPair(std::size_t a, std::size_t b) const {
  const Column& first = comparison_.columns[a];
  const Column& second = comparison_.columns[b];
  return !first.value || *first.value != *second.value;
}

bool Comparer::AreCopies(const std::string& scenario, std::size_t a, std::size_t b) const {
  if (options_.across) return false;
  const auto& first = sources_[comparison_.columns[a].source].documents;
  const auto& second = sources_[comparison_.columns[b].source].documents;
  return internal::IsSameRun(first.at(scenario), second.at(scenario));
}

// Within one run the trials of all cases took turns, so that whatever else the machine did met them
// alike.
bool Comparer::WasBusy(const std::string& scenario, std::size_t a, std::size_t b) const {
  const std::size_t first = comparison_.columns[a].source;
  const std::size_t second = comparison_.columns[b].source;
  if (first == second) return false;
  const auto busy = [&](std::size_t source) {
    return internal::LongestDelayMs(sources_[source].documents.at(scenario)) > kBusyDelayMs;
  };
  return busy(first) || busy(second);
}

bool Comparer::IsWanted(const std::string& name, const std::string& its_class) const {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!options_.only.empty() && !has(options_.only)) return false;
  if (has(options_.ignore)) return false;
  return options_.observation_class.empty() || options_.observation_class == its_class;
}

// Timing is judged only when it was asked for, and in one environment.
bool Comparer::IsJudged(const Fact& fact, std::size_t a, std::size_t b) const {
  if (fact.observation_class != kTimingName) return true;
  const auto environment = [&](std::size_t column) -> const json& {
    return sources_[comparison_.columns[column].source]
        .documents.at(fact.scenario)
        .at("environment");
  };
  if (options_.judge_timing) return environment(a).at("id") == environment(b).at("id");
  if (options_.observation_class != kTimingName) return false;
  return environment(a) == environment(b);
}

void Comparer::AddGapsOfFiles() {
  std::set<std::string> keys;
  for (const ResultSource& source : sources_) {
    for (const auto& [key, document] : source.documents) keys.insert(key);
  }
  for (const std::string& key : keys) {
    Gap gap{key, std::nullopt, "", {}};
    bool missing = false;
    for (const Column& column : comparison_.columns) {
      const bool here = sources_[column.source].documents.contains(key);
      gap.states.emplace_back(here ? "" : "missing");
      missing = missing || !here;
    }
    if (missing) comparison_.gaps.push_back(std::move(gap));
  }
}

bool Comparer::AddCase(const MatchedCase& matched) {
  Gap gap{matched.scenario, matched.parameters, "", {}};
  std::size_t measured = 0;
  bool whole_files = true;
  for (std::size_t c = 0; c < matched.cases.size(); ++c) {
    const json* a_case = matched.cases[c];
    std::string state = "missing";
    if (a_case != nullptr) {
      const auto status = a_case->at("status").get<std::string>();
      const bool usable = status != "unsupported" && status != "error";
      const bool empty = usable && a_case->at("trials") == 0;
      state = !usable ? status : empty ? "no trials" : "";
    } else {
      const auto& documents = sources_[comparison_.columns[c].source].documents;
      whole_files = whole_files && !documents.contains(matched.scenario);
    }
    measured += state.empty() ? 1 : 0;
    gap.states.push_back(state);
  }
  const bool all_missing_are_files =
      std::all_of(gap.states.begin(), gap.states.end(),
                  [](const std::string& state) { return state.empty() || state == "missing"; });
  // A file that is missing is one gap, not one for each of its cases.
  const bool told = whole_files && all_missing_are_files;
  if (measured < matched.cases.size() && !told) comparison_.gaps.push_back(gap);
  if (measured < 2) return false;

  std::map<std::string, std::vector<const json*>> by_name;
  for (std::size_t c = 0; c < matched.cases.size(); ++c) {
    if (!gap.states[c].empty()) continue;
    for (const auto& [name, observation] : matched.cases[c]->at("observations").items()) {
      auto& of_name = by_name[name];
      of_name.resize(matched.cases.size(), nullptr);
      of_name[c] = &observation;
    }
  }
  std::vector<std::string> order;
  for (const ObservationKind& kind : ObservationKinds()) order.emplace_back(kind.name);
  for (const auto& [name, observations] : by_name) {
    if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
  }
  for (const std::string& name : order) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) AddObservation(matched, name, found->second, gap.states);
  }
  return true;
}

const json& FirstOf(const std::vector<const json*>& observations) {
  for (const json* observation : observations) {
    if (observation != nullptr) return *observation;
  }
  static const json kNone;
  return kNone;
}

void Comparer::AddObservation(const MatchedCase& matched, const std::string& name,
                              const std::vector<const json*>& observations,
                              const std::vector<std::string>& states) {
  if (!IsWanted(name, FirstOf(observations).at("class").get<std::string>())) return;
  Gap gap{matched.scenario, matched.parameters, name, {}};
  std::size_t present = 0;
  bool missing = false;
  for (std::size_t c = 0; c < observations.size(); ++c) {
    const bool absent = observations[c] == nullptr && states[c].empty();
    gap.states.emplace_back(absent ? "missing" : "");
    missing = missing || absent;
    present += observations[c] != nullptr ? 1 : 0;
  }
  if (missing) comparison_.gaps.push_back(std::move(gap));
  if (present < 2) return;
  if (name != kStepsName) {
    AddFact(matched, name, "", observations);
    return;
  }
  std::set<std::string> labels;
  for (const json* observation : observations) {
    if (observation == nullptr) continue;
    for (const json& entry : observation->at("values")) {
      for (const auto& item : entry.at("value").items()) labels.insert(item.key());
    }
  }
  for (const std::string& label : labels) AddFact(matched, name, label, observations);
}

void Comparer::AddFact(const MatchedCase& matched, const std::string& name,
                       const std::string& label, const std::vector<const json*>& observations) {
  Samples samples = SamplesOf(observations, label);
  Fact fact;
  fact.scenario = matched.scenario;
  fact.parameters = matched.parameters;
  fact.observation = label.empty() ? name : name + "." + label;
  fact.observation_class = FirstOf(observations).at("class").get<std::string>();
  fact.values = std::move(samples.values);
  for (std::size_t c = 0; c < observations.size(); ++c) {
    const bool here = observations[c] != nullptr;
    fact.cells.push_back(here ? CellOf(samples.by_column[c], fact.values.size()) : Cell{});
  }
  for (std::size_t a = 0; a < observations.size(); ++a) {
    for (std::size_t b = a + 1; b < observations.size(); ++b) {
      if (!fact.cells[a].measured || !fact.cells[b].measured || !IsPair(a, b)) continue;
      PairVerdict& pair = fact.pairs.emplace_back();
      pair.first = a;
      pair.second = b;
    }
  }
  if (fact.pairs.empty()) return;
  comparison_.facts.push_back(std::move(fact));
  samples_.push_back(std::move(samples.by_column));
}

void Comparer::AssessAll(std::uint64_t most_permutations, bool only_few) {
  for (std::size_t f = 0; f < comparison_.facts.size(); ++f) {
    Fact& fact = comparison_.facts[f];
    for (PairVerdict& pair : fact.pairs) {
      if (only_few && (!pair.assessment.few_permutations || pair.certain)) continue;
      pair.assessment = Assess({fact.observation_class, fact.values, kSeed},
                               samples_[f][pair.first], samples_[f][pair.second],
                               IsJudged(fact, pair.first, pair.second) ? most_permutations : 0);
    }
  }
}

void Comparer::SetQ() {
  hypotheses_.clear();
  std::vector<PValue> tests;
  for (std::size_t f = 0; f < comparison_.facts.size(); ++f) {
    const Fact& fact = comparison_.facts[f];
    for (std::size_t p = 0; p < fact.pairs.size(); ++p) {
      const PairVerdict& pair = fact.pairs[p];
      if (!pair.assessment.tested || !IsJudged(fact, pair.first, pair.second)) continue;
      hypotheses_.push_back({f, p});
      tests.push_back(pair.assessment.test);
    }
  }
  const std::vector<double> q = BenjaminiHochberg(tests);
  for (std::size_t i = 0; i < q.size(); ++i) {
    Fact& fact = comparison_.facts[hypotheses_[i].fact];
    PairVerdict& pair = fact.pairs[hypotheses_[i].pair];
    pair.q = q[i];
    pair.certain = q[i] < LevelOf(fact, IsOneRun(pair));
  }
  comparison_.hypotheses = tests.size();
}

// `busy`: the two are of different runs, and the machine was busy in one of them.
DiffVerdict VerdictOf(const Fact& fact, PairVerdict& pair, std::uint64_t trials, bool busy) {
  const Assessment& assessment = pair.assessment;
  if (trials < kFewestTrials) return DiffVerdict::kInconclusive;
  if (assessment.unanimous) {
    return assessment.tested ? DiffVerdict::kDifferent : DiffVerdict::kSame;
  }
  if (assessment.effect.bound < kSmallestEffect) return DiffVerdict::kSame;
  if (!pair.certain) return DiffVerdict::kInconclusive;
  const bool may_be_load = IsShapedByLoad(fact) || assessment.effect.least < kLeastEffectWhenBusy;
  pair.busy = busy && may_be_load;
  return pair.busy ? DiffVerdict::kInconclusive : DiffVerdict::kDifferent;
}

void Comparer::Decide() {
  const auto hypotheses = static_cast<double>(std::max<std::size_t>(1, comparison_.hypotheses));
  for (std::size_t f = 0; f < comparison_.facts.size(); ++f) {
    Fact& fact = comparison_.facts[f];
    for (PairVerdict& pair : fact.pairs) {
      const Sample& a = samples_[f][pair.first];
      const Sample& b = samples_[f][pair.second];
      const std::uint64_t trials = std::min(a.size(), b.size());
      if (AreCopies(fact.scenario, pair.first, pair.second)) {
        const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
        const bool same = in_a == a.end() && in_b == b.end();
        pair.copies = true;
        pair.certain = !same;
        pair.verdict = same ? DiffVerdict::kSame : DiffVerdict::kDifferent;
        if (!same) pair.trial = static_cast<std::size_t>(in_a - a.begin());
        continue;
      }
      if (!IsJudged(fact, pair.first, pair.second)) {
        pair.verdict = DiffVerdict::kReported;
        continue;
      }
      pair.verdict = VerdictOf(fact, pair, trials, WasBusy(fact.scenario, pair.first, pair.second));
      if (pair.verdict == DiffVerdict::kInconclusive && !pair.busy) {
        pair.more_trials = MoreTrials(pair, trials, LevelOf(fact, IsOneRun(pair)) / hypotheses);
      }
    }
  }
}

bool Comparer::Run() {
  if (!options_.across) AddGapsOfFiles();
  bool any = false;
  for (const MatchedCase& matched : internal::MatchCases(sources_, comparison_.columns, options_)) {
    any = AddCase(matched) || any;
  }
  // First few permutations for all, then many where more of them could change the verdict.
  constexpr std::uint64_t kFirst = 2'000;
  constexpr std::uint64_t kMost = 100'000;
  AssessAll(kFirst, false);
  SetQ();
  AssessAll(kMost, true);
  SetQ();
  Decide();
  return any;
}

}  // namespace

std::string_view DiffVerdictName(DiffVerdict verdict) {
  switch (verdict) {
    case DiffVerdict::kSame:
      return "same";
    case DiffVerdict::kReported:
      return "reported";
    case DiffVerdict::kInconclusive:
      return "inconclusive";
    case DiffVerdict::kDifferent:
      return "different";
  }
  return "";
}

DiffVerdict Fact::verdict() const {
  DiffVerdict worst = DiffVerdict::kSame;
  for (const PairVerdict& pair : pairs) worst = std::max(worst, pair.verdict);
  return worst;
}

const PairVerdict& Fact::most() const {
  return *std::max_element(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    if (a.verdict != b.verdict) return a.verdict < b.verdict;
    return a.assessment.effect.size < b.assessment.effect.size;
  });
}

std::size_t Comparison::Count(DiffVerdict verdict) const {
  return static_cast<std::size_t>(std::count_if(
      facts.begin(), facts.end(), [&](const Fact& fact) { return fact.verdict() == verdict; }));
}

Result<Comparison> Compare(const std::vector<ResultSource>& sources,
                           const CompareOptions& options) {
  Comparison comparison;
  Result<std::vector<Column>> columns = internal::ColumnsOf(sources, options);
  if (!columns) return Forward(columns);
  comparison.columns = std::move(*columns);
  comparison.settings = internal::DifferentSettings(sources, comparison.columns);
  comparison.notes = internal::NotesOn(sources, comparison.columns);
  Comparer(sources, options, comparison).Run();
  return comparison;
}

}  // namespace tcplab
