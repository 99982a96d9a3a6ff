// A value of a document together with its place, and the readers that turn it into a C++ value.
//
// Every reader reports what is wrong itself and then returns nothing (or leaves its output alone),
// so that reading goes on and finds the next problem.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>  // readers look into values
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/problems.h"

namespace tcplab::internal {

// A value and the way to it from the root. Refers to its parent, which must live longer: nodes live
// on the stack of the function that reads them.
class Node {
 public:
  Node(const nlohmann::json& root, Problems& problems) : value_(&root), problems_(&problems) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] Problems& problems() const { return *problems_; }
  [[nodiscard]] bool Has(std::string_view key) const;
  // The member must be there, and `key` must outlive the node.
  [[nodiscard]] Node Member(std::string_view key) const;
  [[nodiscard]] Node Element(std::size_t index) const;
  // The same place with another value: what the document says there, worked out.
  [[nodiscard]] Node With(const nlohmann::json& value) const;

  [[nodiscard]] std::string Pointer() const;

  void Error(std::string message) const;
  void KeyError(std::string message) const;
  void Warning(std::string message) const;
  // "found the string "x", expected <expected>".
  void Mismatch(std::string_view expected) const;

 private:
  Node(const nlohmann::json& value, const Node& parent, std::string_view key, std::size_t index)
      : value_(&value), problems_(parent.problems_), parent_(&parent), key_(key), index_(index) {}
  void Report(Severity severity, Anchor anchor, std::string message) const;

  const nlohmann::json* value_;
  Problems* problems_;
  const Node* parent_ = nullptr;
  std::string_view key_;   // of an object's member
  std::size_t index_ = 0;  // of a list's element
  bool same_place_ = false;
};

// "the string "abc"", "-5", "a list": how a message names a value.
[[nodiscard]] std::string Found(const nlohmann::json& value);

[[nodiscard]] std::optional<double> ReadNumber(const Node& node, double low, double high);
// 1e3 is a whole number too: JSON has one kind of number.
[[nodiscard]] std::optional<std::int64_t> ReadWhole(const Node& node, std::int64_t low,
                                                    std::int64_t high);
[[nodiscard]] std::optional<bool> ReadBool(const Node& node);
// The longest text that a scenario may give in one place.
inline constexpr std::size_t kMostTextBytes = std::size_t{1} << 20U;
[[nodiscard]] std::optional<std::string> ReadText(const Node& node, std::size_t most_bytes);
// The name of a server, a client group, a label or a signal: 1 to 64 bytes, no control characters,
// and no dot, which separates the parts of an observation's path.
[[nodiscard]] std::optional<std::string> ReadName(const Node& node);
// True when the node is a list; reports otherwise.
[[nodiscard]] bool ExpectList(const Node& node, std::string_view of_what);

template <typename T>
void NumberInto(const Node& node, double low, double high, T& out) {
  if (const auto number = ReadNumber(node, low, high)) out = *number;
}
template <typename T>
void WholeInto(const Node& node, std::int64_t low, std::int64_t high, T& out) {
  if (const auto number = ReadWhole(node, low, high)) out = static_cast<T>(*number);
}
void NameInto(const Node& node, std::string& out);

// A word of the language and what it stands for.
template <typename E>
struct Word {
  std::string_view text;
  E value;
};

// The word's index in `words`, or nothing after reporting.
[[nodiscard]] std::optional<std::size_t> ReadWordIndex(const Node& node,
                                                       std::span<const std::string_view> words);

template <typename E>
void WordInto(const Node& node, std::span<const Word<E>> words, E& out) {
  std::vector<std::string_view> texts;
  for (const Word<E>& word : words) texts.push_back(word.text);
  if (const auto index = ReadWordIndex(node, texts)) out = words[*index].value;
}

// One key of an object and how its value is read. A table of fields is the only place where an
// object's keys are written down.
template <typename T>
struct Field {
  std::string_view key;
  void (*read)(const Node& node, T& out);
  bool required = false;
};

// What CheckKeys needs to know of a field.
struct KeyRule {
  std::string_view key;
  bool required = false;
};

// True when the node is an object; reports keys that `rules` do not know and required ones that are
// missing.
bool CheckKeys(const Node& node, std::string_view what, const std::vector<KeyRule>& rules);

// Reads an object by its table, in the table's order. False when the node is no object.
template <typename T>
bool ReadObject(const Node& node, std::string_view what, std::span<const Field<T>> fields, T& out) {
  std::vector<KeyRule> rules;
  rules.reserve(fields.size());
  for (const Field<T>& field : fields) rules.push_back({field.key, field.required});
  if (!CheckKeys(node, what, rules)) return false;
  for (const Field<T>& field : fields) {
    if (node.Has(field.key)) field.read(node.Member(field.key), out);
  }
  return true;
}

}  // namespace tcplab::internal
