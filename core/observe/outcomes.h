// What happened to each client: the words of the scenario language's reference, first one that
// fits.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/observe/trial_view.h"

namespace tcplab {

// "accepted", "queued", "pending", "refused", "timed_out", "reset", "phantom", "not_started",
// "connected", or "failed:" with the errno name.
[[nodiscard]] std::string ClientOutcome(const TrialView& view, std::size_t client);

[[nodiscard]] nlohmann::json ConnectOutcomes(const TrialView& view);
[[nodiscard]] nlohmann::json OutcomeCounts(const nlohmann::json& outcomes);
[[nodiscard]] nlohmann::json AcceptOrder(const TrialView& view);  // accepted for a script
[[nodiscard]] nlohmann::json QueueOrder(const TrialView& view);   // found at the drain
// Per connection accepted for a script, its server's name.
[[nodiscard]] nlohmann::json AcceptedBy(const Case& a_case, const TrialView& view);
[[nodiscard]] nlohmann::json ConnectMs(const TrialView& view);

}  // namespace tcplab
