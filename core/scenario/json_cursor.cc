#include "core/scenario/json_cursor.h"

#include <algorithm>

namespace tcplab::internal {

JsonCursor::JsonCursor(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) offset_ = kByteOrderMark.size();
}

void JsonCursor::SkipSpaceAndComments() {
  while (!AtEnd()) {
    const char c = Peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      Advance();
    } else if (text_.substr(offset_, 2) == "//") {
      offset_ = std::min(text_.find_first_of("\r\n", offset_), text_.size());  // as the parser
    } else if (text_.substr(offset_, 2) == "/*") {
      const std::size_t end = text_.find("*/", offset_ + 2);
      offset_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else {
      return;
    }
  }
}

std::string_view JsonCursor::TakeString() {
  const std::size_t begin = offset_;
  Advance();
  while (!AtEnd() && Peek() != '"') {
    if (Peek() == '\\') Advance();
    Advance();
  }
  Advance();
  return text_.substr(begin, offset_ - begin);
}

void JsonCursor::SkipToken() {
  constexpr std::string_view kStructure = "{}[],:";
  constexpr std::string_view kEndOfWord = "{}[],:\"/ \t\r\n";
  if (Peek() == '"') {
    TakeString();
  } else if (kStructure.find(Peek()) != std::string_view::npos) {
    Advance();
  } else {
    offset_ = std::min(text_.find_first_of(kEndOfWord, offset_ + 1), text_.size());
  }
}

void JsonCursor::SkipValue() {
  std::size_t depth = 0;
  do {
    SkipSpaceAndComments();
    const char c = Peek();
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    SkipToken();
  } while (depth > 0 && !AtEnd());
}

}  // namespace tcplab::internal
