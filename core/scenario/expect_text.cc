#include "core/scenario/expect_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/check.h"
#include "core/scenario/json_cursor.h"
#include "core/scenario/json_text.h"

namespace tcplab {
namespace {

using internal::FindInJsonText;
using internal::JsonCursor;
using nlohmann::json;

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kLineWidth = 118;

// An element of a list, or a member of an object with its key.
struct Item {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<std::size_t> comma;  // after it
};

// A list or an object in a text: where its brackets are, and what is between them.
struct Group {
  std::size_t open = 0;
  std::size_t close = 0;
  std::vector<Item> items;
};

Group ReadGroup(std::string_view text, std::size_t open) {
  JsonCursor cursor(text.substr(open));
  const bool is_object = cursor.Peek() == '{';
  Group group;
  group.open = open;
  cursor.Advance();
  for (;;) {
    cursor.SkipSpaceAndComments();
    if (cursor.AtEnd() || cursor.Peek() == '}' || cursor.Peek() == ']') break;
    if (cursor.Peek() == ',') {
      if (!group.items.empty()) group.items.back().comma = open + cursor.offset();
      cursor.Advance();
      continue;
    }
    Item& item = group.items.emplace_back();
    item.begin = open + cursor.offset();
    if (is_object) {
      cursor.TakeString();
      cursor.SkipSpaceAndComments();
      cursor.Advance();  // ":"
    }
    cursor.SkipValue();
    item.end = open + cursor.offset();
  }
  group.close = open + cursor.offset();
  return group;
}

// Before `offset`, back over characters of `set`.
std::size_t BackOver(std::string_view text, std::size_t offset, std::string_view set) {
  while (offset > 0 && set.find(text[offset - 1]) != std::string_view::npos) --offset;
  return offset;
}

std::size_t Over(std::string_view text, std::size_t offset, std::string_view set) {
  return std::min(text.find_first_not_of(set, offset), text.size());
}

bool HasLineEnd(std::string_view text, std::size_t begin, std::size_t end) {
  return text.substr(begin, end - begin).find_first_of(kLineEnds) != std::string_view::npos;
}

bool EndsLine(std::string_view text, std::size_t offset) {
  return offset < text.size() && kLineEnds.find(text[offset]) != std::string_view::npos;
}

// Whether nothing but blanks stands before it on its line.
bool BeginsLine(std::string_view text, std::size_t offset) {
  const std::size_t before = BackOver(text, offset, kBlanks);
  return before == 0 || EndsLine(text, before - 1);
}

std::string_view IndentOfLine(std::string_view text, std::size_t offset) {
  const std::size_t end = text.substr(0, offset).find_last_of(kLineEnds);
  const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
  return text.substr(begin, Over(text, begin, kBlanks) - begin);
}

// How the file breaks and indents its lines.
struct Layout {
  std::string line_end = "\n";
  std::string unit = "  ";  // a level deeper
  bool one_line = false;    // the whole document is
};

Layout LayoutOf(std::string_view text, const Group& root) {
  Layout layout;
  const std::size_t first = text.find_first_of(kLineEnds);
  if (first != std::string_view::npos) {
    layout.line_end = text.substr(first, 2) == "\r\n" ? "\r\n" : std::string(1, text[first]);
  }
  layout.one_line = !HasLineEnd(text, root.open, root.close);
  if (root.items.empty() || !BeginsLine(text, root.items.front().begin)) return layout;
  const std::string_view indent = IndentOfLine(text, root.items.front().begin);
  if (!indent.empty()) layout.unit = indent;
  return layout;
}

// Of what is put into the group: as its last item has it that begins a line.
std::string IndentWithin(std::string_view text, const Group& group, const Layout& layout) {
  for (auto item = group.items.rbegin(); item != group.items.rend(); ++item) {
    if (BeginsLine(text, item->begin)) return std::string(IndentOfLine(text, item->begin));
  }
  return std::string(IndentOfLine(text, group.open)) + layout.unit;
}

// What takes the place of [begin, end).
struct Change {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

// Changes may overlap where both delete.
std::string Changed(std::string_view text, std::vector<Change> changes) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.begin < b.begin; });
  std::string changed;
  std::size_t done = 0;
  for (const Change& change : changes) {
    if (change.begin > done) changed += text.substr(done, change.begin - done);
    changed += change.text;
    done = std::max({done, change.begin, change.end});
  }
  return changed + std::string(text.substr(done));
}

