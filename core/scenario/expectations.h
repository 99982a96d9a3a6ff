// The list under `expect`: parsed and checked against what there is to observe.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/scenario/expectation.h"
#include "core/scenario/node.h"
#include "core/scenario/parameters.h"

namespace tcplab::internal {

// What an expectation may refer to.
struct ExpectationContext {
  const Parameters& parameters;
  std::set<std::string, std::less<>> labels;  // of steps, in any case
  bool labels_are_known = true;  // false: scripts could not be read, so some may be missing
  std::uint32_t trials = 0;      // as the document has them
};

// What is wrong is reported, and left out of the list.
[[nodiscard]] std::vector<Expectation> ReadExpectations(const Node& node,
                                                        const ExpectationContext& context);

}  // namespace tcplab::internal
