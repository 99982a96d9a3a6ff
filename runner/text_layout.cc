#include "runner/text_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tcplab {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabelWidth = 14;
constexpr std::size_t kMostLinesOfRow = 3;

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Where a line of at most `columns` columns may end: after a space if there is one.
std::size_t LineEnd(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t after_space = 0;
  bool in_color = false;  // which takes no column
  for (std::size_t i = 0; i < text.size(); ++i) {
    in_color = in_color || text[i] == '\x1b';
    const bool is_column = !in_color && !ContinuesCharacter(text[i]);
    if (is_column && used++ == columns) return after_space > 0 ? after_space : i;
    if (text[i] == ' ') after_space = i + 1;
    in_color = in_color && text[i] != 'm';
  }
  return text.size();
}

std::string_view WithoutSpaceAtEnd(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Wrapped(std::string_view text, std::size_t first,
                                      std::size_t others) {
  std::vector<std::string_view> lines;
  do {
    const std::size_t end = LineEnd(text, lines.empty() ? first : others);
    lines.push_back(WithoutSpaceAtEnd(text.substr(0, end)));
    text.remove_prefix(end);
  } while (!text.empty());
  return lines;
}

std::string_view ColorOf(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kBold:
      return "\x1b[1m";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kBad:
      return "\x1b[31m";
    case Tone::kDoubtful:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string TextLayout::Toned(std::string_view text, Tone tone) const {
  const std::string_view color = ColorOf(tone);
  if (!style_.color || color.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", color, text);
}

void TextLayout::Line(std::string_view text, std::size_t indent, Tone tone) {
  EndOfRows();
  std::size_t before = 0;
  for (const std::string_view line : Wrapped(text, kWidth, kWidth - indent)) {
    text_.append(before, ' ').append(Toned(line, tone)) += '\n';
    before = indent;
  }
}

void TextLayout::Verbatim(std::string_view text) {
  EndOfRows();
  text_.append(text) += '\n';
}

void TextLayout::Row(std::string_view label, std::string_view often, std::string_view what,
                     Tone tone) {
  const bool again = label == label_;
  label_ = label;
  const std::size_t column = std::max(kLabelWidth, label.size() + 1);  // a label of any length
  const std::string head =
      fmt::format("  {:<{}}{:>{}}  ", again ? "" : label, column, often, often_width_);
  const std::size_t room = kWidth - std::min(kWidth / 2, head.size());
  std::vector<std::string_view> lines = Wrapped(what, room, room);
  const bool cut = lines.size() > kMostLinesOfRow;
  if (cut) lines.resize(kMostLinesOfRow);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last_of_cut = cut && i + 1 == lines.size();
    const std::string before = i == 0 ? head : std::string(head.size(), ' ');
    const std::string line(last_of_cut ? lines[i].substr(0, LineEnd(lines[i], room - 4))
                                       : lines[i]);
    const std::string whole = before + Toned(last_of_cut ? line + " ..." : line, tone);
    text_ += WithoutSpaceAtEnd(whole);
    text_ += '\n';
  }
}

}  // namespace tcplab