// Takes an item out with its comma, and with its line where nothing else stands on that. A comment
// beside it stays.
void Remove(std::string_view text, const Item& item, std::size_t close,
            std::vector<Change>& changes) {
  std::size_t end = item.end;
  if (item.comma && Over(text, end, kSpace) == *item.comma) {
    end = *item.comma + 1;
  } else if (item.comma) {
    changes.push_back({*item.comma, *item.comma + 1, ""});
  }
  end = Over(text, end, kBlanks);
  std::size_t begin = item.begin;
  const bool begins_line = BeginsLine(text, begin);
  const bool ends_line = EndsLine(text, end);
  if (begins_line && ends_line) {
    begin = BackOver(text, begin, kBlanks);
    if (begin > 0 && text[begin - 1] == '\n') --begin;
    if (begin > 0 && text[begin - 1] == '\r') --begin;
  } else if (!begins_line && (ends_line || end == close)) {
    begin = BackOver(text, begin, kBlanks);
  }
  changes.push_back({begin, end, ""});
}

// Puts texts at the end of a group, each on a line of its own, behind all comments that stand
// there. `after`: the item that comes before them and needs a comma; none where they are the first.
void Append(std::string_view text, const Group& group, const std::optional<Item>& after,
            const std::vector<std::string>& texts, const std::string& indent, const Layout& layout,
            std::vector<Change>& changes) {
  if (after && !after->comma) changes.push_back({after->end, after->end, ","});
  const std::string separator = layout.one_line ? " " : layout.line_end + indent;
  std::string added;
  for (const std::string& one : texts) {
    if (!added.empty()) added += ',';
    if (!layout.one_line || after || !added.empty()) added += separator;
    added += one;
  }
  // Blanks at a line's end belong to the line.
  std::size_t place = BackOver(text, group.close, kSpace);
  if (EndsLine(text, Over(text, place, kBlanks))) place = Over(text, place, kBlanks);
  std::size_t end = place;
  if (!layout.one_line && !HasLineEnd(text, place, group.close)) {
    added += layout.line_end + std::string(IndentOfLine(text, group.open));
    end = group.close;
  }
  changes.push_back({place, end, std::move(added)});
}

