#include "runner/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/text.h"

namespace tcplab {
namespace {

struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};

// Unicode's East Asian Width W and F, coarsely; and the emoji that terminals draw as wide.
constexpr std::array<CodePoints, 10> kWide = {{{0x1100, 0x115F},
                                               {0x2E80, 0x303E},
                                               {0x3041, 0xA4CF},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFE30, 0xFE6F},
                                               {0xFF00, 0xFF60},
                                               {0xFFE0, 0xFFE6},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};
constexpr std::array<CodePoints, 4> kDrawnOver = {
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
// Controls, and marks that change the direction or hide: nothing that a payload may do to a wall.
constexpr std::array<CodePoints, 6> kUnsafe = {{{0x0000, 0x001F},
                                                {0x007F, 0x009F},
                                                {0x200B, 0x200F},
                                                {0x2028, 0x202E},
                                                {0x2060, 0x206F},
                                                {0xFEFF, 0xFEFF}}};

template <std::size_t kCount>
bool IsIn(const std::array<CodePoints, kCount>& table, std::uint32_t code_point) {
  return std::any_of(table.begin(), table.end(), [code_point](const CodePoints& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

struct Character {
  std::size_t bytes = 1;
  std::uint32_t code_point = 0;
  bool valid = false;  // false: one byte that is no UTF-8
};

Character FirstCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80U) return {1, lead, true};
  const std::size_t bytes = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (bytes > text.size() || !IsUtf8(text.substr(0, bytes))) return {};
  std::uint32_t code_point = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    code_point = (code_point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return {bytes, code_point, true};
}

std::size_t WidthOf(const Character& character) {
  if (!character.valid) return 1;
  if (IsIn(kDrawnOver, character.code_point)) return 0;
  return IsIn(kWide, character.code_point) ? 2 : 1;
}

std::string_view WithoutEndSpaces(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string Escaped(std::string_view bytes) {
  switch (bytes.front()) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '"':
    case '\\':
      return std::string("\\") + bytes.front();
    default:
      break;
  }
  std::string escaped;
  for (const char byte : bytes) {
    escaped += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
  return escaped;
}

bool IsShownAsItIs(const Character& character) {
  const bool quoted = character.code_point == '"' || character.code_point == '\\';
  return character.valid && !quoted && !IsIn(kUnsafe, character.code_point);
}

}  // namespace

std::size_t ColumnsOf(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    columns += WidthOf(character);
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string_view FirstColumns(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  while (end < text.size()) {
    const Character character = FirstCharacter(text.substr(end));
    const std::size_t width = WidthOf(character);
    if (width > columns) break;
    columns -= width;
    end += character.bytes;
  }
  return text.substr(0, end);
}

std::string PaddedTo(std::string_view text, std::size_t columns) {
  const std::size_t used = ColumnsOf(text);
  std::string padded(text);
  padded.append(columns - std::min(columns, used), ' ');
  return padded;
}

std::vector<std::string_view> WrappedTo(std::string_view text, std::size_t columns,
                                        std::size_t indent) {
  std::vector<std::string_view> lines;
  do {
    const std::size_t room = lines.empty() ? columns : columns - std::min(columns - 2, indent);
    std::string_view line = FirstColumns(text, room);
    const bool is_last = line.size() == text.size();
    const bool between_words = !is_last && text[line.size()] == ' ';
    const std::size_t space = line.rfind(' ');
    if (!is_last && !between_words && space != std::string_view::npos && space > 0) {
      line = line.substr(0, space + 1);
    }
    lines.push_back(WithoutEndSpaces(line));
    text.remove_prefix(line.size());
    while (!is_last && text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return lines;
}

std::string PayloadInWords(std::string_view bytes, std::size_t limit) {
  std::string quoted = "\"";
  std::size_t used = 0;
  while (!bytes.empty()) {
    const Character character = FirstCharacter(bytes);
    const std::string_view raw = bytes.substr(0, character.bytes);
    const std::string shown = IsShownAsItIs(character) ? std::string(raw) : Escaped(raw);
    used += ColumnsOf(shown);
    if (used > limit) return quoted + "\"...";
    quoted += shown;
    bytes.remove_prefix(character.bytes);
  }
  return quoted + "\"";
}

}  // namespace tcplab
