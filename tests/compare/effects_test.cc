#include "core/compare/effects.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/compare/permutation.h"

namespace tcplab {
namespace {

using Counts = std::vector<std::uint64_t>;

TEST(OutcomeEffect, IsTheTotalVariationDistance) {
  EXPECT_DOUBLE_EQ(OutcomeEffect(Counts{20, 0}, Counts{0, 20}).size, 1);
  EXPECT_DOUBLE_EQ(OutcomeEffect(Counts{10, 90}, Counts{30, 70}).size, 0.2);
  // 0.5 (|0.5 - 0.25| + |0.3 - 0.25| + |0.2 - 0.5|)
  EXPECT_NEAR(OutcomeEffect(Counts{5, 3, 2}, Counts{5, 5, 10}).size, 0.3, 1e-12);
}

TEST(OutcomeEffect, OfEqualTrialsIsBoundByWhatTheyCanHaveMissed) {
  EXPECT_NEAR(OutcomeEffect(Counts{20, 0}, Counts{20, 0}).bound, UnseenShareBound(20), 1e-9);
  EXPECT_NEAR(OutcomeEffect(Counts{20, 0}, Counts{100, 0}).bound, UnseenShareBound(20), 1e-9);
  EXPECT_GT(OutcomeEffect(Counts{20, 0}, Counts{19, 1}).bound, 0.2);
}

TEST(OutcomeEffect, IsTheSameEitherWayRound) {
  const Effect one = OutcomeEffect(Counts{5, 3, 2}, Counts{5, 5, 10});
  const Effect other = OutcomeEffect(Counts{5, 5, 10}, Counts{5, 3, 2});
  EXPECT_DOUBLE_EQ(one.size, other.size);
  EXPECT_NEAR(one.bound, other.bound, 1e-9);
}

// Simulated: how often the bounds miss the truth, which may happen in 5% of samples.
struct Misses {
  int above = 0;
  int below = 0;
};

Counts Draw(Random& random, const std::vector<double>& shares, int trials) {
  Counts counts(shares.size(), 0);
  for (int i = 0; i < trials; ++i) {
    double rest = static_cast<double>(random.Next() >> 11U) * 0x1.0p-53;
    std::size_t outcome = 0;
    while (outcome + 1 < shares.size() && rest >= shares[outcome]) rest -= shares[outcome++];
    ++counts[outcome];
  }
  return counts;
}

Misses MissesOf(const std::vector<double>& a, const std::vector<double>& b, int trials,
                int samples) {
  double truth = 0;
  for (std::size_t i = 0; i < a.size(); ++i) truth += std::abs(a[i] - b[i]) / 2;
  Random random(99);
  Misses misses;
  for (int i = 0; i < samples; ++i) {
    const Effect effect = OutcomeEffect(Draw(random, a, trials), Draw(random, b, trials));
    misses.above += truth > effect.bound ? 1 : 0;
    misses.below += truth < effect.least ? 1 : 0;
  }
  return misses;
}

TEST(OutcomeEffect, ItsBoundIsTooLowInAtMostFivePercentOfSamples) {
  constexpr int kSamples = 2000;
  constexpr int kMost = kSamples * 5 / 100 + 30;  // three standard deviations
  const std::vector<double> few = {0.9, 0.1};
  const std::vector<double> more = {0.7, 0.3};
  const std::vector<double> several = {0.4, 0.3, 0.2, 0.1};
  const std::vector<double> others = {0.2, 0.3, 0.2, 0.3};
  for (const int trials : {20, 100}) {
    EXPECT_LE(MissesOf(few, more, trials, kSamples).above, kMost) << trials;
    EXPECT_LE(MissesOf(several, others, trials, kSamples).above, kMost) << trials;
    EXPECT_LE(MissesOf(several, several, trials, kSamples).above, kMost) << trials;
    EXPECT_LE(MissesOf({0.86, 0.14}, {1, 0}, trials, kSamples).above, kMost) << trials;
    EXPECT_LE(MissesOf(few, more, trials, kSamples).below, kMost) << trials;
  }
}

std::vector<Histogram> TwoBins(const std::vector<double>& first_shares) {
  std::vector<Histogram> histograms;
  for (const double share : first_shares) {
    Histogram& histogram = histograms.emplace_back();
    if (share > 0) histogram.push_back({0, share});
    if (share < 1) histogram.push_back({1, 1 - share});
  }
  return histograms;
}

TEST(HistogramEffect, ComparesAveragesOfTrialsAndNotSumsOfRecvs) {
  // Values 0 and 1: all in bin 0, half and half.
  const std::vector<Histogram> histograms = TwoBins({1, 0.5});
  EXPECT_NEAR(HistogramEffect(histograms, Counts{10, 10}, Counts{20, 0}).size, 0.25, 1e-12);
  EXPECT_NEAR(HistogramEffect(histograms, Counts{20, 0}, Counts{0, 20}).size, 0.5, 1e-12);
}

TEST(HistogramEffect, EqualTrialsAreBoundByWhatTheyCanHaveMissed) {
  const Effect effect = HistogramEffect(TwoBins({0.25}), Counts{30}, Counts{30});
  EXPECT_DOUBLE_EQ(effect.size, 0);
  EXPECT_NEAR(effect.bound, UnseenShareBound(30), 1e-9);
}

TEST(HistogramEffect, ItsBoundIsTooLowInAtMostFivePercentOfSamples) {
  // A trial's share of bin 0 is anything from 0 to 1 in one sample, and to 0.6 in the other: 0.5
  // and 0.3.
  Random random(5);
  constexpr int kSamples = 1000;
  constexpr int kTrials = 30;
  int misses = 0;
  for (int i = 0; i < kSamples; ++i) {
    std::vector<double> shares;
    Counts a(2 * kTrials, 0);
    Counts b(2 * kTrials, 0);
    for (int t = 0; t < 2 * kTrials; ++t) {
      const double uniform = static_cast<double>(random.Next() >> 11U) * 0x1.0p-53;
      shares.push_back(t < kTrials ? uniform : 0.6 * uniform);
      (t < kTrials ? a : b)[static_cast<std::size_t>(t)] = 1;
    }
    misses += HistogramEffect(TwoBins(shares), a, b).bound < 0.2 ? 1 : 0;
  }
  EXPECT_LE(misses, kSamples * 5 / 100 + 21);
}

TEST(NumberEffect, IsCliffsDeltaWithoutItsSign) {
  const std::vector<double> low = {1, 2, 3, 4, 5};
  const std::vector<double> high = {6, 7, 8, 9, 10};
  EXPECT_DOUBLE_EQ(NumberEffect(low, high).size, 1);
  EXPECT_DOUBLE_EQ(NumberEffect(high, low).size, 1);
  EXPECT_LE(NumberEffect(low, high).bound, 1);
}

}  // namespace
}  // namespace tcplab
