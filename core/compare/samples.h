// The trials of all columns of one fact, with one numbering of their values.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/compare/compare.h"

namespace tcplab::internal {

// What the columns show of one fact, with one numbering of the values for all.
struct Samples {
  std::vector<const nlohmann::json*> values;
  std::vector<Sample> by_column;
};

// Of a result's observations, by column; null where there is none. `label`: of `steps`; empty
// otherwise. The values live in the observations.
[[nodiscard]] Samples SamplesOf(const std::vector<const nlohmann::json*>& observations,
                                const std::string& label);

[[nodiscard]] Cell CellOf(const Sample& sample, std::size_t values);

}  // namespace tcplab::internal
