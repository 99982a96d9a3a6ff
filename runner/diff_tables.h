// What the columns of a comparison show of one fact, beside each other.
#pragma once

#include <cstdint>
#include <string>

#include "core/compare/compare.h"
#include "runner/diff_report.h"

namespace tcplab {

// Two columns: every value (the first few) with its trials, or numbers and sizes in figures.
[[nodiscard]] ReportTable DistributionTable(const Comparison& comparison, const Fact& fact);

// One column's trials in few words: "20 of 20: 0 accepted", "median 14 (1 to 34)".
[[nodiscard]] std::string CellInWords(const Fact& fact, std::size_t column);

// Of two columns the value that lost most from the first to the second, and the one that gained
// most; indices into the fact's values. Of distributions, whose trials all differ, one of the
// second column's.
struct Shift {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};
[[nodiscard]] Shift ShiftOf(const Fact& fact);

// "recorded 0 in 20 of 20 trials; now 0, 1 in 20 of 20": the first column, and the second.
[[nodiscard]] std::string ShiftInWords(const Fact& fact);

// "pause_ms=0: recv_histogram", with the file where there are several.
[[nodiscard]] std::string FactName(const Fact& fact, bool with_observation);

}  // namespace tcplab
