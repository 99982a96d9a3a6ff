// What an author expected, and what was seen instead, in the words of a person.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tcplab {

// "queue_order = [0,1]", from an expectation as its author wrote it.
[[nodiscard]] std::string ExpectationInWords(const nlohmann::json& expect);

// "most often it was [1,0], in 5 trials"; nothing when all trials agreed. `entry`: one of a
// result's `expectations`.
[[nodiscard]] std::string SeenInWords(const nlohmann::json& entry);

}  // namespace tcplab
