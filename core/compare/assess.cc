#include "core/compare/assess.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/compare/components.h"
#include "core/compare/permutation.h"

namespace tcplab {
namespace {

using nlohmann::json;
using Counts = std::vector<std::uint64_t>;

// Of one component.
struct Judged {
  Effect effect;
  PValue test;
  const char* method = "";
  bool few_permutations = false;
};

Counts CountsOf(const Sample& sample, std::size_t values) {
  Counts counts(values, 0);
  for (const std::uint32_t value : sample) ++counts[value];
  return counts;
}

// Averages of so many trials in a row, that the smaller side has this many of them: what a
// permutation costs is bounded, and what holds for a while (a busy machine) weighs once.
constexpr std::size_t kMostUnits = 100;

// Fewer, and more permutations may make p much smaller.
constexpr std::uint64_t kFewAsExtreme = 2;

// Shares of bins, side by side in one list, the smaller side first.
class Units {
 public:
  Units(const Histograms& parts, const Sample& a, const Sample& b)
      : bins_(parts.bins), sums_(parts.bins, 0), total_(parts.bins, 0) {
    const bool a_first = a.size() <= b.size();
    const Sample& small = a_first ? a : b;
    const Sample& large = a_first ? b : a;
    const std::size_t in_unit = (small.size() + kMostUnits - 1) / kMostUnits;
    chosen_ = Add(parts, small, in_unit);
    Add(parts, large, in_unit);
    for (const Histogram& unit : units_) {
      for (const Bin& bin : unit) total_[bin.bin] += bin.share;
    }
  }

  [[nodiscard]] std::size_t size() const { return units_.size(); }
  [[nodiscard]] std::size_t chosen() const { return chosen_; }

  // Total variation distance of the averages of these units and of the others.
  [[nodiscard]] double Distance(std::span<const std::uint32_t> places) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (const std::uint32_t place : places) {
      for (const Bin& bin : units_[place]) sums_[bin.bin] += bin.share;
    }
    const double of_these = 1 / static_cast<double>(places.size());
    const double of_others = 1 / static_cast<double>(units_.size() - places.size());
    double distance = 0;
    for (std::size_t i = 0; i < bins_; ++i) {
      distance += std::abs(sums_[i] * of_these - (total_[i] - sums_[i]) * of_others);
    }
    return distance / 2;
  }

 private:
  std::size_t Add(const Histograms& parts, const Sample& sample, std::size_t in_unit) {
    std::size_t added = 0;
    std::vector<double> shares(bins_, 0);
    for (std::size_t begin = 0; begin + in_unit <= sample.size(); begin += in_unit) {
      std::fill(shares.begin(), shares.end(), 0.0);
      for (std::size_t i = 0; i < in_unit; ++i) {
        for (const Bin& bin : parts.histogram[sample[begin + i]]) shares[bin.bin] += bin.share;
      }
      Histogram& unit = units_.emplace_back();
      for (std::uint32_t bin = 0; bin < bins_; ++bin) {
        if (shares[bin] > 0) unit.push_back({bin, shares[bin] / static_cast<double>(in_unit)});
      }
      ++added;
    }
    return added;
  }

  std::size_t bins_;
  std::size_t chosen_ = 0;
  std::vector<Histogram> units_;
  std::vector<double> sums_;
  std::vector<double> total_;
};

PermutationResult PermuteHistograms(const Histograms& parts, const Sample& a, const Sample& b,
                                    const PermutationOptions& options) {
  Units units(parts, a, b);
  std::vector<std::uint32_t> as_it_was(units.chosen());
  for (std::size_t i = 0; i < as_it_was.size(); ++i) as_it_was[i] = static_cast<std::uint32_t>(i);
  return PermutationTest(
      units.size(), units.chosen(), units.Distance(as_it_was),
      [&](std::span<const std::uint32_t> places) { return units.Distance(places); }, options);
}

class ComponentJudge {
 public:
  ComponentJudge(const Sample& a, const Sample& b, std::size_t values,
                 const PermutationOptions& options)
      : a_(a),
        b_(b),
        counts_a_(CountsOf(a, values)),
        counts_b_(CountsOf(b, values)),
        options_(options) {}

  Judged operator()(const Outcomes& parts) const {
    Counts of_a(parts.count, 0);
    Counts of_b(parts.count, 0);
    for (std::size_t i = 0; i < parts.outcome.size(); ++i) {
      of_a[parts.outcome[i]] += counts_a_[i];
      of_b[parts.outcome[i]] += counts_b_[i];
    }
    const Effect effect = OutcomeEffect(of_a, of_b);
    if (const std::optional<PValue> test = FisherTest(of_a, of_b)) {
      return {effect, *test, "Fisher's exact test", false};
    }
    Histograms shares;  // a trial's share of its outcome is 1
    shares.bins = parts.count;
    for (const std::uint32_t outcome : parts.outcome) shares.histogram.push_back({{outcome, 1}});
    Judged judged = Permuted(shares);
    judged.effect = effect;
    return judged;
  }

