// Reference values: published ones where their source stands beside them; all others were derived
// with exact fractions (Python's `fractions` and `math.comb`, by listing every table or every
// division), never with the code under test. The bounds' shares come from bisecting the binomial
// sum in the same way.
#include "core/compare/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/compare/permutation.h"

namespace tcplab {
namespace {

using Counts = std::vector<std::uint64_t>;

double FisherP(const Counts& a, const Counts& b) {
  const auto test = FisherTest(a, b);
  EXPECT_TRUE(test);
  return test ? test->p : -1;
}

// Fisher, The Design of Experiments (1935), chapter 2: a lady tells how eight cups of tea were
// made. One-sided 17/70 and 1/70; two-sided both ends count.
TEST(FisherTest, AgreesWithTheLadyTastingTea) {
  EXPECT_NEAR(FisherP({3, 1}, {1, 3}), 34.0 / 70, 1e-12);
  EXPECT_NEAR(FisherP({4, 0}, {0, 4}), 2.0 / 70, 1e-12);
}

TEST(FisherTest, OfSeveralColumnsSumsAllTablesThatAreNoMoreProbable) {
  EXPECT_NEAR(FisherP({5, 1, 2}, {0, 4, 3}), 29.0 / 429, 1e-12);
  EXPECT_NEAR(FisherP({3, 0, 3}, {1, 5, 0}), 1.0 / 66, 1e-12);
  EXPECT_NEAR(FisherP({10, 90}, {30, 70}), 0.000650410707603421, 1e-12);
}

TEST(FisherTest, EmptyColumnsAndTheOrderOfRowsDoNotMatter) {
  EXPECT_NEAR(FisherP({5, 0, 1, 2}, {0, 0, 4, 3}), FisherP({0, 4, 3}, {5, 1, 2}), 1e-12);
  EXPECT_NEAR(FisherP({7}, {9}), 1, 1e-12);
}

TEST(FisherTest, TellsEveryPThatThisTableCouldHaveHad) {
  const auto test = FisherTest(Counts{3, 1}, Counts{1, 3});
  ASSERT_TRUE(test);
  ASSERT_EQ(test->attainable.size(), 3U);  // 2/70, 34/70, 1
  EXPECT_NEAR(test->ChanceOfAtMost(0.4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(test->ChanceOfAtMost(0.02), 0, 1e-12);
  EXPECT_NEAR(test->ChanceOfAtMost(1), 1, 1e-12);
}

TEST(FisherTest, LeavesTablesThatAreTooManyToOthers) {
  EXPECT_FALSE(FisherTest(Counts(30, 10), Counts(30, 10)));
}

TEST(MannWhitneyTest, CountsEveryDivisionAlsoWithTies) {
  EXPECT_NEAR(MannWhitneyTest(std::vector<double>{1, 2, 3}, std::vector<double>{4, 5, 6}, 1).p,
              1.0 / 10, 1e-12);
  const std::vector<double> a = {1, 2, 2, 5};
  const std::vector<double> b = {2, 6, 7, 7, 9};
  EXPECT_NEAR(MannWhitneyTest(a, b, 1).p, 1.0 / 21, 1e-12);
  EXPECT_NEAR(MannWhitneyTest(b, a, 1).p, 1.0 / 21, 1e-12);
  EXPECT_DOUBLE_EQ(MannWhitneyTest(std::vector<double>(6, 1), std::vector<double>(7, 1), 1).p, 1);
}

// Numbers of both kinds, where the exact distribution can still be had.
TEST(MannWhitneyTest, TheNormalApproximationIsNearTheExactOne) {
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < 40; ++i) {
    a.push_back(i * 7 % 23);
    b.push_back(i * 11 % 29);
  }
  const double exact = MannWhitneyTest(a, b, 1).p;
  std::vector<double> twice_a = a;
  std::vector<double> twice_b = b;
  // The same again makes z larger by the root of two, and is past what is enumerated.
  twice_a.insert(twice_a.end(), a.begin(), a.end());
  twice_b.insert(twice_b.end(), b.begin(), b.end());
  const double z = NormalQuantileOfTail(exact / 2);
  EXPECT_NEAR(MannWhitneyTest(twice_a, twice_b, 1).p, 2 * NormalTail(z * std::sqrt(2.0)),
              0.15 * exact);
}

TEST(CliffsDelta, CountsWhichOfTwoIsLarger) {
  const std::vector<double> a = {1, 2, 2, 5};
  const std::vector<double> b = {2, 6, 7, 7, 9};
  EXPECT_NEAR(CliffsDelta(a, b), 0.8, 1e-12);
  EXPECT_NEAR(CliffsDelta(b, a), -0.8, 1e-12);
  EXPECT_GT(CliffsDeltaBound(a, b), 0.8);
  EXPECT_DOUBLE_EQ(CliffsDelta(a, a), 0);
}

// Benjamini and Hochberg (1995), section 4: the p values of Neuhaus et al.; at 0.05 the first four
// are rejected, where Bonferroni's rule rejects three.
TEST(BenjaminiHochberg, AgreesWithThePaper) {
  const std::vector<double> p = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  std::vector<PValue> tests;
  for (auto it = p.rbegin(); it != p.rend(); ++it) tests.push_back({*it, {}});
  const std::vector<double> q = BenjaminiHochberg(tests);
  EXPECT_NEAR(q[14], 0.0015, 1e-12);
  EXPECT_NEAR(q[13], 0.0030, 1e-12);
  EXPECT_NEAR(q[12], 0.0095, 1e-12);
  EXPECT_NEAR(q[11], 0.035625, 1e-12);
  EXPECT_NEAR(q[10], 0.0603, 1e-12);
  EXPECT_NEAR(q[0], 1, 1e-12);
}

TEST(BenjaminiHochberg, ATestThatCannotRejectCostsTheOthersNothing) {
  const std::vector<PValue> tests = {{0.03, {}}, {1, {0.2, 1}}, {1, {1}}};
  EXPECT_NEAR(BenjaminiHochberg(tests)[0], 0.03, 1e-12);
  const std::vector<PValue> any = {{0.03, {}}, {1, {}}, {1, {}}};
  EXPECT_NEAR(BenjaminiHochberg(any)[0], 0.09, 1e-12);
}

TEST(Bounds, AreThoseOfClopperAndPearson) {
  EXPECT_NEAR(ShareBounds(1, 20).high, 0.21610616420684728, 1e-9);
  EXPECT_NEAR(ShareBounds(1, 20).low, 0.002561378776530232, 1e-9);
  EXPECT_NEAR(ShareBounds(10, 100).low, 0.05526323768287005, 1e-9);
  EXPECT_NEAR(ShareBounds(10, 100).high, 0.16371762327581477, 1e-9);
  EXPECT_DOUBLE_EQ(ShareBounds(0, 20).low, 0);
  EXPECT_NEAR(ShareBounds(0, 20).high, UnseenShareBound(20), 1e-9);
  EXPECT_NEAR(ShareBounds(20, 20).low, 1 - UnseenShareBound(20), 1e-9);
  EXPECT_DOUBLE_EQ(ShareBounds(20, 20).high, 1);
}

TEST(Bounds, TwentyEqualTrialsLeaveRoomForFourteenPercent) {
  EXPECT_NEAR(UnseenShareBound(20), 0.13910834066826516, 1e-12);
  EXPECT_NEAR(UnseenShareBound(5), 0.4507197283469412, 1e-12);
  EXPECT_GT(UnseenShareBound(13), 0.2);
  EXPECT_LT(UnseenShareBound(14), 0.2);
}

TEST(Normal, TailAndQuantileAreEachOthersInverse) {
  EXPECT_NEAR(NormalQuantileOfTail(0.05), 1.6448536269514722, 1e-9);  // any table of z
  EXPECT_NEAR(NormalQuantileOfTail(0.025), 1.959963984540054, 1e-9);
  EXPECT_NEAR(NormalTail(NormalQuantileOfTail(1e-6)), 1e-6, 1e-12);
}

// The values that the generator's reference code prints for this seed (Vigna, splitmix64.c).
TEST(Random, IsSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317U);
  EXPECT_EQ(random.Next(), 3203168211198807973U);
  EXPECT_EQ(random.Next(), 9817491932198370423U);
}

TEST(Random, NumbersBelowALimitAreAlikeOften) {
  Random random(7);
  std::vector<int> counts(7, 0);
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++counts[random.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 7, 500);  // five standard deviations
}

double MeanOfFirst(std::span<const std::uint32_t> places) {
  double sum = 0;
  for (const std::uint32_t place : places) sum += place;
  return sum;
}

TEST(PermutationTest, LooksAtAllDivisionsWhereThereAreFew) {
  // Places 0 to 5, three of them: the sum 12 is reached by {3,4,5} alone, 11 by {2,4,5} as well.
  const auto extreme = PermutationTest(6, 3, 12, MeanOfFirst, {10, 1});
  EXPECT_TRUE(extreme.exact);
  EXPECT_EQ(extreme.permutations, 20U);
  EXPECT_DOUBLE_EQ(extreme.p, 1.0 / 20);
  EXPECT_DOUBLE_EQ(PermutationTest(6, 3, 11, MeanOfFirst, {10, 1}).p, 2.0 / 20);
}

TEST(PermutationTest, CountsWhatWasObservedAsOneOfThem) {
  // The largest sum of 30 of 60 has one division in 10^17: no random one reaches it.
  double largest = 0;
  for (int place = 30; place < 60; ++place) largest += place;
  const auto result = PermutationTest(60, 30, largest, MeanOfFirst, {999, 1});
  EXPECT_EQ(result.permutations, 999U);
  EXPECT_EQ(result.as_extreme, 0U);
  EXPECT_DOUBLE_EQ(result.p, 1.0 / 1000);
}

TEST(PermutationTest, StopsEarlyWhereChanceIsPlain) {
  const auto result = PermutationTest(60, 30, 0, MeanOfFirst, {100'000, 1});
  EXPECT_EQ(result.permutations, 20U);
  EXPECT_DOUBLE_EQ(result.p, 1);
}

TEST(PermutationTest, TheSameSeedGivesTheSameP) {
  const auto p = [](std::uint64_t seed) {
    return PermutationTest(60, 30, 960, MeanOfFirst, {10'000, seed}).p;
  };
  EXPECT_EQ(p(3), p(3));
  EXPECT_NE(p(3), p(4));
  EXPECT_NEAR(p(3), p(4), 0.1);
}

}  // namespace
}  // namespace tcplab
