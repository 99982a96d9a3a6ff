#include "core/compare/effects.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/check.h"

namespace tcplab {
namespace {

std::uint64_t Total(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// Places in the order of falling differences, so that every set that matters is a beginning.
std::vector<std::size_t> ByDifference(std::span<const double> differences) {
  std::vector<std::size_t> order(differences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return differences[a] > differences[b]; });
  return order;
}

// What a difference of two shares may be at the most, in absolute value, and at the least.
struct Range {
  double most = 0;
  double least = 0;
};

Range HybridRange(std::uint64_t a, std::uint64_t of_a, std::uint64_t b, std::uint64_t of_b) {
  const double share_a = static_cast<double>(a) / static_cast<double>(of_a);
  const double share_b = static_cast<double>(b) / static_cast<double>(of_b);
  const Bounds bounds_a = ShareBounds(a, of_a);
  const Bounds bounds_b = ShareBounds(b, of_b);
  const double difference = share_a - share_b;
  const double up = std::hypot(bounds_a.high - share_a, share_b - bounds_b.low);
  const double down = std::hypot(share_a - bounds_a.low, bounds_b.high - share_b);
  return {std::max(difference + up, down - difference),
          std::max({0.0, difference - down, -difference - up})};
}

// A set's share in each trial: its mean and the variance of that mean.
struct Moments {
  double sum = 0;
  double squares = 0;

  [[nodiscard]] double Mean(double trials) const { return sum / trials; }
  [[nodiscard]] double VarianceOfMean(double trials) const {
    const double mean = Mean(trials);
    const double variance = (squares - trials * mean * mean) / (trials - 1);
    return std::max(0.0, variance) / trials;
  }
};

// Student's t for so few trials (Abramowitz and Stegun 26.7.5, first term).
double TQuantile(double degrees) {
  const double z = NormalQuantileOfTail(1 - kConfidence);
  return z + (z * z * z + z) / (4 * degrees);
}

// Which histograms have a bin.
struct Use {
  std::size_t histogram = 0;
  double share = 0;
};

std::vector<std::vector<Use>> UsesOfBins(std::span<const Histogram> histograms) {
  std::vector<std::vector<Use>> uses;
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    for (const Bin& bin : histograms[i]) {
      if (bin.bin >= uses.size()) uses.resize(bin.bin + 1);
      uses[bin.bin].push_back({i, bin.share});
    }
  }
  return uses;
}

// Grows a set of bins, and knows its share in both samples.
class GrowingSet {
 public:
  GrowingSet(std::size_t histograms, std::span<const std::uint64_t> a,
             std::span<const std::uint64_t> b)
      : shares_(histograms, 0), a_(a), b_(b) {}

  void Add(std::span<const Use> uses) {
    for (const Use& use : uses) {
      const double before = shares_[use.histogram];
      const double after = before + use.share;
      shares_[use.histogram] = after;
      AddTo(of_a_, static_cast<double>(a_[use.histogram]), before, after);
      AddTo(of_b_, static_cast<double>(b_[use.histogram]), before, after);
    }
  }

  [[nodiscard]] Range RangeOfDifference(double trials_a, double trials_b, double t) const {
    const double difference = std::abs(of_a_.Mean(trials_a) - of_b_.Mean(trials_b));
    const double half =
        t * std::sqrt(of_a_.VarianceOfMean(trials_a) + of_b_.VarianceOfMean(trials_b));
    return {difference + half, std::max(0.0, difference - half)};
  }

 private:
  static void AddTo(Moments& moments, double trials, double before, double after) {
    moments.sum += trials * (after - before);
    moments.squares += trials * (after * after - before * before);
  }

  std::vector<double> shares_;
  std::span<const std::uint64_t> a_;
  std::span<const std::uint64_t> b_;
  Moments of_a_;
  Moments of_b_;
};

}  // namespace

Effect OutcomeEffect(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  TCPLAB_CHECK(a.size() == b.size());
  const std::uint64_t of_a = Total(a);
  const std::uint64_t of_b = Total(b);
  if (of_a == 0 || of_b == 0) return {};
  std::vector<double> differences;
  double distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differences.push_back(static_cast<double>(a[i]) / static_cast<double>(of_a) -
                          static_cast<double>(b[i]) / static_cast<double>(of_b));
    distance += std::abs(differences.back()) / 2;
  }
  double bound = UnseenShareBound(std::min(of_a, of_b));
  double least = 0;
  std::uint64_t in_a = 0;
  std::uint64_t in_b = 0;
  for (const std::size_t place : ByDifference(differences)) {
    in_a += a[place];
    in_b += b[place];
    const Range range = HybridRange(in_a, of_a, in_b, of_b);
    bound = std::max(bound, range.most);
    // Of the set that differs most, which is where the differences change their sign.
    if (differences[place] > 0) least = range.least;
  }
  return {distance, std::min(1.0, bound), least};
}

Effect HistogramEffect(std::span<const Histogram> histograms, std::span<const std::uint64_t> a,
                       std::span<const std::uint64_t> b) {
  TCPLAB_CHECK(a.size() == histograms.size() && b.size() == histograms.size());
  const auto of_a = static_cast<double>(Total(a));
  const auto of_b = static_cast<double>(Total(b));
  if (of_a < 2 || of_b < 2) return {};
  const std::vector<std::vector<Use>> uses = UsesOfBins(histograms);
  std::vector<double> differences;
  double distance = 0;
  for (const std::vector<Use>& of_bin : uses) {
    double difference = 0;
    for (const Use& use : of_bin) {
      difference += use.share * (static_cast<double>(a[use.histogram]) / of_a -
                                 static_cast<double>(b[use.histogram]) / of_b);
    }
    differences.push_back(difference);
    distance += std::abs(difference) / 2;
  }
  const double t = TQuantile(std::min(of_a, of_b) - 1);
  double bound = UnseenShareBound(std::min(Total(a), Total(b)));
  double least = 0;
  GrowingSet set(histograms.size(), a, b);
  for (const std::size_t bin : ByDifference(differences)) {
    set.Add(uses[bin]);
    const Range range = set.RangeOfDifference(of_a, of_b, t);
    bound = std::max(bound, range.most);
    if (differences[bin] > 0) least = range.least;
  }
  return {distance, std::min(1.0, bound), least};
}

Effect NumberEffect(std::span<const double> a, std::span<const double> b) {
  const double unseen = UnseenShareBound(std::min(a.size(), b.size()));
  const double size = std::abs(CliffsDelta(a, b));
  const double bound = CliffsDeltaBound(a, b);
  return {size, std::min(1.0, std::max(unseen, bound)), std::max(0.0, 2 * size - bound)};
}

}  // namespace tcplab
