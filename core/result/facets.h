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

// What the id says of a kernel that is itself, but runs as a process ("uml"); empty otherwise.
[[nodiscard]] std::string KernelAsProcess(const Machine& machine);

}  // namespace tcplab::internal
