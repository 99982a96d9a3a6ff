// The block of one case in a text report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runner/text_layout.h"
#include "runner/trial_command.h"

namespace tcplab {

// "backlog=1 clients=8"; "the only case" where there is no parameter.
[[nodiscard]] std::string ParametersInWords(const nlohmann::json& parameters);

// What clients met, what streams carried, and whether that is what was expected. Throws
// nlohmann::json::exception when `a_case` is not one of a result. `commands`: for trials in which
// an expectation failed, if any are known.
[[nodiscard]] std::string CaseReport(const nlohmann::json& a_case, const TextStyle& style,
                                     const TrialCommands& commands);

}  // namespace tcplab
