// From a case to what its agents are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/agent/plan.h"
#include "core/base/result.h"
#include "core/scenario/scenario.h"

namespace tcplab {

struct CasePlans {
  std::vector<ServerPlan> servers;
  FleetPlan fleet;
};

// Sizes every recorder by what its scripts can record at the most, within the memory that a trial
// may take.
[[nodiscard]] CasePlans BuildPlans(const Case& a_case);

// Whether every case fits into the descriptors that one process may open; an error says how many
// clients do.
[[nodiscard]] Status CheckDescriptors(const Scenario& scenario, std::uint64_t descriptor_limit);

}  // namespace tcplab
