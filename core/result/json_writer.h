// JSON as it stands in result files: made to be read by people and compared by plain `diff`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tcplab {

// Keys sorted, two spaces a level, a line break at the end. On one line stand: arrays of numbers
// and nulls however long they are, and arrays of other scalars that fit into 100 columns. The text
// depends on the value alone, so that writing what was read back gives the same bytes. Bytes that
// are not UTF-8 become U+FFFD.
[[nodiscard]] std::string WriteJson(const nlohmann::json& value);

// The same value always gives the same text: no spaces, keys sorted. For hashing and comparing.
[[nodiscard]] std::string CanonicalJson(const nlohmann::json& value);

}  // namespace tcplab
