#include "core/result/result_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/result/result_builder.h"
#include "core/result/result_check.h"
#include "core/scenario/json_text.h"

namespace tcplab {
namespace {

using nlohmann::json;

// Deeper than any result that holds a scenario of the deepest kind; shallow enough for recursion.
constexpr std::size_t kDeepestNesting = internal::kDeepestNesting + 16;

constexpr std::string_view kFormatName = "tcplab-result/";

tl::unexpected<Error> InvalidAt(const std::string& name, const std::string& text,
                                std::size_t offset, const std::string& what) {
  const internal::Place place = internal::PlaceOf(text, std::min(offset, text.size()));
  return Invalid(fmt::format("{}:{}:{}: {}", name, place.line, place.column, what));
}

// The offset of the first bracket that opens too deep a level; text.size() when there is none.
std::size_t FindTooDeep(const std::string& text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepestNesting) return i;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return text.size();
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error..." without what
// our own message says.
std::string Reason(const char* what) {
  const std::string text = what;
  const std::size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

Status CheckFormat(const json& document, const std::string& name) {
  const auto format = document.is_object() ? document.find("format") : document.end();
  const bool is_text = document.is_object() && format != document.end() && format->is_string();
  const std::string found = is_text ? format->get<std::string>() : "";
  if (!found.starts_with(kFormatName)) {
    return Invalid(
        fmt::format("{}: this is not a result: expected \"format\": \"{}\"", name, kResultFormat));
  }
  if (found == kResultFormat) return {};
  // There is no older one: the first format that was ever written is this one.
  return Invalid(
      fmt::format("{}: its format is {}, and this version of tcplab reads {}: use a newer version",
                  name, found, kResultFormat));
}

// What every user of a result relies on without asking.
Status CheckShape(const json& document, const std::string& name) {
  struct Key {
    const char* pointer;
    json::value_t type;
  };
  for (const Key& key :
       {Key{"/scenario/document", json::value_t::object},
        Key{"/scenario/name", json::value_t::string},
        Key{"/environment/facets", json::value_t::object},
        Key{"/environment/id", json::value_t::string}, Key{"/run/status", json::value_t::string},
        Key{"/cases", json::value_t::array}}) {
    const json::json_pointer pointer(key.pointer);
    if (!document.contains(pointer) || document.at(pointer).type() != key.type) {
      return Invalid(fmt::format("{}: this is no whole result: {} is missing, or of another type",
                                 name, key.pointer));
    }
  }
  return {};
}

}  // namespace

Result<json> ReadResultText(const std::string& text, const std::string& name) {
  if (const std::size_t offset = FindTooDeep(text); offset < text.size()) {
    return InvalidAt(name, text, offset,
                     fmt::format("nested deeper than {} levels", kDeepestNesting));
  }
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    const std::size_t offset = error.byte == 0 ? 0 : error.byte - 1;
    return InvalidAt(name, text, offset, "this is not JSON: " + Reason(error.what()));
  } catch (const json::exception& error) {  // a number beyond all bounds
    return Invalid(fmt::format("{}: this is not JSON: {}", name, Reason(error.what())));
  }
  if (Status format = CheckFormat(document, name); !format) return Forward(format);
  if (Status shape = CheckShape(document, name); !shape) return Forward(shape);
  if (const auto problem = internal::FindResultProblem(document)) {
    return InvalidAt(name, text, internal::FindInJsonText(text, problem->pointer, false),
                     fmt::format("at {}: {}", problem->pointer, problem->message));
  }
  return document;
}

Result<json> ReadResultFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Invalid(path + ": found a directory, expected a result file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Invalid(path + ": " + std::generic_category().message(errno));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return Invalid(path + ": cannot be read");
  return ReadResultText(text, path);
}

}  // namespace tcplab
