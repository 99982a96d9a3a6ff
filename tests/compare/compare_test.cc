#include "core/compare/compare.h"

#include <gtest/gtest.h>

#include "core/compare/permutation.h"
#include "core/result/result_reader.h"
#include "tests/support/made_up_result.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr const char* kLater = "2025-01-31T10:00:00Z";

std::vector<ResultSource> Sources(const std::vector<MadeUpResult>& results) {
  std::vector<ResultSource> sources;
  for (const MadeUpResult& result : results) {
    const auto read = ReadResultText(result.document().dump(), "made-up");
    EXPECT_TRUE(read) << read.error().message;
    sources.push_back({"file" + std::to_string(sources.size()), {{"", result.document()}}});
  }
  return sources;
}

// Comparisons point into their sources, which must live as long.
struct Compared {
  std::vector<ResultSource> sources;
  Comparison comparison;
};

Compared CompareAll(const std::vector<MadeUpResult>& results, const CompareOptions& options = {}) {
  Compared compared;
  compared.sources = Sources(results);
  auto comparison = Compare(compared.sources, options);
  EXPECT_TRUE(comparison) << comparison.error().message;
  if (comparison) compared.comparison = std::move(*comparison);
  return compared;
}

// Two runs of one case with one observation.
PairVerdict VerdictOn(const std::string& its_class, const TrialValues& a, const TrialValues& b,
                      const std::string& observation = "connect_outcomes") {
  const Compared compared = CompareAll(
      {MadeUpResult().Case({{"n", 1}}).Saw(observation, its_class, a),
       MadeUpResult("linux-6.1-x86_64", kLater).Case({{"n", 1}}).Saw(observation, its_class, b)});
  EXPECT_EQ(compared.comparison.facts.size(), 1U);
  if (compared.comparison.facts.empty()) return {};
  return compared.comparison.facts[0].pairs.at(0);
}

TEST(Compare, EqualTrialsAreTheSameAndSayWhatTheyLeaveRoomFor) {
  const PairVerdict pair = VerdictOn("set", Times(20, json{"queued"}), Times(20, json{"queued"}));
  EXPECT_EQ(pair.verdict, DiffVerdict::kSame);
  EXPECT_NEAR(pair.assessment.effect.bound, 0.139, 0.001);
}

TEST(Compare, FiveTrialsEachThatAllDifferAreEnough) {
  EXPECT_EQ(VerdictOn("set", Times(5, "a"), Times(5, "b")).verdict, DiffVerdict::kDifferent);
  const PairVerdict four = VerdictOn("set", Times(4, "a"), Times(4, "b"));
  EXPECT_EQ(four.verdict, DiffVerdict::kInconclusive);
  EXPECT_GT(four.more_trials, 0U);
}

TEST(Compare, OneTrialOfTwentyInAnotherRunIsNotYetADifference) {
  const PairVerdict pair =
      VerdictOn("exact", Times(20, "a"), Then(Times(19, "a"), Times(1, "b")), "replies");
  EXPECT_EQ(pair.verdict, DiffVerdict::kInconclusive);
  EXPECT_GT(pair.more_trials, 0U);
}

TEST(Compare, CopiesOfOneRunAreComparedTrialByTrial) {
  const TrialValues a = Times(20, "a");
  TrialValues b = a;
  b[7] = "b";
  const Compared compared = CompareAll({MadeUpResult().Case({}).Saw("replies", "exact", a),
                                        MadeUpResult().Case({}).Saw("replies", "exact", b)});
  const PairVerdict& pair = compared.comparison.facts.at(0).pairs.at(0);
  EXPECT_EQ(pair.verdict, DiffVerdict::kDifferent);
  EXPECT_EQ(pair.trial, 7U);
  EXPECT_EQ(compared.comparison.notes.size(), 1U);
}

TEST(Compare, AShiftThatIsCertainIsDifferentAndTheOrderOfFilesDoesNotMatter) {
  const TrialValues a = Then(Times(90, "a"), Times(10, "b"));
  const TrialValues b = Then(Times(60, "a"), Times(40, "b"));
  const PairVerdict one = VerdictOn("set", a, b);
  const PairVerdict other = VerdictOn("set", b, a);
  EXPECT_EQ(one.verdict, DiffVerdict::kDifferent);
  EXPECT_NEAR(one.assessment.effect.size, 0.3, 1e-12);
  EXPECT_EQ(one.assessment.effect.size, other.assessment.effect.size);
  EXPECT_EQ(one.assessment.effect.bound, other.assessment.effect.bound);
  EXPECT_EQ(one.q, other.q);
  EXPECT_EQ(one.assessment.test.p, one.q);  // one hypothesis: nothing to correct
}

