#include "tests/support/schema/document_mutator.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tcplab {

using nlohmann::json;

SchemaWords::SchemaWords(const json& schema, const std::vector<json>& texts,
                         const std::vector<std::string>& more)
    : schema_(schema), keys_(more), strings_(more) {
  Learn(schema);
  for (const json& text : texts) LearnStrings(text);
  for (const char* const text : {"", "a", "${index}", "$index", "$$", "127.0.0.1", "::1",
                                 "999.0.0.1", "steps.reply", "replies.0", "a.b", "a\tb"}) {
    strings_.emplace_back(text);
  }
  strings_.emplace_back(65, 'x');
  for (const double limit : {0.0, 0.5, -1.0, 2147483648.0, 9007199254740992.0, 1e18, 1e300}) {
    limits_.push_back(limit);
  }
}

void SchemaWords::Learn(const json& schema) {
  if (schema.is_object()) {
    if (schema.contains("properties")) {
      Keys& keys = objects_.emplace_back();
      for (const auto& [key, value] : schema["properties"].items()) {
        keys.emplace(key, &value);
        keys_.push_back(key);
      }
    }
    for (const char* const key : {"minimum", "maximum"}) {
      if (schema.contains(key) && schema[key].is_number()) {
        for (const double beside : {-1.0, 0.0, 0.5, 1.0}) {
          limits_.push_back(schema[key].get<double>() + beside);
        }
      }
    }
    if (schema.contains("enum")) LearnStrings(schema["enum"]);
  }
  if (schema.is_structured()) {
    for (const json& inner : schema) Learn(inner);
  }
}

void SchemaWords::LearnStrings(const json& text) {
  if (text.is_string()) strings_.push_back(text.get<std::string>());
  if (text.is_structured()) {
    for (const json& inner : text) LearnStrings(inner);
  }
}

const json& SchemaWords::Resolve(const json& schema) const {
  const json* found = &schema;
  while (found->is_object() && found->contains("$ref")) {
    const std::string pointer = found->at("$ref").get<std::string>().substr(1);  // after '#'
    found = &schema_.at(json::json_pointer(pointer));
  }
  return *found;
}

bool SchemaWords::Matches(const std::string& text, const std::string& pattern) const {
  const auto [entry, unused] = patterns_.try_emplace(pattern, pattern);
  return std::regex_search(text, entry->second);
}

void DocumentMutator::Mutate(json& document) {
  json* place = &document;
  std::string key;
  while (place->is_structured() && !place->empty() && (place == &document || Below(4) != 0)) {
    if (place == &document && Below(12) == 0) break;
    if (place->is_object()) {
      key = AnyKeyOf(*place);
      place = &(*place)[key];
    } else {
      place = &(*place)[Below(place->size())];
    }
  }
  const std::size_t what = Below(10);
  if (place->is_object() && !place->empty() && what < 8) {
    if (what < 2) return RemoveKey(*place);
    if (what < 4) return RenameKey(*place);
    return AddKey(*place);
  }
  if (place->is_array() && what < 8) return ChangeList(*place, key);
  if (place != &document) Replace(*place, key);
}

const std::string& DocumentMutator::AnyKeyOf(const json& object) {
  auto member = object.begin();
  std::advance(member, static_cast<std::ptrdiff_t>(Below(object.size())));
  return member.key();
}

void DocumentMutator::RemoveKey(json& object) { object.erase(std::string(AnyKeyOf(object))); }

// To a misspelt one, or to another of the language.
void DocumentMutator::RenameKey(json& object) {
  const std::string old_key = AnyKeyOf(object);
  std::string new_key = old_key;
  if (Below(2) == 0) {
    new_key = AnyOf(words_.keys());
  } else if (!new_key.empty()) {
    const std::size_t at = Below(new_key.size());
    Below(2) == 0 ? (void)new_key.erase(at, 1) : (void)new_key.insert(at, 1, new_key[at]);
  }
  json value = std::move(object[old_key]);
  object.erase(old_key);
  object[new_key] = std::move(value);
}

// One that an object with these keys may have, as far as the schema knows such objects.
void DocumentMutator::AddKey(json& object) {
  std::vector<const SchemaWords::Keys*> fitting;
  for (const SchemaWords::Keys& keys : words_.objects()) {
    const bool fits = std::all_of(object.items().begin(), object.items().end(),
                                  [&](const auto& m) { return keys.find(m.key()) != keys.end(); });
    if (fits) fitting.push_back(&keys);
  }
  if (fitting.empty()) return Replace(object[AnyKeyOf(object)], {});
  const SchemaWords::Keys& keys = *AnyOf(fitting);
  auto added = keys.begin();
  std::advance(added, static_cast<std::ptrdiff_t>(Below(keys.size())));
  object[added->first] = Make(*added->second, 0);
}

void DocumentMutator::Replace(json& value, const std::string& key) {
  const json* const schema = AnySchemaOf(key);
  const std::size_t what = Below(4);
  if (schema != nullptr && what < 2) {
    value = Make(*schema, 0);
  } else if (value.is_number() || what == 2) {
    value = NumberAtALimit();
  } else if (value.is_string() && Below(2) == 0) {
    value = AnyOf(words_.strings());
  } else {
    value = OtherKind();
  }
}

