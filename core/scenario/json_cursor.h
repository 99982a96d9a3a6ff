// Moving over JSON text without parsing it.
#pragma once

#include <cstddef>
#include <string_view>

namespace tcplab::internal {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A position in JSON text with comments. Text that is not JSON cannot break it: it stops at the
// end.
class JsonCursor {
 public:
  // After a byte order mark, if there is one.
  explicit JsonCursor(std::string_view text);

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] bool AtEnd() const { return offset_ >= text_.size(); }
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[offset_]; }
  void Advance() { offset_ += AtEnd() ? 0 : 1; }

  void SkipSpaceAndComments();
  // A string with its quotes, as it is written.
  std::string_view TakeString();
  // A bracket, comma or colon, a string, a number or a literal.
  void SkipToken();
  // A whole value, with all that is in it.
  void SkipValue();

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace tcplab::internal
