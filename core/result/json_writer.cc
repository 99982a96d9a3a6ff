#include "core/result/json_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/text.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 2;

bool IsNumberOrNull(const json& value) { return value.is_number() || value.is_null(); }

// A code point is a column: near enough for a line's width.
std::size_t Columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

class Writer {
 public:
  // `used`: columns of this line that stand before the value, or come right after it.
  void Put(const json& value, std::size_t depth, std::size_t used) {
    if (value.is_object() && !value.empty()) {
      PutObject(value, depth);
    } else if (value.is_array() && !value.empty()) {
      PutArray(value, depth, used);
    } else {
      text_ += CanonicalJson(value);
    }
  }

  std::string Finish() && {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  void NewLine(std::size_t depth) {
    text_ += '\n';
    text_.append(depth * kIndent, ' ');
  }

  void PutObject(const json& object, std::size_t depth) {
    char before = '{';
    for (const auto& [key, value] : object.items()) {
      text_ += before;
      before = ',';
      NewLine(depth + 1);
      const std::string name = CanonicalJson(key) + ": ";
      text_ += name;
      Put(value, depth + 1, (depth + 1) * kIndent + Columns(name) + 1);
    }
    NewLine(depth);
    text_ += '}';
  }

  void PutArray(const json& array, std::size_t depth, std::size_t used) {
    if (PutOnOneLine(array, used)) return;
    char before = '[';
    for (const json& element : array) {
      text_ += before;
      before = ',';
      NewLine(depth + 1);
      Put(element, depth + 1, (depth + 1) * kIndent + 1);
    }
    NewLine(depth);
    text_ += ']';
  }

  bool PutOnOneLine(const json& array, std::size_t used) {
    const bool numbers = std::all_of(array.begin(), array.end(), IsNumberOrNull);
    const bool may_fit = std::all_of(array.begin(), array.end(),
                                     [](const json& element) { return element.is_primitive(); }) &&
                         array.size() < kWidth;
    if (!numbers && !may_fit) return false;
    std::string line;
    for (const json& element : array) {
      line += line.empty() ? "[" : ", ";
      line += CanonicalJson(element);
    }
    line += ']';
    if (!numbers && used + Columns(line) > kWidth) return false;
    text_ += line;
    return true;
  }

  std::string text_;
};

}  // namespace

std::string WriteJson(const json& value) {
  Writer writer;
  writer.Put(value, 0, 0);
  return std::move(writer).Finish();
}

std::string CanonicalJson(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace tcplab