const json* DocumentMutator::AnySchemaOf(const std::string& key) {
  std::vector<const json*> found;
  for (const SchemaWords::Keys& keys : words_.objects()) {
    const auto entry = keys.find(key);
    if (entry != keys.end()) found.push_back(entry->second);
  }
  return found.empty() ? nullptr : AnyOf(found);
}

void DocumentMutator::ChangeList(json& list, const std::string& key) {
  const json* const schema = AnySchemaOf(key);
  const json* const items = schema != nullptr && words_.Resolve(*schema).contains("items")
                                ? &words_.Resolve(*schema)["items"]
                                : nullptr;
  const std::size_t what = Below(5);
  const std::size_t one = list.empty() ? 0 : Below(list.size());
  const std::size_t other = list.empty() ? 0 : Below(list.size());
  if (list.empty() || (what < 2 && items != nullptr)) {
    list.push_back(items != nullptr ? Make(*items, 0) : OtherKind());
  } else if (what < 2) {
    list.push_back(json(list[one]));  // doubled
  } else if (what == 2) {
    list.erase(one);
  } else if (what == 3) {
    std::swap(list[one], list[other]);
  } else {
    list[one] = items != nullptr ? Make(*items, 0) : OtherKind();
  }
}

json DocumentMutator::OtherKind() {
  static const json kValues = json::parse(
      R"([null, true, false, 0, 1, -1, 1.5, "", "a", "eof", "$index", [], {}, [1], [[]], {"a": 1}, {"label": "x"}])");
  return kValues[Below(kValues.size())];
}

json DocumentMutator::NumberAtALimit() {
  const double number = AnyOf(words_.limits());
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const bool whole = number == static_cast<double>(static_cast<std::int64_t>(number / 2)) * 2 ||
                     number == static_cast<double>(static_cast<std::int64_t>(number));
  if (whole && number <= kExact && number >= -kExact) return static_cast<std::int64_t>(number);
  return number;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as `depth` lets it.
json DocumentMutator::Make(const json& named, int depth) {
  const json& schema = words_.Resolve(named);
  if (schema.contains("enum")) return schema["enum"][Below(schema["enum"].size())];
  if (schema.contains("allOf")) return Make(schema["allOf"][0], depth);
  const bool is_object = schema.contains("properties");
  for (const char* const key : {"anyOf", "oneOf"}) {
    if (!is_object && schema.contains(key))
      return Make(schema[key][Below(schema[key].size())], depth);
  }
  if (is_object) return MakeObject(schema, depth);
  if (!schema.contains("type")) return OtherKind();
  const json& types = schema["type"];
  const std::string type = types.is_array() ? types[Below(types.size())] : types;
  if (type == "string") return MakeString(schema);
  if (type == "number" || type == "integer") return MakeNumber(schema);
  if (type == "boolean") return Below(2) == 0;
  if (type != "array" || !schema.contains("items"))
    return type == "array" ? json::array() : json::object();
  json list = json::array();
  const std::size_t least = schema.value("minItems", std::size_t{0});
  const std::size_t most = std::min(schema.value("maxItems", least + 3), least + 3);
  const std::size_t size = depth > 4 ? least : least + Below(most - least + 1);
  for (std::size_t i = 0; i < size; ++i) list.push_back(Make(schema["items"], depth + 1));
  return list;
}

// NOLINTNEXTLINE(misc-no-recursion)
json DocumentMutator::MakeObject(const json& schema, int depth) {
  const json& properties = schema["properties"];
  std::set<std::string> keys;
  const auto require = [&](const json& rule) {
    for (const json& key : rule.value("required", json::array()))
      keys.insert(key.get<std::string>());
  };
  require(schema);
  for (const char* const key : {"anyOf", "oneOf"}) {
    if (schema.contains(key)) require(schema[key][Below(schema[key].size())]);
  }
  const std::size_t most = schema.value("maxProperties", properties.size());
  for (const auto& [key, unused] : properties.items()) {
    if (most > 1 && depth < 4 && Below(properties.size() > 12 ? 12 : 3) == 0) keys.insert(key);
  }
  if (keys.size() < schema.value("minProperties", std::size_t{0}))
    keys.insert(AnyKeyOf(properties));
  json object = json::object();
  for (const std::string& key : keys) object[key] = Make(properties[key], depth + 1);
  return object;
}

json DocumentMutator::MakeString(const json& schema) {
  const std::string pattern = schema.value("pattern", "");
  for (int i = 0; i < 200; ++i) {
    const std::string& text = AnyOf(words_.strings());
    if (text.size() >= schema.value("minLength", std::size_t{0}) && words_.Matches(text, pattern))
      return text;
  }
  return "x";
}

json DocumentMutator::MakeNumber(const json& schema) {
  const double low = schema.value("minimum", 0.0);
  const double high = schema.value("maximum", low + 10);
  const std::size_t what = Below(8);
  if (what == 0) return static_cast<std::int64_t>(low);
  if (what == 1) return static_cast<std::int64_t>(high);
  if (what == 2) return NumberAtALimit();
  const double small = std::min(high, std::max(low, 0.0) + static_cast<double>(Below(6)));
  return static_cast<std::int64_t>(small);
}

}  // namespace tcplab
