// Whether an environment is one in which an expectation is judged.
#pragma once

#include <nlohmann/json.hpp>  // a result's "environment"

#include "core/scenario/expectation.h"

namespace tcplab {

// `environment` as a result has it. What nobody knows of it ("unknown") is not what is asked for.
[[nodiscard]] bool Holds(const EnvironmentCondition& condition, const nlohmann::json& environment);

}  // namespace tcplab