std::string Compact(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// As people write it: `{ "a": [1, 2] }`.
std::string Spaced(const json& value) {
  if (!value.is_structured() || value.empty()) return Compact(value);
  std::string text;
  for (const auto& [key, element] : value.items()) {
    if (!text.empty()) text += ", ";
    if (value.is_object()) text += Compact(key) + ": ";
    text += Spaced(element);
  }
  return value.is_object() ? "{ " + text + " }" : "[" + text + "]";
}

// `"key": value` for each key of an expectation, in the order of the language.
std::vector<std::string> PartsOf(const json& expectation) {
  constexpr auto kOrder =
      std::to_array<std::string_view>({"observation", "equals", "one_of", "none", "between",
                                       "count", "in_at_least", "case", "when"});
  std::vector<std::string> parts;
  const auto add = [&](const std::string& key, const json& value) {
    parts.push_back(Compact(key) + ": " + Spaced(value));
  };
  for (const std::string_view key : kOrder) {
    const auto value = expectation.find(key);
    if (value != expectation.end()) add(std::string(key), *value);
  }
  for (const auto& [key, value] : expectation.items()) {
    if (std::find(kOrder.begin(), kOrder.end(), key) == kOrder.end()) add(key, value);
  }
  return parts;
}

// On as many lines as it takes; none is broken inside of a value.
std::string Wrapped(const json& expectation, const std::string& indent, const Layout& layout) {
  std::string text = "{ ";
  std::size_t used = indent.size() + text.size();
  bool first = true;
  for (const std::string& part : PartsOf(expectation)) {
    if (!first) {
      const bool fits = layout.one_line || used + part.size() + 4 <= kLineWidth;
      text += fits ? ", " : "," + layout.line_end + indent + "  ";
      used = fits ? used + 2 : indent.size() + 2;
    }
    first = false;
    text += part;
    used += part.size();
  }
  return text + " }";
}

json Parsed(const std::string& text) {
  json document;
  const bool parsed = !internal::ParseJsonText(text, document);
  TCPLAB_CHECK(parsed && document.is_object());
  return document;
}

// What the document has to be afterwards.
json EditedDocument(json document, const ExpectEdit& edit) {
  if (edit.drop.empty() && edit.add.empty()) return document;
  const json before = document.value("expect", json::array());
  json after = json::array();
  const std::set<std::size_t> dropped(edit.drop.begin(), edit.drop.end());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!dropped.contains(i)) after.push_back(before[i]);
  }
  for (const json& added : edit.add) after.push_back(added);
  document["expect"] = std::move(after);
  return document;
}

void EditList(std::string_view text, const Group& list, const ExpectEdit& edit,
              const Layout& layout, std::vector<Change>& changes) {
  const std::set<std::size_t> dropped(edit.drop.begin(), edit.drop.end());
  std::optional<Item> last_kept;
  bool more_followed = false;  // after the last one that is kept
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    more_followed = dropped.contains(i);
    if (more_followed) {
      Remove(text, list.items[i], list.close, changes);
    } else {
      last_kept = list.items[i];
    }
  }
  if (edit.add.empty()) {
    if (last_kept && more_followed) {
      changes.push_back({*last_kept->comma, *last_kept->comma + 1, ""});
    }
    return;
  }
  const std::string indent = IndentWithin(text, list, layout);
  std::vector<std::string> texts;
  for (const json& added : edit.add) texts.push_back(Wrapped(added, indent, layout));
  Append(text, list, last_kept, texts, indent, layout, changes);
}

void MakeList(std::string_view text, const Group& root, const ExpectEdit& edit,
              const Layout& layout, std::vector<Change>& changes) {
  const std::string indent = IndentWithin(text, root, layout);
  const std::string deeper = indent + layout.unit;
  std::string list = "\"expect\": [";
  for (std::size_t i = 0; i < edit.add.size(); ++i) {
    if (i > 0) list += layout.one_line ? ", " : ",";
    if (!layout.one_line) list += layout.line_end + deeper;
    list += Wrapped(edit.add[i], deeper, layout);
  }
  list += (layout.one_line ? "" : layout.line_end + indent) + "]";
  Append(text, root, root.items.back(), {list}, indent, layout, changes);
}

}  // namespace

std::string ExpectationText(const json& expectation) {
  Layout layout;
  layout.one_line = true;
  return Wrapped(expectation, "", layout);
}

std::string EditExpectations(const std::string& text, const ExpectEdit& edit) {
  const json before = Parsed(text);
  const Group root = ReadGroup(text, FindInJsonText(text, "", false));
  const Layout layout = LayoutOf(text, root);
  std::vector<Change> changes;
  if (before.contains("expect")) {
    EditList(text, ReadGroup(text, FindInJsonText(text, "/expect", false)), edit, layout, changes);
  } else if (!edit.add.empty()) {
    MakeList(text, root, edit, layout, changes);
  }
  std::string changed = Changed(text, std::move(changes));
  // A person's file: better no change than a wrong one.
  TCPLAB_CHECK(Parsed(changed) == EditedDocument(before, edit));
  return changed;
}

}  // namespace tcplab
