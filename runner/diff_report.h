// A comparison as people read it: sections of lines and tables, which each format then draws.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/compare/compare.h"
#include "runner/text_layout.h"

namespace tcplab {

// Rows of cells under a head. The first column names the row.
struct ReportTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

struct ReportBlock {
  std::string title;
  std::string line;  // under the title
  ReportTable table;
};

struct ReportSection {
  std::string title;
  Tone tone = Tone::kPlain;
  std::vector<std::string> lines;
  std::vector<ReportBlock> blocks;
};

struct Report {
  std::string title;
  std::vector<ReportSection> sections;
  std::string end;  // the last line: how many of what
};

// Two columns: facts that differ with both distributions, then those that nobody can tell, then a
// count.
[[nodiscard]] Report PairReport(const Comparison& comparison);

// One fact of two columns: how much it differs, and both distributions.
[[nodiscard]] ReportBlock FactBlock(const Comparison& comparison, const Fact& fact);

// Three columns or more: facts as rows.
[[nodiscard]] Report MatrixReport(const Comparison& comparison);

// The formats. Pure functions; all text from outside is made harmless there.
[[nodiscard]] std::string ReportAsText(const Report& report, const TextStyle& style);
[[nodiscard]] std::string ReportAsMarkdown(const Report& report);
[[nodiscard]] std::string ReportAsHtml(const Report& report);
[[nodiscard]] std::string ComparisonAsJson(const Comparison& comparison);

}  // namespace tcplab
