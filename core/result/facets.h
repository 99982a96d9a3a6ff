// The facets of an environment that each platform finds in its own way.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result/machine.h"

namespace tcplab::internal {

// Object: every facet but those that Machine holds. What this platform does not tell is kUnknown.
[[nodiscard]] nlohmann::json ReadFacets(const Machine& machine);

// What carries TCP where that is not the system itself ("gvisor", "wsl1"); empty otherwise.
[[nodiscard]] std::string EmulatedStack(const Machine& machine);

}  // namespace tcplab::internal