  Judged operator()(const Numbers& parts) const {
    std::vector<double> of_a;
    std::vector<double> of_b;
    for (const std::uint32_t value : a_) of_a.push_back(parts.number[value]);
    for (const std::uint32_t value : b_) of_b.push_back(parts.number[value]);
    if (options_.most == 0) return {NumberEffect(of_a, of_b), {}, "", false};
    return {NumberEffect(of_a, of_b), MannWhitneyTest(of_a, of_b, options_.seed),
            "Mann-Whitney test", false};
  }

  Judged operator()(const Histograms& parts) const {
    Judged judged = Permuted(parts);
    judged.effect = HistogramEffect(parts.histogram, counts_a_, counts_b_);
    return judged;
  }

 private:
  [[nodiscard]] Judged Permuted(const Histograms& parts) const {
    if (options_.most == 0) return {};
    const PermutationResult result = PermuteHistograms(parts, a_, b_, options_);
    Judged judged;
    judged.test.p = result.p;
    judged.method = "permutation test";
    judged.few_permutations = !result.exact && result.as_extreme <= kFewAsExtreme;
    return judged;
  }

  const Sample& a_;
  const Sample& b_;
  Counts counts_a_;
  Counts counts_b_;
  PermutationOptions options_;
};

// The smallest p of several tests is by chance as small as it is at most so often (Boole).
PValue SmallestOf(const std::vector<Judged>& all) {
  if (all.size() == 1) return all.front().test;
  double least = 1;
  for (const Judged& judged : all) least = std::min(least, judged.test.p);
  double chance = 0;
  for (const Judged& judged : all) chance += judged.test.ChanceOfAtMost(least);
  return {std::min(1.0, chance), {}};
}

bool IsUnanimous(const Sample& sample) {
  return !sample.empty() && std::all_of(sample.begin(), sample.end(), [&](std::uint32_t value) {
    return value == sample.front();
  });
}

// The same order whichever way round they are given.
bool StandsFirst(const Sample& a, const Sample& b) {
  return a.size() != b.size() ? a.size() < b.size() : a <= b;
}

}  // namespace

Assessment Assess(const Observed& observed, const Sample& a, const Sample& b,
                  std::uint64_t most_permutations) {
  if (!StandsFirst(a, b)) return Assess(observed, b, a, most_permutations);
  Assessment assessment;
  assessment.unanimous = IsUnanimous(a) && IsUnanimous(b);
  if (a.empty()) return assessment;
  if (assessment.unanimous && a.front() == b.front()) {
    assessment.effect = {0, UnseenShareBound(a.size()), 0};
    assessment.method = "the same in every trial";
    return assessment;
  }
  // Values that neither of the two showed must not change what is compared.
  std::vector<std::uint32_t> used(a);
  used.insert(used.end(), b.begin(), b.end());
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  std::vector<const json*> values;
  for (const std::uint32_t value : used) values.push_back(observed.values[value]);
  const auto renumbered = [&](const Sample& sample) {
    Sample numbers;
    for (const std::uint32_t value : sample) {
      const auto place = std::lower_bound(used.begin(), used.end(), value) - used.begin();
      numbers.push_back(static_cast<std::uint32_t>(place));
    }
    return numbers;
  };
  const Sample first = renumbered(a);
  const Sample second = renumbered(b);

  const std::vector<Component> components =
      ComponentsOf(observed.observation_class, values, a.size() + b.size());
  const ComponentJudge judge(first, second, values.size(), {most_permutations, observed.seed});
  std::vector<Judged> all;
  assessment.effect = {0, UnseenShareBound(a.size()), 0};
  std::size_t largest = 0;
  for (const Component& component : components) {
    all.push_back(std::visit(judge, component.parts));
    const Judged& judged = all.back();
    if (judged.effect.size > all[largest].effect.size) largest = all.size() - 1;
    assessment.effect.size = std::max(assessment.effect.size, judged.effect.size);
    assessment.effect.bound = std::max(assessment.effect.bound, judged.effect.bound);
    assessment.effect.least = std::max(assessment.effect.least, judged.effect.least);
    assessment.few_permutations = assessment.few_permutations || judged.few_permutations;
  }
  assessment.test = SmallestOf(all);
  assessment.tested = most_permutations > 0;
  assessment.where = components.size() > 1 ? components[largest].name : "";
  assessment.method = all[largest].method;
  if (assessment.unanimous) {
    assessment.effect = {1, 1, 1 - UnseenShareBound(a.size())};
    assessment.where.clear();
    assessment.method = "another value in every trial";
  }
  return assessment;
}

}  // namespace tcplab
