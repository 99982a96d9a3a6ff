// Lines of a report that fit into 100 columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tcplab {

struct TextStyle {
  bool color = false;
};

enum class Tone { kPlain, kBold, kGood, kBad, kDoubtful };

// Collects the lines of a report. Rows have three columns: a label, how often, and what.
class TextLayout {
 public:
  // `often_width`: of the middle column.
  TextLayout(const TextStyle& style, std::size_t often_width)
      : style_(style), often_width_(often_width) {}

  // Text that is wrapped at the width, later lines indented by `indent` columns.
  void Line(std::string_view text, std::size_t indent = 0, Tone tone = Tone::kPlain);
  void Blank() { text_ += '\n'; }
  // A line that somebody copies: neither wrapped nor cut.
  void Verbatim(std::string_view text);

  // A label is shown once for all the rows that follow each other with it. What is longer than
  // three lines is cut.
  void Row(std::string_view label, std::string_view often, std::string_view what,
           Tone tone = Tone::kPlain);

  // Text in its colour, where there is one.
  [[nodiscard]] std::string Toned(std::string_view text, Tone tone) const;

  // The label before the next row is another one, even if it reads the same.
  void EndOfRows() { label_.clear(); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  TextStyle style_;
  std::size_t often_width_;
  std::string label_;
  std::string text_;
};

}  // namespace tcplab
