// The cases of a scenario: its document with each combination of parameters put in, lowered and
// checked.
#pragma once

#include "core/scenario/node.h"
#include "core/scenario/parameters.h"
#include "core/scenario/scenario.h"

namespace tcplab::internal {

// Reports parameters that are used and not defined, and those that are defined and not used.
void CheckReferences(const Node& root, const Parameters& parameters);

// Fills scenario.cases. Every case is read, for each may be wrong in its own way.
void BuildCases(const Node& root, const Parameters& parameters, bool allow_remote,
                Scenario& scenario);

// Chooses `io` where the document does not say it, once for all cases, from the largest, so that no
// axis changes it unseen.
void ChooseIo(Scenario& scenario);

// Whether clients of any case start less than 5 ms apart, and so disturb each other.
[[nodiscard]] bool ClientsStartTogether(const Scenario& scenario);

[[nodiscard]] std::size_t CountClients(const Case& a_case);

}  // namespace tcplab::internal
