// How two samples of one observation's trials differ: an effect, a bound on it, and how probable it
// is by chance.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/compare/effects.h"

namespace tcplab {

// The trials of one side, in the order in which they were run: each an index into the distinct
// values.
using Sample = std::vector<std::uint32_t>;

struct Observed {
  std::string_view observation_class;             // "set", "order"...
  std::span<const nlohmann::json* const> values;  // distinct, of all samples, in a fixed order
  std::uint64_t seed = 0;                         // of permutations
};

struct Assessment {
  Effect effect;
  PValue test;
  bool tested = false;            // false: all trials are equal, or both sides are and need no test
  bool unanimous = false;         // each side showed one value in all of its trials
  bool few_permutations = false;  // with more permutations p could be smaller
  std::string where;              // the part that differs most; empty: the whole value
  std::string method;             // in words: "Fisher's exact test"
};

// Symmetric: with the samples exchanged the same comes out. `most_permutations`: of each
// test; 0: no test at all, only the effect.
[[nodiscard]] Assessment Assess(const Observed& observed, const Sample& a, const Sample& b,
                                std::uint64_t most_permutations);

}  // namespace tcplab
