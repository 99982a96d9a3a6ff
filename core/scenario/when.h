// "when": the environments in which an expectation is judged.
#pragma once

#include <span>
#include <string_view>

#include "core/scenario/expectation.h"
#include "core/scenario/node.h"

namespace tcplab::internal {

void ReadWhen(const Node& node, EnvironmentCondition& condition);

// Every facet that an environment may have (results/README.md).
[[nodiscard]] std::span<const std::string_view> FacetNames();

}  // namespace tcplab::internal
