#include "core/scenario/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/text.h"

namespace tcplab::internal {

using nlohmann::json;

bool Node::Has(std::string_view key) const { return value_->is_object() && value_->contains(key); }

Node Node::Member(std::string_view key) const {
  return {value_->at(std::string(key)), *this, key, 0};
}

Node Node::Element(std::size_t index) const { return {value_->at(index), *this, {}, index}; }

Node Node::With(const json& value) const {
  Node node(value, *this, {}, 0);
  node.same_place_ = true;
  return node;
}

std::string Node::Pointer() const {
  if (parent_ == nullptr) return {};
  std::string pointer = parent_->Pointer();
  if (same_place_) return pointer;
  pointer += '/';
  pointer += parent_->value().is_array() ? std::to_string(index_) : PointerToken(key_);
  return pointer;
}

void Node::Report(Severity severity, Anchor anchor, std::string message) const {
  if (severity == Severity::kError && problems_->full()) return;
  problems_->Add({severity, anchor, Pointer(), std::move(message)});
}

void Node::Error(std::string message) const {
  Report(Severity::kError, Anchor::kValue, std::move(message));
}

void Node::KeyError(std::string message) const {
  Report(Severity::kError, Anchor::kKey, std::move(message));
}

void Node::Warning(std::string message) const {
  Report(Severity::kWarning, Anchor::kValue, std::move(message));
}

void Node::Mismatch(std::string_view expected) const {
  Error(fmt::format("found {}, expected {}", Found(*value_), expected));
}

std::string Found(const json& value) {
  switch (value.type()) {
    case json::value_t::string:
      return "the string " + Quoted(value.get_ref<const std::string&>());
    case json::value_t::object:
      return value.empty() ? "an empty object" : "an object";
    case json::value_t::array:
      return value.empty() ? "an empty list" : "a list";
    case json::value_t::null:
    case json::value_t::boolean:
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      return value.dump();
    case json::value_t::binary:
    case json::value_t::discarded:
      break;
  }
  return "something that is not JSON";
}

std::optional<double> ReadNumber(const Node& node, double low, double high) {
  if (node.value().is_number()) {
    const double number = node.value().get<double>();
    if (number >= low && number <= high) return number;
  }
  node.Mismatch(fmt::format("a number from {} to {}", low, high));
  return std::nullopt;
}

namespace {

// The value as a whole number, if it is one that an int64 holds.
std::optional<std::int64_t> AsWhole(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
    return std::nullopt;
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  constexpr double kExact = 9007199254740992.0;  // 2^53: past it a double skips whole numbers
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::fabs(number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<std::int64_t> ReadWhole(const Node& node, std::int64_t low, std::int64_t high) {
  const std::optional<std::int64_t> number = AsWhole(node.value());
  if (number && *number >= low && *number <= high) return number;
  node.Mismatch(fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<bool> ReadBool(const Node& node) {
  if (node.value().is_boolean()) return node.value().get<bool>();
  node.Mismatch("true or false");
  return std::nullopt;
}

std::optional<std::string> ReadText(const Node& node, std::size_t most_bytes) {
  if (!node.value().is_string()) {
    node.Mismatch("a string");
    return std::nullopt;
  }
  const auto& text = node.value().get_ref<const std::string&>();
  if (text.size() <= most_bytes) return text;
  node.Error(
      fmt::format("found a string of {} bytes, expected at most {}", text.size(), most_bytes));
  return std::nullopt;
}

std::optional<std::string> ReadName(const Node& node) {
  constexpr std::size_t kLongestName = 64;
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '.';
  };
  if (node.value().is_string()) {
    const auto& name = node.value().get_ref<const std::string&>();
    const bool fits = !name.empty() && name.size() <= kLongestName;
    if (fits && std::none_of(name.begin(), name.end(), bad)) return name;
  }
  node.Mismatch("a name of 1 to 64 bytes without dots and control characters");
  return std::nullopt;
}

void NameInto(const Node& node, std::string& out) {
  if (auto name = ReadName(node)) out = std::move(*name);
}

bool ExpectList(const Node& node, std::string_view of_what) {
  if (node.value().is_array()) return true;
  node.Mismatch(fmt::format("a list of {}", of_what));
  return false;
}

namespace {

std::string JoinQuoted(std::span<const std::string_view> words, std::string_view last) {
  std::vector<std::string> quoted;
  for (const std::string_view word : words) quoted.push_back(Quoted(word));
  const std::vector<std::string_view> views(quoted.begin(), quoted.end());
  return JoinWords(views, last);
}

}  // namespace

std::optional<std::size_t> ReadWordIndex(const Node& node,
                                         std::span<const std::string_view> words) {
  if (!node.value().is_string()) {
    node.Mismatch(JoinQuoted(words, "or"));
    return std::nullopt;
  }
  const std::string_view text = node.value().get_ref<const std::string&>();
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  node.Error(fmt::format("found {}, expected {}{}", Found(node.value()), JoinQuoted(words, "or"),
                         DidYouMean(text, words)));
  return std::nullopt;
}

bool CheckKeys(const Node& node, std::string_view what, const std::vector<KeyRule>& rules) {
  std::vector<std::string_view> known;
  for (const KeyRule& rule : rules) known.push_back(rule.key);
  if (!node.value().is_object()) {
    node.Mismatch(fmt::format("{}: an object", what));
    return false;
  }
  for (const auto& [key, unused] : node.value().items()) {
    if (node.problems().full()) break;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string keys = known.empty() ? "no key" : JoinQuoted(known, "or");
    node.Member(key).KeyError(fmt::format("{} has no key {}; expected {}{}", what, Quoted(key),
                                          keys, DidYouMean(key, known)));
  }
  std::vector<std::string_view> missing;
  for (const KeyRule& rule : rules) {
    if (rule.required && !node.Has(rule.key)) missing.push_back(rule.key);
  }
  if (!missing.empty()) {
    node.Error(fmt::format("{} lacks the key{} {}", what, missing.size() == 1 ? "" : "s",
                           JoinQuoted(missing, "and")));
  }
  return true;
}

}  // namespace tcplab::internal
