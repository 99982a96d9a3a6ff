#include "core/scenario/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/scenario/json_cursor.h"
#include "core/scenario/problems.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

// What a key says, its escapes resolved.
std::string KeyText(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos)
    return std::string(quoted.substr(1, quoted.size() - 2));
  return json::parse(quoted, nullptr, false).get<std::string>();
}

std::optional<TextError> FindBadUtf8(const std::string& text) {
  if (IsUtf8(text)) return std::nullopt;
  std::size_t offset = 0;
  while (offset < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !IsUtf8(std::string_view(text).substr(offset, length))) ++length;
    if (length > 4) break;
    offset += length;
  }
  return TextError{offset,
                   {},
                   fmt::format("found the byte 0x{}, expected UTF-8 text",
                               ToHex(std::string_view(text).substr(offset, 1)))};
}

// Before anything is parsed: a parser would need memory, if not stack, for every level.
std::optional<TextError> FindTooDeep(const std::string& text) {
  std::size_t depth = 0;
  JsonCursor cursor(text);
  for (cursor.SkipSpaceAndComments(); !cursor.AtEnd(); cursor.SkipSpaceAndComments()) {
    const char c = cursor.Peek();
    if (c == '"') {
      cursor.TakeString();
      continue;
    }
    if ((c == '{' || c == '[') && ++depth > kDeepestNesting) {
      return TextError{cursor.offset(),
                       {},
                       fmt::format("found a value nested deeper than {} levels", kDeepestNesting)};
    }
    if ((c == '}' || c == ']') && depth > 0) --depth;
    cursor.Advance();
  }
  return std::nullopt;
}

// Keeps what the parser says of the first error: its exceptions carry the place in their text only.
class ErrorRecorder : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) override {
    position_ = position;
    what_ = error.what();
    return false;
  }

  // Bytes read up to the error, with the one that is wrong; past the end, one more than there are.
  [[nodiscard]] std::size_t position() const { return position_; }

  // "syntax error while parsing object key - unexpected '}'; expected string literal"
  [[nodiscard]] std::string Message() const {
    std::string message = what_;
    // Before it "[json.exception.parse_error.101] parse error at line 3, column 5: ".
    for (const std::string_view before : {"] ", ": "}) {
      const std::size_t end = message.find(before);
      if (end != std::string::npos) message.erase(0, end + before.size());
    }
    // In it the text since some token before, as long as it may be; after that what was expected,
    // in the parser's own words. The text may look like these, save for what they have not.
    const std::size_t quote = message.find("; last read: '");
    if (quote != std::string::npos) {
      constexpr std::string_view kOwnLetters = "abcdefghijklmnopqrstuvwxyz <>'[]{},:;";
      const std::size_t rest = message.rfind("'; expected ");
      const bool own = rest != std::string::npos && message.size() - rest < 50 &&
                       message.find_first_not_of(kOwnLetters, rest) == std::string::npos;
      message.erase(quote, own ? rest + 1 - quote : std::string::npos);
    }
    return Printable(message, 200);
  }

 private:
  std::size_t position_ = 0;
  std::string what_;
};

// Where the token begins that was read until `position`. In a string it is where the string is
// wrong; of a word that is none (`tru }`) the byte after it was read as well.
std::size_t BeginOfToken(const std::string& text, std::size_t position, bool bad_word) {
  const std::size_t last = std::max<std::size_t>(position, 1) - 1;
  if (last >= text.size()) return text.size();
  constexpr std::string_view kNoWord = "{}[],:\"";
  JsonCursor cursor(text);
  std::optional<std::size_t> word;  // the token before, if it is one
  while (true) {
    const std::size_t end_of_last = cursor.offset();
    cursor.SkipSpaceAndComments();
    const std::size_t begin = cursor.offset();
    const char first = cursor.Peek();
    cursor.SkipToken();
    if (begin >= last && bad_word && word && last == end_of_last) return *word;
    if (begin >= last || cursor.AtEnd()) return std::min(begin, last);
    // The last byte read of a string is its closing quote, unless the string itself is wrong.
    if (cursor.offset() > last) return first == '"' && cursor.offset() != last + 1 ? last : begin;
    word = kNoWord.find(first) == std::string_view::npos ? std::optional(begin) : std::nullopt;
  }
}

// An object or list that is being read.
struct OpenValue {
  bool is_object = false;
  std::unordered_set<std::string> keys;
  std::string key;        // of the member that is being read
  std::size_t index = 0;  // of the element that is being read
};

std::string PointerTo(const std::vector<OpenValue>& open) {
  std::string pointer;
  for (const OpenValue& value : open) {
    pointer += "/" + (value.is_object ? PointerToken(value.key) : std::to_string(value.index));
  }
  return pointer;
}

