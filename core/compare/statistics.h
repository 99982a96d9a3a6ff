// Tests and confidence bounds, as pure functions of numbers. What each is right for, and which
// values it was checked against, stands in tests/compare/statistics_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tcplab {

// One-sided confidence of every bound.
inline constexpr double kConfidence = 0.95;

// Of a test: how often chance alone gives something at least as extreme.
struct PValue {
  double p = 1;
  // Every value that p could have taken, ascending: a test of few trials has few, and the smallest
  // may be far from 0. Empty: any value.
  std::vector<double> attainable;

  // The probability that chance alone gives a p of at most `level`: `level` itself where p may be
  // anything, else the largest attainable value that does not exceed it.
  [[nodiscard]] double ChanceOfAtMost(double level) const;
};

// Fisher's exact test of two rows of counts (Freeman and Halton 1951 for more than two columns):
// the probability, both margins given, of all tables that are no more probable than this one.
// Columns of zeros do not matter. Nothing when there are more tables than can be enumerated.
[[nodiscard]] std::optional<PValue> FisherTest(std::span<const std::uint64_t> a,
                                               std::span<const std::uint64_t> b);

// Cliff's delta: how much more often a number of `b` is above one of `a` than below; -1 to 1.
[[nodiscard]] double CliffsDelta(std::span<const double> a, std::span<const double> b);

// Its one-sided upper confidence bound in absolute value (Cliff 1996, consistent variance); it may
// be above 1, and the lower one is as far below delta.
[[nodiscard]] double CliffsDeltaBound(std::span<const double> a, std::span<const double> b);

// Mann and Whitney's test, two-sided, ties by their mean rank. Exact (all divisions of the numbers)
// as long as that can be computed, else the normal approximation with both corrections, or
// permutations where one side is too small for it.
[[nodiscard]] PValue MannWhitneyTest(std::span<const double> a, std::span<const double> b,
                                     std::uint64_t seed);

// Benjamini and Hochberg (1995), by what each test can attain (Heyse 2011): q values in the order
// given. With tests that may have any p these are the q values of 1995.
[[nodiscard]] std::vector<double> BenjaminiHochberg(std::span<const PValue> tests);

// Clopper and Pearson's bounds of a share of which `count` of `trials` were seen; each one-sided.
struct Bounds {
  double low = 0;
  double high = 1;
};
[[nodiscard]] Bounds ShareBounds(std::uint64_t count, std::uint64_t trials);

// The share of the trials that an outcome may have which none of `trials` showed: 1 - 0.05^(1/n).
[[nodiscard]] double UnseenShareBound(std::uint64_t trials);

// P(Z > z) of the standard normal distribution, and the z that has this tail.
[[nodiscard]] double NormalTail(double z);
[[nodiscard]] double NormalQuantileOfTail(double tail);

}  // namespace tcplab
