// Whether an environment is one in which an expectation is judged.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>  // a result's "environment"
#include <string_view>
#include <vector>

#include "core/scenario/expectation.h"

namespace tcplab {

// `environment` as a result has it. What nobody knows of it ("unknown") is not what is asked for.
[[nodiscard]] bool Holds(const EnvironmentCondition& condition, const nlohmann::json& environment);

// "6.18.44-custom" -> 6, 18, 44; empty when it does not begin with a number.
[[nodiscard]] std::vector<std::uint32_t> LeadingVersion(std::string_view text);

}  // namespace tcplab
