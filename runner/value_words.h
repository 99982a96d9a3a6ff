// One trial's value of an observation, in the words of a person.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace tcplab {

// "0 accepted; 1, 2 queued" for `connect_outcomes`. Of `steps` one label's outcomes, by any name
// that begins with "steps.". A value that is not what the observation has, or an observation
// without words of its own, is shown as JSON, cut where it gets long.
[[nodiscard]] std::string ValueInWords(std::string_view observation, const nlohmann::json& value);

}  // namespace tcplab
