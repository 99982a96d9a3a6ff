#include "core/scenario/substitute.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace tcplab::internal {

using nlohmann::json;

namespace {

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNameCharacter(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// Literal text, or the name of a parameter.
struct Piece {
  bool is_reference = false;
  std::string text;
};

// A string taken apart.
struct Template {
  bool whole = false;      // "$name" and nothing else: the parameter with its type
  bool malformed = false;  // a "${" without a name and "}"
  std::vector<Piece> pieces;
};

void AddLiteral(Template& parts, std::string_view text) {
  if (parts.pieces.empty() || parts.pieces.back().is_reference) parts.pieces.push_back({});
  parts.pieces.back().text += text;
}

Template TakeApart(std::string_view text) {
  if (text.size() > 1 && text[0] == '$' && IsParameterName(text.substr(1))) {
    return {true, false, {{true, std::string(text.substr(1))}}};
  }
  Template parts;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    AddLiteral(parts, text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const char next = text.size() > 1 ? text[1] : '\0';
    if (next == '{') {
      const std::size_t end = text.find('}');
      const bool closed = end != std::string_view::npos;
      const std::string_view name = closed ? text.substr(2, end - 2) : std::string_view();
      if (!IsParameterName(name)) return {false, true, {}};
      parts.pieces.push_back({true, std::string(name)});
      text.remove_prefix(end + 1);
    } else {
      AddLiteral(parts, "$");
      text.remove_prefix(next == '$' ? 2 : 1);
    }
  }
  return parts;
}

std::string DoubleDollars(std::string text) {
  if (text.find('$') == std::string::npos) return text;
  std::string doubled;
  for (const char c : text) {
    if (c == '$') doubled += '$';
    doubled += c;
  }
  return doubled;
}

// Charged for every value besides its text, roughly what a value takes in memory.
constexpr std::size_t kBytesPerValue = 64;

void Charge(Budget& budget, std::size_t bytes) {
  if (bytes > budget.bytes) budget.exceeded = true;
  budget.bytes -= std::min(budget.bytes, bytes);
}

json SubstituteText(const std::string& text, const json& values, Stage stage, Budget& budget) {
  Charge(budget, text.size());
  if (text.find('$') == std::string::npos) return text;
  const Template parts = TakeApart(text);
  if (parts.malformed) return text;
  const auto escape = [&](std::string literal) {
    return stage == Stage::kScript ? DoubleDollars(std::move(literal)) : literal;
  };
  if (parts.whole) {
    const auto value = values.find(parts.pieces.front().text);
    if (value == values.end()) return text;
    return value->is_string() ? json(escape(value->get<std::string>())) : *value;
  }
  std::string result;
  for (const Piece& piece : parts.pieces) {
    if (budget.exceeded) break;
    const std::size_t before = result.size();
    const auto value = piece.is_reference ? values.find(piece.text) : values.end();
    if (!piece.is_reference) {
      result += escape(piece.text);
    } else if (value == values.end()) {
      result += "${" + piece.text + "}";
    } else {
      result += escape(ScalarText(*value));
    }
    Charge(budget, result.size() - before);
  }
  return result;
}

}  // namespace

bool IsParameterName(std::string_view name) {
  constexpr std::size_t kLongestName = 64;
  return !name.empty() && name.size() <= kLongestName && IsNameStart(name[0]) &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

std::string ScalarText(const json& scalar) {
  return scalar.is_string() ? scalar.get<std::string>() : scalar.dump();
}

// Recursion here and below is as deep as the document, which is at most 64 levels.
void VisitReferences(const Node& node, const ReferenceVisitor& found) {
  const json& value = node.value();
  if (value.is_object()) {
    for (const auto& [key, unused] : value.items()) VisitReferences(node.Member(key), found);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) VisitReferences(node.Element(i), found);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.find('$') == std::string::npos) return;
    const Template parts = TakeApart(text);
    if (parts.malformed) {
      node.Error(
          "found \"${\" that is not followed by a parameter's name and \"}\"; "
          "a dollar sign itself is written \"$$\"");
    }
    for (const Piece& piece : parts.pieces) {
      if (piece.is_reference) found(node, piece.text);
    }
  }
}

json Substitute(const json& value, const json& values, Stage stage, Budget& budget) {
  Charge(budget, kBytesPerValue);
  if (budget.exceeded) return nullptr;
  if (value.is_string()) {
    return SubstituteText(value.get_ref<const std::string&>(), values, stage, budget);
  }
  if (value.is_object()) {
    json result = json::object();
    for (const auto& [key, member] : value.items()) {
      Charge(budget, key.size());
      result[key] = Substitute(member, values, stage, budget);
    }
    return result;
  }
  if (value.is_array()) {
    json result = json::array();
    for (const json& element : value) {
      result.push_back(Substitute(element, values, stage, budget));
      if (budget.exceeded) break;
    }
    return result;
  }
  return value;
}

}  // namespace tcplab::internal
