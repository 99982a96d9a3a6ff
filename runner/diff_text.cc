#include <algorithm>

#include "runner/columns.h"
#include "runner/diff_report.h"

namespace tcplab {
namespace {

constexpr std::size_t kTextColumns = 120;
constexpr std::size_t kIndentOfTable = 2;
constexpr std::size_t kBetweenCells = 2;
constexpr std::size_t kNarrowest = 8;
constexpr std::size_t kMostLinesOfCell = 5;

std::vector<std::size_t> NaturalWidths(const ReportTable& table) {
  std::vector<std::size_t> widths;
  const auto widen = [&](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], ColumnsOf(row[i]));
    }
  };
  widen(table.head);
  for (const auto& row : table.rows) widen(row);
  return widths;
}

// The widest give until all fit.
std::vector<std::size_t> FittingWidths(const ReportTable& table) {
  std::vector<std::size_t> widths = NaturalWidths(table);
  std::size_t used = kIndentOfTable;
  for (const std::size_t width : widths) used += width + kBetweenCells;
  while (used > kTextColumns + kBetweenCells) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    --*widest;
    --used;
  }
  return widths;
}

class TextDrawing {
 public:
  explicit TextDrawing(const TextStyle& style) : layout_(style, 0) {}

  void Paragraph(const std::string& text, std::size_t indent, Tone tone) {
    const std::string before(indent, ' ');
    bool first = true;
    for (const std::string_view line : WrappedTo(text, kTextColumns - indent, 2)) {
      text_ += before + (first ? "" : "  ") + layout_.Toned(line, tone) + "\n";
      first = false;
    }
  }

  void Table(const ReportTable& table) {
    if (table.rows.empty()) return;
    const std::vector<std::size_t> widths = FittingWidths(table);
    Row(table.head, widths, Tone::kBold);
    for (const auto& row : table.rows) Row(row, widths, Tone::kPlain);
  }

  void Blank() { text_ += '\n'; }
  [[nodiscard]] std::string Take() && { return std::move(text_); }

 private:
  void Row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
           Tone tone) {
    std::vector<std::vector<std::string_view>> lines;
    std::size_t height = 1;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      lines.push_back(WrappedTo(cells[i], std::max<std::size_t>(2, widths[i]), 0));
      height = std::max(height, lines.back().size());
    }
    const std::size_t shown = std::min(height, kMostLinesOfCell);
    for (std::size_t line = 0; line < shown; ++line) {
      std::string text(kIndentOfTable, ' ');
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool cut = line + 1 == kMostLinesOfCell && lines[i].size() > kMostLinesOfCell;
        const std::string_view whole = line < lines[i].size() ? lines[i][line] : "";
        const std::string cell =
            cut ? std::string(FirstColumns(whole, widths[i] - 4)) + " ..." : std::string(whole);
        text += PaddedTo(cell, widths[i]) + std::string(kBetweenCells, ' ');
      }
      while (text.ends_with(' ')) text.pop_back();
      text_ += layout_.Toned(text, tone) + "\n";
    }
  }

  TextLayout layout_;
  std::string text_;
};

}  // namespace

std::string ReportAsText(const Report& report, const TextStyle& style) {
  TextDrawing drawing(style);
  bool first = true;
  for (const ReportSection& section : report.sections) {
    if (!first) drawing.Blank();
    first = false;
    if (!section.title.empty()) drawing.Paragraph(section.title, 0, section.tone);
    for (const std::string& line : section.lines) {
      drawing.Paragraph(line, section.title.empty() ? 0 : 2, Tone::kPlain);
    }
    for (const ReportBlock& block : section.blocks) {
      if (!block.title.empty()) drawing.Paragraph(block.title, 0, Tone::kBold);
      if (!block.line.empty()) drawing.Paragraph(block.line, 2, Tone::kPlain);
      drawing.Table(block.table);
      if (&block != &section.blocks.back()) drawing.Blank();
    }
  }
  drawing.Blank();
  drawing.Paragraph(report.end, 0, Tone::kBold);
  return std::move(drawing).Take();
}

}  // namespace tcplab