TEST(Compare, ACertainDifferenceThatIsTooSmallIsTheSame) {
  const PairVerdict pair = VerdictOn("set", Then(Times(1900, "a"), Times(100, "b")),
                                     Then(Times(1800, "a"), Times(200, "b")));
  EXPECT_EQ(pair.verdict, DiffVerdict::kSame);
  EXPECT_TRUE(pair.certain);
  EXPECT_LT(pair.assessment.effect.bound, 0.2);
}

TEST(Compare, AFewTrialsThatScatterAreInconclusiveAndSayHowManyMore) {
  const PairVerdict pair =
      VerdictOn("set", Then(Times(6, "a"), Times(4, "b")), Then(Times(5, "a"), Times(5, "b")));
  EXPECT_EQ(pair.verdict, DiffVerdict::kInconclusive);
  EXPECT_GT(pair.more_trials, 50U);
}

TEST(Compare, AnEstimateOfTrialsIsEnough) {
  // 10% against 10%: as many more trials as it says, with the same shares, and it is the same.
  const auto shares = [](std::uint64_t trials) {
    return Then(Times(trials - trials / 10, "a"), Times(trials / 10, "b"));
  };
  const PairVerdict few = VerdictOn("set", shares(20), shares(20));
  ASSERT_EQ(few.verdict, DiffVerdict::kInconclusive);
  const std::uint64_t enough = 20 + few.more_trials;
  EXPECT_EQ(VerdictOn("set", shares(enough), shares(enough)).verdict, DiffVerdict::kSame);
}

// The same two results in each class.
TEST(Compare, ManyOutcomesAreComparedClientByClient) {
  // Eight clients, seven of which are at random; client 5 is queued in A and refused in B.
  Random random(11);
  const auto trials = [&](const char* fifth) {
    TrialValues values;
    for (int t = 0; t < 30; ++t) {
      json outcomes = json::array();
      for (int c = 0; c < 8; ++c) outcomes.push_back(random.Below(2) == 0 ? "queued" : "pending");
      outcomes[5] = fifth;
      values.push_back(outcomes);
    }
    return values;
  };
  const TrialValues a = trials("queued");
  const TrialValues b = trials("refused");
  const PairVerdict pair = VerdictOn("set", a, b);
  EXPECT_EQ(pair.verdict, DiffVerdict::kDifferent);
  EXPECT_EQ(pair.assessment.where, "5");
  EXPECT_DOUBLE_EQ(pair.assessment.effect.size, 1);
  EXPECT_NE(VerdictOn("set", a, trials("queued")).verdict, DiffVerdict::kDifferent);
}

TEST(Compare, OrdersAreComparedByWhoCameFirst) {
  Random random(12);
  const auto trials = [&](bool two_first) {
    TrialValues values;
    for (int t = 0; t < 30; ++t) {
      std::vector<int> order = {0, 1, 3, 4};
      for (std::uint32_t i = 0; i < 3; ++i) std::swap(order[i], order[i + random.Below(4 - i)]);
      order.insert(two_first ? order.begin() : order.end(), 2);
      values.emplace_back(order);
    }
    return values;
  };
  const TrialValues first = trials(true);
  const PairVerdict pair = VerdictOn("order", first, trials(false), "accept_order");
  EXPECT_EQ(pair.verdict, DiffVerdict::kDifferent);
  EXPECT_NE(pair.assessment.where.find("2"), std::string::npos) << pair.assessment.where;
  EXPECT_NE(VerdictOn("order", first, trials(true), "accept_order").verdict,
            DiffVerdict::kDifferent);
}

TEST(Compare, HistogramsAreAveragedOverTrialsNotPooled) {
  // Every trial of A has one recv of 100; B's first has 100 recvs of 1, all others one of 100.
  // Pooled, B would be 84% of 1; by trial it is 5%.
  const json one = {{"100", 1}};
  const PairVerdict pair =
      VerdictOn("distribution", Times(20, one), Then(Times(1, json{{"1", 100}}), Times(19, one)),
                "recv_histogram");
  EXPECT_NEAR(pair.assessment.effect.size, 0.05, 1e-12);
  EXPECT_NE(pair.verdict, DiffVerdict::kDifferent);
}

