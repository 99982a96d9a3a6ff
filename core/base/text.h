// Small text helpers shared by everything that talks to people.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {

// The candidate that `word` was probably meant to be ("did you mean"), or an empty view when none
// is near: at most a third of the letters off (Levenshtein distance with transpositions), upper and
// lower case alike.
[[nodiscard]] std::string_view ClosestWord(std::string_view word,
                                           std::span<const std::string_view> candidates);

// Bytes of the well-formed UTF-8 sequence at the front of `text`, which is not empty; 0 when there
// is none.
[[nodiscard]] std::size_t Utf8SequenceLength(std::string_view text);

// Whether `bytes` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past
// U+10FFFF).
[[nodiscard]] bool IsUtf8(std::string_view bytes);

// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string ToHex(std::string_view bytes);

// Words joined for a sentence: `a`, `a or b`, `a, b or c`.
[[nodiscard]] std::string JoinWords(std::span<const std::string_view> words,
                                    std::string_view last = "or");

// `text` split at every `separator`; an empty text gives one empty piece.
[[nodiscard]] std::vector<std::string_view> Split(std::string_view text, char separator);

// Text from outside (a key of a scenario, a file name) made safe to print on a terminal: control
// characters, and bytes that are no UTF-8, as \xNN; cut at `limit` bytes with an ellipsis, and
// never inside a character.
[[nodiscard]] std::string Printable(std::string_view text, std::size_t limit = 80);

}  // namespace tcplab
