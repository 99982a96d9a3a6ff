#include "core/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/check.h"
#include "core/compare/permutation.h"

namespace tcplab {
namespace {

// Probabilities that are equal on paper differ by rounding.
constexpr double kRounding = 1e-7;

double LogChoose(std::uint64_t n, std::uint64_t k) {
  const auto log_factorial = [](std::uint64_t x) {
    return std::lgamma(static_cast<double>(x) + 1);
  };
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

// Probabilities of outcomes, each with how extreme it is (larger: more), into a p value.
// `observed`: how extreme what was seen is.
struct Possibility {
  double extremity = 0;
  double probability = 0;
};

PValue PValueOf(std::vector<Possibility> outcomes, double observed, double tolerance) {
  std::sort(outcomes.begin(), outcomes.end(),
            [](const Possibility& a, const Possibility& b) { return a.extremity > b.extremity; });
  PValue result;
  double sum = 0;
  for (std::size_t i = 0; i < outcomes.size();) {
    const double extremity = outcomes[i].extremity;
    for (; i < outcomes.size() && outcomes[i].extremity >= extremity - tolerance; ++i) {
      sum += outcomes[i].probability;
    }
    result.attainable.push_back(std::min(1.0, sum));
    if (extremity >= observed - tolerance) result.p = result.attainable.back();
  }
  return result;
}

// All tables with the margins of two rows of counts.
class TablesOfTwoRows {
 public:
  TablesOfTwoRows(std::vector<std::uint64_t> columns, std::uint64_t first_row)
      : columns_(std::move(columns)), first_row_(first_row) {
    const std::uint64_t total = std::accumulate(columns_.begin(), columns_.end(), std::uint64_t{0});
    log_all_ = LogChoose(total, first_row);
    left_.assign(columns_.size() + 1, 0);
    for (std::size_t i = columns_.size(); i-- > 0;) left_[i] = left_[i + 1] + columns_[i];
    for (const std::uint64_t column : columns_) {
      std::vector<double>& logs = log_choose_.emplace_back();
      for (std::uint64_t x = 0; x <= std::min(column, first_row); ++x) {
        logs.push_back(LogChoose(column, x));
      }
    }
  }

  // How many there are, or more than `limit`: a convolution of the columns, by prefix sums.
  [[nodiscard]] double Count() const {
    std::vector<double> ways(first_row_ + 1, 0);
    ways[0] = 1;
    for (const std::uint64_t column : columns_) {
      std::vector<double> sums(first_row_ + 2, 0);
      for (std::size_t i = 0; i <= first_row_; ++i) sums[i + 1] = sums[i] + ways[i];
      for (std::size_t i = 0; i <= first_row_; ++i) {
        ways[i] = sums[i + 1] - sums[i > column ? i - column : 0];
      }
    }
    return ways[first_row_];
  }

  // Log probabilities of all of them.
  [[nodiscard]] std::vector<double> LogProbabilities() {
    logs_.clear();
    Visit(0, first_row_, -log_all_);
    return std::move(logs_);
  }

  [[nodiscard]] double LogProbabilityOf(std::span<const std::uint64_t> row) const {
    double log = -log_all_;
    for (std::size_t i = 0; i < row.size(); ++i) log += log_choose_[i][row[i]];
    return log;
  }

 private:
  // As deep as there are columns: at most as many as a table that can be enumerated has.
  void Visit(std::size_t column, std::uint64_t rest, double log) {
    if (column == columns_.size()) {
      logs_.push_back(log);
      return;
    }
    const std::uint64_t low = rest > left_[column + 1] ? rest - left_[column + 1] : 0;
    for (std::uint64_t x = low; x <= std::min(columns_[column], rest); ++x) {
      Visit(column + 1, rest - x, log + log_choose_[column][x]);
    }
  }

  std::vector<std::uint64_t> columns_;
  std::uint64_t first_row_;
  double log_all_ = 0;
  std::vector<std::uint64_t> left_;  // in this column and all later ones
  std::vector<std::vector<double>> log_choose_;
  std::vector<double> logs_;
};

}  // namespace

double PValue::ChanceOfAtMost(double level) const {
  if (attainable.empty()) return std::min(1.0, level);
  const auto above =
      std::upper_bound(attainable.begin(), attainable.end(), level * (1 + kRounding));
  return above == attainable.begin() ? 0 : *std::prev(above);
}

std::optional<PValue> FisherTest(std::span<const std::uint64_t> a,
                                 std::span<const std::uint64_t> b) {
  constexpr double kMostTables = 100'000;
  TCPLAB_CHECK(a.size() == b.size());
  std::vector<std::uint64_t> columns;
  std::vector<std::uint64_t> row;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] + b[i] == 0) continue;
    columns.push_back(a[i] + b[i]);
    row.push_back(a[i]);
  }
  const std::uint64_t first_row = std::accumulate(row.begin(), row.end(), std::uint64_t{0});
  TablesOfTwoRows tables(std::move(columns), first_row);
  if (tables.Count() > kMostTables) return std::nullopt;
  std::vector<Possibility> outcomes;
  for (const double log : tables.LogProbabilities()) outcomes.push_back({-log, std::exp(log)});
  return PValueOf(std::move(outcomes), -tables.LogProbabilityOf(row), kRounding);
}