TEST(Compare, SizesOfEachConnectionAreComparedByThemselves) {
  // Who receives in one piece and who in ten changes places: together nothing differs.
  Random random(13);
  const auto trials = [&](bool first_in_pieces) {
    TrialValues values;
    for (int t = 0; t < 20; ++t) {
      const json pieces(std::vector<int>(9 + random.Below(3), 1));
      const json whole = json::array({100 + random.Below(3)});
      values.push_back(first_in_pieces ? json{pieces, whole} : json{whole, pieces});
    }
    return values;
  };
  const PairVerdict pair = VerdictOn("distribution", trials(true), trials(false), "recv_sizes");
  EXPECT_EQ(pair.verdict, DiffVerdict::kDifferent);
  EXPECT_DOUBLE_EQ(pair.assessment.effect.size, 1);
}

TEST(Compare, NumbersAreComparedByMannAndWhitney) {
  TrialValues low;
  TrialValues high;
  for (int i = 0; i < 30; ++i) {
    low.push_back(json::array({10 + i}));
    high.push_back(json::array({25 + i}));
  }
  const PairVerdict pair = VerdictOn("distribution", low, high, "recv_calls");
  EXPECT_EQ(pair.verdict, DiffVerdict::kDifferent);
  EXPECT_EQ(pair.assessment.method, "Mann-Whitney test");
}

TEST(Compare, WhatABusyMachineDidToADistributionIsNotCalledDifferent) {
  TrialValues low;
  TrialValues high;
  for (int i = 0; i < 30; ++i) {
    low.push_back(json::array({10 + i}));
    high.push_back(json::array({25 + i}));
  }
  const auto result = [](const char* started, const TrialValues& trials, double delay) {
    return MadeUpResult("linux-6.1-x86_64", started)
        .Case({})
        .Saw("recv_calls", "distribution", trials)
        .With("/cases/0/health/max_delay_ms", delay);
  };
  const auto verdict = [&](double delay) {
    return CompareAll({result("x", low, 0.1), result("y", high, delay)})
        .comparison.facts.at(0)
        .verdict();
  };
  EXPECT_EQ(verdict(9.9), DiffVerdict::kDifferent);
  EXPECT_EQ(verdict(31), DiffVerdict::kInconclusive);
}

TEST(Compare, OfABusyMachineOutcomesMustDifferByMore) {
  const auto verdict = [&](const TrialValues& a, const TrialValues& b) {
    return CompareAll({MadeUpResult("linux-1", "x")
                           .Case({})
                           .Saw("replies", "exact", a)
                           .With("/cases/0/health/max_delay_ms", 50),
                       MadeUpResult("linux-1", "y").Case({}).Saw("replies", "exact", b)})
        .comparison.facts.at(0)
        .verdict();
  };
  EXPECT_EQ(verdict(Then(Times(12, "a"), Times(8, "b")), Then(Times(2, "a"), Times(18, "b"))),
            DiffVerdict::kInconclusive);
  EXPECT_EQ(verdict(Times(20, "a"), Then(Times(18, "c"), Times(2, "a"))), DiffVerdict::kDifferent);
}

TEST(Compare, TimingIsReportedAndJudgedOnlyWhenAskedForInOneEnvironment) {
  TrialValues fast;
  TrialValues slow;
  for (int i = 0; i < 30; ++i) {
    fast.push_back(json::array({0.1 + i * 0.001}));
    slow.push_back(json::array({0.9 + i * 0.001, nullptr}));
  }
  const auto verdict = [&](const char* environment, const std::string& its_class) {
    CompareOptions options;
    options.observation_class = its_class;
    return CompareAll(
               {MadeUpResult("linux-6.1-x86_64", "x").Case({}).Saw("connect_ms", "timing", fast),
                MadeUpResult(environment, "y").Case({}).Saw("connect_ms", "timing", slow)},
               options)
        .comparison.facts.at(0)
        .verdict();
  };
  EXPECT_EQ(verdict("linux-6.1-x86_64", ""), DiffVerdict::kReported);
  EXPECT_EQ(verdict("linux-6.1-x86_64", "timing"), DiffVerdict::kDifferent);
  EXPECT_EQ(verdict("freebsd-14-x86_64", "timing"), DiffVerdict::kReported);
}

