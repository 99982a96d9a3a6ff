// Permutation tests that give the same p for the same data on every platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace tcplab {

// Our own, so that no library's distribution decides what a comparison says: SplitMix64 (Steele,
// Lea, Flood 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t Next();
  // Uniform in [0, limit), limit at least 1.
  [[nodiscard]] std::uint32_t Below(std::uint32_t limit);

 private:
  std::uint64_t state_;
};

// How far what was observed is from what chance gives: larger is more extreme. It is given the
// places of the units that make up the first group.
using GroupStatistic = std::function<double(std::span<const std::uint32_t> places)>;

struct PermutationOptions {
  std::uint64_t most = 0;  // permutations at the most
  std::uint64_t seed = 0;
};

struct PermutationResult {
  double p = 1;
  std::uint64_t permutations = 0;
  std::uint64_t as_extreme = 0;
  bool exact = false;  // all divisions were looked at
};

// `chosen` of `total` units form the first group. Where there are few divisions, all of them are
// looked at. Otherwise random ones, until enough of them (20) were as extreme as what was observed
// (Besag and Clifford 1991: p is their share), or there were `most`: p is then (as extreme + 1) /
// (all + 1), since what was observed is one division as well.
[[nodiscard]] PermutationResult PermutationTest(std::size_t total, std::size_t chosen,
                                                double observed, const GroupStatistic& statistic,
                                                const PermutationOptions& options);

}  // namespace tcplab
