#include "core/compare/permutation.h"

#include <numeric>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace tcplab {
namespace {

constexpr std::uint64_t kMostDivisions = 20'000;
constexpr std::uint64_t kEnoughAsExtreme = 20;
constexpr double kStatisticRounding = 1e-9;

// C(total, chosen), or more than `limit`.
std::uint64_t Divisions(std::size_t total, std::size_t chosen, std::uint64_t limit) {
  double ways = 1;
  for (std::size_t i = 1; i <= chosen; ++i) {
    ways = ways * static_cast<double>(total - chosen + i) / static_cast<double>(i);
    if (ways > static_cast<double>(limit)) return limit + 1;
  }
  return static_cast<std::uint64_t>(ways + 0.5);
}

// The next choice in lexicographic order; false after the last.
bool NextChoice(std::vector<std::uint32_t>& places, std::size_t total) {
  const std::size_t chosen = places.size();
  for (std::size_t i = chosen; i-- > 0;) {
    if (places[i] + (chosen - i) >= total) continue;
    ++places[i];
    for (std::size_t k = i + 1; k < chosen; ++k) places[k] = places[k - 1] + 1;
    return true;
  }
  return false;
}

PermutationResult AllDivisions(std::size_t total, std::size_t chosen, double observed,
                               const GroupStatistic& statistic) {
  std::vector<std::uint32_t> places(chosen);
  std::iota(places.begin(), places.end(), 0U);
  PermutationResult result;
  result.exact = true;
  do {
    ++result.permutations;
    result.as_extreme += statistic(places) >= observed - kStatisticRounding ? 1 : 0;
  } while (NextChoice(places, total));
  result.p = static_cast<double>(result.as_extreme) / static_cast<double>(result.permutations);
  return result;
}

}  // namespace

std::uint64_t Random::Next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

std::uint32_t Random::Below(std::uint32_t limit) {
  // Lemire 2019: a multiplication, and a new draw where a remainder would favour some numbers.
  const std::uint32_t unfair = (0U - limit) % limit;
  while (true) {
    const std::uint64_t product = (Next() >> 32U) * limit;
    if (static_cast<std::uint32_t>(product) >= unfair) {
      return static_cast<std::uint32_t>(product >> 32U);
    }
  }
}

PermutationResult PermutationTest(std::size_t total, std::size_t chosen, double observed,
                                  const GroupStatistic& statistic,
                                  const PermutationOptions& options) {
  TCPLAB_CHECK(chosen <= total);
  if (Divisions(total, chosen, kMostDivisions) <= kMostDivisions) {
    return AllDivisions(total, chosen, observed, statistic);
  }
  Random random(options.seed);
  std::vector<std::uint32_t> places(total);
  std::iota(places.begin(), places.end(), 0U);
  PermutationResult result;
  while (result.permutations < options.most) {
    // The beginning of a shuffle: any order before it will do.
    for (std::size_t i = 0; i < chosen; ++i) {
      std::swap(places[i], places[i + random.Below(static_cast<std::uint32_t>(total - i))]);
    }
    ++result.permutations;
    const std::span<const std::uint32_t> group(places.data(), chosen);
    result.as_extreme += statistic(group) >= observed - kStatisticRounding ? 1 : 0;
    if (result.as_extreme < kEnoughAsExtreme) continue;
    result.p = static_cast<double>(result.as_extreme) / static_cast<double>(result.permutations);
    return result;
  }
  result.p =
      static_cast<double>(result.as_extreme + 1) / static_cast<double>(result.permutations + 1);
  return result;
}

}  // namespace tcplab
