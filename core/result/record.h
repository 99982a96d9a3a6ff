// What a result is good for beside being read: whether it may stand for its scenario.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace tcplab {

// Errors are of kind kInvalid and say why not, as "was interrupted": whose they are says the
// caller.

// All of it was measured, against servers of ours, and its scenario's document is the one that ran.
[[nodiscard]] Status CheckComplete(const nlohmann::json& result);

// It is complete, and says of its environment what the scenario as it is written says there. Only
// parameters that have a prompt may have been given a value.
[[nodiscard]] Status CheckRecord(const nlohmann::json& result);

// What --set said of parameters that have a prompt: with it the scenario can be loaded.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> AnswersOf(
    const nlohmann::json& result);

}  // namespace tcplab
