// How far two samples of trials are from each other, and how far they may be for all that is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/compare/statistics.h"

namespace tcplab {

// 0: the same, 1: nothing in common. The true effect is above `bound` with a probability of 5% at
// the most, and below `least` as well.
struct Effect {
  double size = 0;
  double bound = 1;
  double least = 0;
};

// Total variation distance of two samples of outcomes: a[i] and b[i] trials showed outcome i.
//
// The distance is the largest difference that any set of outcomes shows. So the bound is the
// largest that any of these sets has, each by the hybrid of two exact intervals (Newcombe 1998,
// with Clopper and Pearson's), and never less than what an outcome may have that no trial showed.
[[nodiscard]] Effect OutcomeEffect(std::span<const std::uint64_t> a,
                                   std::span<const std::uint64_t> b);

// One trial's histogram: shares that add up to 1.
struct Bin {
  std::uint32_t bin = 0;
  double share = 0;
};
using Histogram = std::vector<Bin>;

// Total variation distance of two averages of histograms: a[i] and b[i] trials had histogram i.
// Trials are the unit, whatever they counted. The bound is made as above, a set's difference being
// one of means (Welch).
[[nodiscard]] Effect HistogramEffect(std::span<const Histogram> histograms,
                                     std::span<const std::uint64_t> a,
                                     std::span<const std::uint64_t> b);

// Cliff's delta without its sign.
[[nodiscard]] Effect NumberEffect(std::span<const double> a, std::span<const double> b);

}  // namespace tcplab