namespace {

// Twice the mean rank of each number, so that ties stay whole numbers.
std::vector<std::uint64_t> DoubledRanks(std::span<const double> a, std::span<const double> b) {
  std::vector<double> sorted(a.begin(), a.end());
  sorted.insert(sorted.end(), b.begin(), b.end());
  const std::vector<double> numbers = sorted;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint64_t> ranks;
  ranks.reserve(numbers.size());
  for (const double number : numbers) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), number);
    ranks.push_back(static_cast<std::uint64_t>((low - sorted.begin()) + (high - sorted.begin())) +
                    1);
  }
  return ranks;
}

// The distribution of the sum of `chosen` of the ranks, every choice equally probable.
PValue ExactRankSum(std::span<const std::uint64_t> ranks, std::size_t chosen, double mean,
                    double observed) {
  std::vector<std::uint64_t> sorted(ranks.begin(), ranks.end());
  std::sort(sorted.begin(), sorted.end());
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < chosen; ++i) largest += sorted[sorted.size() - 1 - i];
  // ways[k][s]: choices of k ranks with the sum s.
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(largest + 1, 0));
  ways[0][0] = 1;
  std::size_t taken = 0;
  for (const std::uint64_t rank : sorted) {
    ++taken;
    for (std::size_t k = std::min(taken, chosen); k >= 1; --k) {
      for (std::uint64_t sum = largest; sum >= rank; --sum) ways[k][sum] += ways[k - 1][sum - rank];
    }
  }
  const double all = std::accumulate(ways[chosen].begin(), ways[chosen].end(), 0.0);
  std::vector<Possibility> outcomes;
  for (std::uint64_t sum = 0; sum <= largest; ++sum) {
    if (ways[chosen][sum] == 0) continue;
    outcomes.push_back({std::abs(static_cast<double>(sum) - mean), ways[chosen][sum] / all});
  }
  return PValueOf(std::move(outcomes), observed, 1e-6);
}

// Variance of the doubled rank sum, ties allowed for.
double RankSumVariance(std::span<const std::uint64_t> ranks, std::size_t chosen) {
  const auto total = static_cast<double>(ranks.size());
  const double mean = total + 1;  // of doubled ranks
  double squares = 0;
  for (const std::uint64_t rank : ranks) {
    squares += (static_cast<double>(rank) - mean) * (static_cast<double>(rank) - mean);
  }
  const auto n = static_cast<double>(chosen);
  return n * (total - n) / (total * (total - 1)) * squares;
}

}  // namespace

PValue MannWhitneyTest(std::span<const double> a, std::span<const double> b, std::uint64_t seed) {
  constexpr double kMostSteps = 3e7;
  constexpr std::size_t kFewestForNormal = 20;
  const std::size_t total = a.size() + b.size();
  if (a.empty() || b.empty()) return {};
  std::vector<std::uint64_t> ranks = DoubledRanks(a, b);
  if (b.size() < a.size())
    std::rotate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(a.size()), ranks.end());
  const std::size_t chosen = std::min(a.size(), b.size());
  const double mean = static_cast<double>(chosen) * (static_cast<double>(total) + 1);
  double sum = 0;
  for (std::size_t i = 0; i < chosen; ++i) sum += static_cast<double>(ranks[i]);
  const double observed = std::abs(sum - mean);

  const auto n = static_cast<double>(chosen);
  const auto all = static_cast<double>(total);
  if (2 * n * n * all * all <= kMostSteps && all < 1000) {
    return ExactRankSum(ranks, chosen, mean, observed);
  }
  PValue result;
  if (chosen >= kFewestForNormal) {
    const double variance = RankSumVariance(ranks, chosen);
    if (variance <= 0) return result;
    // Sums of doubled ranks are 2 apart.
    result.p = std::min(1.0, 2 * NormalTail(std::max(0.0, observed - 1) / std::sqrt(variance)));
    return result;
  }
  constexpr std::uint64_t kPermutations = 20'000;
  result.p = PermutationTest(total, chosen, observed,
                             [&](std::span<const std::uint32_t> places) {
                               double of_these = 0;
                               for (const std::uint32_t place : places)
                                 of_these += static_cast<double>(ranks[place]);
                               return std::abs(of_these - mean);
                             },
                             {kPermutations, seed})
                 .p;
  return result;
}

