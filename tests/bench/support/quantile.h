// Quantiles of a handful of figures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tcplab::bench {

// The q-quantile (0.5: the median), interpolated; 0 of nothing. `values` need not be sorted.
inline double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const double part = at - static_cast<double>(below);
  return values[below] * (1 - part) + values[above] * part;
}

}  // namespace tcplab::bench
