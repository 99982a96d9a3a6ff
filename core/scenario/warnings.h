// What is allowed and yet probably not meant.
#pragma once

#include "core/scenario/node.h"
#include "core/scenario/scenario.h"

namespace tcplab::internal {

// `root` is the document; `scenario` was read from it without an error.
void AddWarnings(const Node& root, const Scenario& scenario);

}  // namespace tcplab::internal
