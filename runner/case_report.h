// The block of one case in a text report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runner/text_layout.h"

namespace tcplab {

// "backlog=1 clients=8"; "the only case" where there is no parameter.
[[nodiscard]] std::string ParametersInWords(const nlohmann::json& parameters);

// What clients met, what streams carried, and whether that is what was expected. Throws
// nlohmann::json::exception when `a_case` is not one of a result.
[[nodiscard]] std::string CaseReport(const nlohmann::json& a_case, const TextStyle& style);

}  // namespace tcplab