TEST(Compare, TimingThatIsAskedForBesideTheRestNeedsOneEnvironmentAndAQuietMachine) {
  TrialValues fast;
  TrialValues slow;
  for (int i = 0; i < 20; ++i) {
    fast.push_back({0.1 + i / 1000.0});
    slow.push_back({9.0 + i / 1000.0});
  }
  const auto verdict = [&](const std::string& environment, bool asked, double delay_ms) {
    CompareOptions options;
    options.judge_timing = asked;
    return CompareAll(
               {MadeUpResult("linux-6.1-x86_64", "x").Case({}).Saw("connect_ms", "timing", fast),
                MadeUpResult(environment, "y")
                    .With("/environment/facets/somaxconn", 7)
                    .Case({})
                    .Saw("connect_ms", "timing", slow)
                    .With("/cases/0/health/max_delay_ms", delay_ms)},
               options)
        .comparison.facts.at(0)
        .verdict();
  };
  EXPECT_EQ(verdict("linux-6.1-x86_64", false, 1), DiffVerdict::kReported);
  EXPECT_EQ(verdict("linux-6.1-x86_64", true, 1), DiffVerdict::kDifferent);
  EXPECT_EQ(verdict("linux-6.2-x86_64", true, 1), DiffVerdict::kReported);
  EXPECT_EQ(verdict("linux-6.1-x86_64", true, 50), DiffVerdict::kInconclusive);
}

TEST(Compare, CasesAreMatchedByAllTheirParameters) {
  const Compared compared = CompareAll({MadeUpResult()
                                            .Case({{"n", 1}, {"m", 1}})
                                            .Saw("replies", "exact", Times(20, "a"))
                                            .Case({{"n", 2}, {"m", 1}})
                                            .Saw("replies", "exact", Times(20, "b")),
                                        MadeUpResult("linux-6.1-x86_64", kLater)
                                            .Case({{"n", 2}, {"m", 1}})
                                            .Saw("replies", "exact", Times(20, "b"))
                                            .Case({{"n", 2}, {"m", 9}})
                                            .Saw("replies", "exact", Times(20, "c"))});
  ASSERT_EQ(compared.comparison.facts.size(), 1U);
  EXPECT_EQ(compared.comparison.facts[0].verdict(), DiffVerdict::kSame);
  ASSERT_EQ(compared.comparison.gaps.size(), 2U);
  EXPECT_EQ(compared.comparison.gaps[0].states, (std::vector<std::string>{"", "missing"}));
  EXPECT_EQ(compared.comparison.gaps[1].states, (std::vector<std::string>{"missing", ""}));
}

TEST(Compare, AcrossAParameterItsValuesAreTheColumns) {
  const MadeUpResult result = MadeUpResult()
                                  .Case({{"n", 1}, {"pause", 0}})
                                  .Saw("replies", "exact", Times(20, "a"))
                                  .Case({{"n", 1}, {"pause", 5}})
                                  .Saw("replies", "exact", Times(20, "b"));
  CompareOptions options;
  options.across = "pause";
  const Compared one = CompareAll({result}, options);
  ASSERT_EQ(one.comparison.columns.size(), 2U);
  EXPECT_EQ(one.comparison.columns[1].label, "pause=5");
  ASSERT_EQ(one.comparison.facts.size(), 1U);
  EXPECT_EQ(one.comparison.facts[0].verdict(), DiffVerdict::kDifferent);
  EXPECT_EQ(one.comparison.facts[0].parameters, json({{"n", 1}}));
  // The same file twice, or in two runs.
  EXPECT_EQ(CompareAll({result, result}, options).comparison.columns.size(), 2U);
  const Compared two =
      CompareAll({result, MadeUpResult(result).With("/run/started", kLater)}, options);
  EXPECT_EQ(two.comparison.columns.size(), 4U);
  EXPECT_EQ(two.comparison.facts.at(0).pairs.size(), 4U);  // none of equal values
}

// Five numbers against five of which one is out of line: p is 4/252, between the two levels.
TEST(Compare, DistributionsOfTwoRunsMustBeSurerThanThoseOfOne) {
  TrialValues low;
  TrialValues high;
  for (const int number : {1, 2, 3, 4, 6}) low.push_back(json::array({number}));
  for (const int number : {5, 7, 8, 9, 10}) high.push_back(json::array({number}));
  const PairVerdict of_two = VerdictOn("distribution", low, high, "recv_calls");
  EXPECT_NEAR(of_two.q, 4.0 / 252, 1e-12);
  EXPECT_EQ(of_two.verdict, DiffVerdict::kInconclusive);
  CompareOptions options;
  options.across = "pause";
  const Compared of_one = CompareAll({MadeUpResult()
                                          .Case({{"pause", 0}})
                                          .Saw("recv_calls", "distribution", low)
                                          .Case({{"pause", 1}})
                                          .Saw("recv_calls", "distribution", high)},
                                     options);
  EXPECT_EQ(of_one.comparison.facts.at(0).verdict(), DiffVerdict::kDifferent);
}

