// What the columns of a comparison show of one fact, beside each other.
#pragma once

#include <string>

#include "core/compare/compare.h"
#include "runner/diff_report.h"

namespace tcplab {

// Two columns: every value (the first few) with its trials, or numbers and sizes in figures.
[[nodiscard]] ReportTable DistributionTable(const Comparison& comparison, const Fact& fact);

// One column's trials in few words: "20 of 20: 0 accepted", "median 14 (1 to 34)".
[[nodiscard]] std::string CellInWords(const Fact& fact, std::size_t column);

// "pause_ms=0: recv_histogram", with the file where there are several.
[[nodiscard]] std::string FactName(const Fact& fact, bool with_observation);

}  // namespace tcplab
