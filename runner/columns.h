// Text fitted into the columns of a terminal, character by character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {

// How many columns UTF-8 text takes: two for a wide character (East Asian, emoji), none for one
// that is drawn over the one before. A byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t ColumnsOf(std::string_view text);

// The longest beginning that takes at most `columns`, cut between characters.
[[nodiscard]] std::string_view FirstColumns(std::string_view text, std::size_t columns);

// Followed by spaces up to `columns`; what is longer is left as it is.
[[nodiscard]] std::string PaddedTo(std::string_view text, std::size_t columns);

// Lines of at most `columns`, later ones of `indent` fewer; broken at spaces where there are any.
[[nodiscard]] std::vector<std::string_view> WrappedTo(std::string_view text, std::size_t columns,
                                                      std::size_t indent);

// Received bytes between quotation marks: well-formed UTF-8 as it is, all that a terminal might
// take for a command or cannot show as \xNN, cut after `limit` columns.
[[nodiscard]] std::string PayloadInWords(std::string_view bytes, std::size_t limit);

}  // namespace tcplab