TEST(Compare, AcrossSaysWhichParametersThereAre) {
  const std::vector<ResultSource> sources =
      Sources({MadeUpResult().Case({{"pause_ms", 1}}).Saw("replies", "exact", Times(5, "a"))});
  CompareOptions options;
  options.across = "pause_m";
  EXPECT_NE(Compare(sources, options).error().message.find("did you mean pause_ms?"),
            std::string::npos);
  options.across = "pause_ms";
  EXPECT_NE(Compare(sources, options).error().message.find("one value only"), std::string::npos);
}

TEST(Compare, WhatWasNotMeasuredIsAGapAndNoDifference) {
  const MadeUpResult good = MadeUpResult().Case({}).Saw("replies", "exact", Times(20, "a"));
  for (const char* status : {"unsupported", "error"}) {
    const Compared compared = CompareAll(
        {good, MadeUpResult(good).With("/run/started", kLater).With("/cases/0/status", status)});
    EXPECT_TRUE(compared.comparison.facts.empty());
    ASSERT_EQ(compared.comparison.gaps.size(), 1U);
    EXPECT_EQ(compared.comparison.gaps[0].states[1], status);
  }
}

TEST(Compare, LabelsOfStepsAreFactsOfTheirOwn) {
  const Compared compared = CompareAll(
      {MadeUpResult().Case({}).Saw("steps", "set",
                                   Times(20, {{"reply", json{{"ok 7"}}}, {"end", json{{"eof"}}}})),
       MadeUpResult("linux-6.1-x86_64", kLater)
           .Case({})
           .Saw("steps", "set",
                Times(20, {{"reply", json{{"timeout"}}}, {"end", json{{"eof"}}}}))});
  ASSERT_EQ(compared.comparison.facts.size(), 2U);
  EXPECT_EQ(compared.comparison.facts[0].observation, "steps.end");
  EXPECT_EQ(compared.comparison.facts[0].verdict(), DiffVerdict::kSame);
  EXPECT_EQ(compared.comparison.facts[1].observation, "steps.reply");
  EXPECT_EQ(compared.comparison.facts[1].verdict(), DiffVerdict::kDifferent);
}

TEST(Compare, FacetsThatDifferAreNamedAndOtherScenariosAreNoted) {
  const MadeUpResult a = MadeUpResult().Case({}).Saw("replies", "exact", Times(20, "a"));
  const Compared compared = CompareAll({a, MadeUpResult(a)
                                               .With("/environment/facets/somaxconn", 128)
                                               .With("/scenario/document/trials", 30)});
  ASSERT_EQ(compared.comparison.settings.size(), 1U);
  EXPECT_EQ(compared.comparison.settings[0].name, "somaxconn");
  EXPECT_EQ(compared.comparison.settings[0].values, (std::vector<std::string>{"4096", "128"}));
  ASSERT_EQ(compared.comparison.notes.size(), 1U);
  EXPECT_NE(compared.comparison.notes[0].find("/trials"), std::string::npos);
}

TEST(Compare, ThreeResultsAreComparedPairByPair) {
  const auto result = [](const char* environment, const char* value) {
    return MadeUpResult(environment).Case({}).Saw("replies", "exact", Times(20, value));
  };
  const Compared compared =
      CompareAll({result("linux-1", "a"), result("freebsd-1", "b"), result("macos-1", "a")});
  const Fact& fact = compared.comparison.facts.at(0);
  ASSERT_EQ(fact.pairs.size(), 3U);
  EXPECT_EQ(fact.pairs[0].verdict, DiffVerdict::kDifferent);
  EXPECT_EQ(fact.pairs[1].verdict, DiffVerdict::kSame);
  EXPECT_EQ(fact.pairs[2].verdict, DiffVerdict::kDifferent);
}

TEST(Compare, ObservationsCanBeChosen) {
  const MadeUpResult a = MadeUpResult()
                             .Case({})
                             .Saw("replies", "exact", Times(20, "a"))
                             .Saw("accept_order", "order", Times(20, json{0}));
  const auto names = [&](const CompareOptions& options) {
    std::vector<std::string> all;
    const Compared compared =
        CompareAll({a, MadeUpResult(a).With("/run/started", kLater)}, options);
    for (const Fact& fact : compared.comparison.facts) all.push_back(fact.observation);
    return all;
  };
  CompareOptions options;
  EXPECT_EQ(names(options), (std::vector<std::string>{"accept_order", "replies"}));
  options.only = {"replies"};
  EXPECT_EQ(names(options), std::vector<std::string>{"replies"});
  options.only.clear();
  options.ignore = {"replies"};
  EXPECT_EQ(names(options), std::vector<std::string>{"accept_order"});
  options.ignore.clear();
  options.observation_class = "exact";
  EXPECT_EQ(names(options), std::vector<std::string>{"replies"});
}

}  // namespace
}  // namespace tcplab
