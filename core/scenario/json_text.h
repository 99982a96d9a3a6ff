// JSON text with comments: parsed, and searched for the place of a value.
//
// The parser gives no places. They are looked for when a message needs one, in the text itself, so
// that a correct document costs nothing and a huge one no table of its values.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace tcplab::internal {

inline constexpr std::size_t kDeepestNesting = 64;

// A line and a column in bytes, both from 1.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
};
[[nodiscard]] Place PlaceOf(std::string_view text, std::size_t offset);

// Why a text is no document, and where.
struct TextError {
  std::size_t offset = 0;
  std::string pointer;  // when the text could be read so far
  std::string message;
};

// Parses `text` into `document`. Refuses what is not UTF-8, not JSON with comments, nested deeper
// than kDeepestNesting, or an object that has a key twice. Neither recursion nor exceptions.
[[nodiscard]] std::optional<TextError> ParseJsonText(const std::string& text,
                                                     nlohmann::json& document);

// Where in a text that ParseJsonText accepted the value at `pointer` begins, or the key before it.
// A value that is not there gives the place of its nearest parent.
[[nodiscard]] std::size_t FindInJsonText(const std::string& text, std::string_view pointer,
                                         bool key_of_it);

}  // namespace tcplab::internal
