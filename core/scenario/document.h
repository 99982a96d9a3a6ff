// A parsed document into a scenario.
#pragma once

#include "core/scenario/loader.h"
#include "core/scenario/node.h"
#include "core/scenario/scenario.h"

namespace tcplab::internal {

// Complete when the root's problems have no error.
[[nodiscard]] Scenario ReadDocument(const Node& root, const LoadOptions& options);

}  // namespace tcplab::internal