namespace {

// How many numbers of a sorted list are below and above this one.
struct Neighbours {
  double below = 0;
  double above = 0;
};

Neighbours NeighboursOf(double number, std::span<const double> sorted) {
  const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), number);
  return {static_cast<double>(low - sorted.begin()), static_cast<double>(sorted.end() - high)};
}

// For each number of `from`: how much more often `of` is above it than below, -1 to 1.
std::vector<double> Dominances(std::span<const double> from, std::span<const double> of) {
  std::vector<double> sorted(of.begin(), of.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> dominances;
  for (const double number : from) {
    const Neighbours neighbours = NeighboursOf(number, sorted);
    dominances.push_back((neighbours.above - neighbours.below) / static_cast<double>(of.size()));
  }
  return dominances;
}

double MeanOf(std::span<const double> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double SquaresAround(std::span<const double> numbers, double mean) {
  double sum = 0;
  for (const double number : numbers) sum += (number - mean) * (number - mean);
  return sum;
}

}  // namespace

double CliffsDelta(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 0;
  return MeanOf(Dominances(a, b));
}

double CliffsDeltaBound(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2 || b.size() < 2) return 1;
  const std::vector<double> of_a = Dominances(a, b);
  const std::vector<double> of_b = Dominances(b, a);
  const double delta = MeanOf(of_a);
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  // Cliff's unbiased estimate may fall below what the marginal variances alone give; theirs is the
  // safe one.
  const double variance =
      SquaresAround(of_a, delta) / (n * (n - 1)) + SquaresAround(of_b, -delta) / (m * (m - 1));
  const double z = NormalQuantileOfTail(1 - kConfidence);
  return std::abs(delta) + z * std::sqrt(variance);
}

std::vector<double> BenjaminiHochberg(std::span<const PValue> tests) {
  std::vector<std::size_t> order(tests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return tests[a].p < tests[b].p; });
  std::vector<double> q(tests.size(), 1);
  double least = 1;
  for (std::size_t rank = order.size(); rank >= 1; --rank) {
    const double p = tests[order[rank - 1]].p;
    double expected = 0;  // how many of all tests chance alone would give such a p
    for (const PValue& test : tests) expected += test.ChanceOfAtMost(p);
    least = std::min(least, expected / static_cast<double>(rank));
    q[order[rank - 1]] = least;
  }
  return q;
}

double UnseenShareBound(std::uint64_t trials) {
  if (trials == 0) return 1;
  return 1 - std::pow(1 - kConfidence, 1 / static_cast<double>(trials));
}

namespace {

// The continued fraction of the incomplete beta function, by Lentz's method (Numerical Recipes 6.4
// tells the two; DLMF 8.17.22 has the fraction).
double BetaFraction(double a, double b, double x) {
  constexpr int kMostTerms = 500;
  constexpr double kTiny = 1e-300;
  const auto safe = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / safe(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    fraction *= d * c;
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < 1e-14) break;
  }
  return fraction;
}

// I_x(a, b). P(X >= k) of n trials with the share x is I_x(k, n - k + 1).
double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  const double front = std::exp(log_front);
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

// Where a function that grows from 0 to 1 reaches `target`.
template <typename Function>
double Reaches(double target, Function function) {
  constexpr int kSteps = 45;
  double low = 0;
  double high = 1;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    (function(middle) < target ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Bounds ShareBounds(std::uint64_t count, std::uint64_t trials) {
  TCPLAB_CHECK(count <= trials);
  const auto k = static_cast<double>(count);
  const auto n = static_cast<double>(trials);
  Bounds bounds;
  if (count > 0) {
    bounds.low =
        Reaches(1 - kConfidence, [&](double share) { return IncompleteBeta(k, n - k + 1, share); });
  }
  if (count < trials) {
    bounds.high =
        Reaches(kConfidence, [&](double share) { return IncompleteBeta(k + 1, n - k, share); });
  }
  return bounds;
}

double NormalTail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

double NormalQuantileOfTail(double tail) {
  if (tail <= 0) return std::numeric_limits<double>::infinity();
  double low = -40;
  double high = 40;
  constexpr int kSteps = 100;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    (NormalTail(middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace tcplab
