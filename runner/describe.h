// Observed values in the words of a person.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {

// Text from a trial between quotation marks, escaped as in C, cut after `limit` bytes.
[[nodiscard]] std::string QuotedBytes(std::string_view text, std::size_t limit);

// Any JSON on one line, cut after `limit` bytes.
[[nodiscard]] std::string ShortJson(const nlohmann::json& value, std::size_t limit);

// "0, 2-4": runs that count up are shortened; the order is kept.
[[nodiscard]] std::string Ranges(std::span<const std::size_t> numbers);

// The same for a JSON array of numbers: an accept order.
[[nodiscard]] std::string OrderInWords(const nlohmann::json& numbers);

// "0 accepted; 1-2 queued; 3-7 pending": who has which word, in the order in which words appear.
// Where that gets too long: "512 accepted, 88 pending".
[[nodiscard]] std::string WhoHasWhich(std::span<const std::string> words);

// What an actor's step came to, time after time: "ok 7", "ok 1 x100", "ok 5, then eof", "never
// run".
[[nodiscard]] std::string OutcomesOfStep(const nlohmann::json& outcomes);

// A client's replies: `"CIAO 0\n"`, "nothing", or how many there were.
[[nodiscard]] std::string RepliesOfClient(const nlohmann::json& replies);

// "100 of 1 byte", "1 of 1 byte, 2 of 98 bytes", "nothing received".
[[nodiscard]] std::string SizesInWords(const nlohmann::json& histogram);

// "1 trial", "20 trials".
[[nodiscard]] std::string Counted(std::size_t count, std::string_view noun);

}  // namespace tcplab