// The parser keeps the last of two equal keys and says nothing.
std::optional<TextError> FindDuplicateKey(const std::string& text) {
  std::vector<OpenValue> open;
  JsonCursor cursor(text);
  bool key_next = false;
  for (cursor.SkipSpaceAndComments(); !cursor.AtEnd(); cursor.SkipSpaceAndComments()) {
    const char c = cursor.Peek();
    if (c == '"') {
      const std::size_t offset = cursor.offset();
      const std::string_view quoted = cursor.TakeString();
      if (!key_next) continue;
      key_next = false;
      open.back().key = KeyText(quoted);
      if (open.back().keys.insert(open.back().key).second) continue;
      return TextError{
          offset, PointerTo(open),
          fmt::format("the key {} stands twice in one object", Quoted(open.back().key))};
    }
    cursor.Advance();
    if (c == '{' || c == '[') {
      open.push_back({c == '{', {}, {}, 0});
      key_next = c == '{';
    } else if (c == '}' || c == ']') {
      open.pop_back();
      key_next = false;
    } else if (c == ',') {
      key_next = open.back().is_object;
      ++open.back().index;
    }
  }
  return std::nullopt;
}

}  // namespace

Place PlaceOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto newlines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  std::size_t column = before.size() - line_start + 1;
  if (newlines == 0 && text.starts_with(kByteOrderMark) && column > kByteOrderMark.size()) {
    column -= kByteOrderMark.size();  // no editor shows it
  }
  return {static_cast<std::size_t>(newlines) + 1, column};
}

std::optional<TextError> ParseJsonText(const std::string& text, json& document) {
  JsonCursor start(text);
  start.SkipSpaceAndComments();
  if (auto error = FindBadUtf8(text)) return error;
  if (start.AtEnd()) return TextError{0, {}, "the file is empty, expected a scenario: an object"};
  // To the parser it is the end of the text, and what follows would be read by nobody but us.
  if (const std::size_t zero = text.find('\0'); zero != std::string::npos) {
    return TextError{zero, {}, "found the byte 0x00, expected text"};
  }
  if (auto error = FindTooDeep(text)) return error;
  constexpr bool kThrow = false;
  constexpr bool kIgnoreComments = true;
  document = json::parse(text, nullptr, kThrow, kIgnoreComments);
  if (document.is_discarded()) {
    ErrorRecorder recorder;
    constexpr bool kStrict = true;  // nothing may follow the value
    json::sax_parse(text, &recorder, json::input_format_t::json, kStrict, kIgnoreComments);
    document = nullptr;
    const std::string message = recorder.Message();
    const bool bad_word = message.find("invalid literal") != std::string::npos ||
                          message.find("invalid number") != std::string::npos;
    return TextError{
        BeginOfToken(text, recorder.position(), bad_word), {}, "not valid JSON: " + message};
  }
  return FindDuplicateKey(text);
}

namespace {

// From the opening bracket of an object or list to the value of the member or element that `token`
// names, and true; `key` is then where its key begins, or the value itself. False at the closing
// bracket.
bool MoveToChild(JsonCursor& cursor, std::string_view token, std::size_t& key) {
  const bool is_object = cursor.Peek() == '{';
  if (!is_object && cursor.Peek() != '[') return false;
  const std::string wanted(token);
  cursor.Advance();
  for (std::size_t index = 0;; ++index) {
    cursor.SkipSpaceAndComments();
    if (cursor.Peek() == ',') cursor.Advance();
    cursor.SkipSpaceAndComments();
    if (cursor.AtEnd() || cursor.Peek() == '}' || cursor.Peek() == ']') return false;
    key = cursor.offset();
    bool found = false;
    if (is_object) {
      found = PointerToken(KeyText(cursor.TakeString())) == wanted;
      cursor.SkipSpaceAndComments();
      cursor.Advance();  // ":"
      cursor.SkipSpaceAndComments();
    } else {
      found = std::to_string(index) == wanted;
    }
    if (found) return true;
    cursor.SkipValue();
  }
}

}  // namespace

std::size_t FindInJsonText(const std::string& text, std::string_view pointer, bool key_of_it) {
  JsonCursor cursor(text);
  cursor.SkipSpaceAndComments();
  std::size_t place = cursor.offset();
  if (pointer.empty()) return place;
  const std::vector<std::string_view> tokens = Split(pointer.substr(1), '/');
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::size_t key = 0;
    if (!MoveToChild(cursor, tokens[i], key)) return place;
    const bool is_last = i + 1 == tokens.size();
    place = is_last && key_of_it ? key : cursor.offset();
  }
  return place;
}

}  // namespace tcplab::internal
