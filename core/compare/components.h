// What of an observation's values is compared: the parts in which two samples of trials may differ.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/compare/effects.h"

namespace tcplab {

// Each has an entry for every distinct value, in their order.
struct Outcomes {
  std::vector<std::uint32_t> outcome;  // below `count`
  std::uint32_t count = 0;
};
struct Numbers {
  std::vector<double> number;
};
struct Histograms {
  std::vector<Histogram> histogram;
  std::uint32_t bins = 0;
};

// One part. Its name is a path into the value, as expectations have it ("3", "server.0"), or in
// words; empty: the whole value.
struct Component {
  std::string name;
  std::variant<Outcomes, Numbers, Histograms> parts;
};

// Takes the distinct values of both samples apart, by the class of the observation alone and
// without a look at which sample showed what, so that the choice cannot favour a verdict:
//   distribution: histograms of sizes, numbers, by connection where there are few of these;
//   timing: the median of each trial;
//   set, exact, order: the whole value while trials show few distinct ones; else client by client,
//   and for an order which of two came first.
// `trials`: of both samples together.
[[nodiscard]] std::vector<Component> ComponentsOf(std::string_view observation_class,
                                                  std::span<const nlohmann::json* const> values,
                                                  std::uint64_t trials);

}  // namespace tcplab
