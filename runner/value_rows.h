// Rows of a case's block, each from one observation: every distinct value, and in how many trials.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "runner/text_layout.h"

namespace tcplab {

// The distinct values of an observation; none when the result does not hold it (--only).
[[nodiscard]] const nlohmann::json& ValuesOf(const nlohmann::json& a_case, const char* observation);

// "19 of 20"
[[nodiscard]] std::string HowOften(std::uint64_t trials, std::uint64_t measured);

// One row for each distinct text, most frequent first; past a few, how many others there were.
// Values that read the same are counted together.
using Describe = std::function<std::string(const nlohmann::json& value)>;
void AddValueRows(TextLayout& layout, std::string_view label, const nlohmann::json& values,
                  std::uint64_t measured, const Describe& describe);

// Sizes that recv returned: in words where trials agree, else as a histogram of the average trial.
void AddRecvRows(TextLayout& layout, const nlohmann::json& histograms, std::uint64_t measured);

// How long connects took.
void AddConnectTimes(TextLayout& layout, const nlohmann::json& values);

}  // namespace tcplab
