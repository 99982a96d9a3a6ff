// Scenarios changed at random, the same ones each time: some stay right, some break.
//
// What can be put in comes from the schema itself, so a key that the language gains is met too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {

// What the schema tells about documents. Made once; must outlive the mutators that use it.
class SchemaWords {
 public:
  // `texts`: documents whose strings may stand where the schema only asks for some string.
  // `more`: keys and words, whether the schema knows them or should.
  SchemaWords(const nlohmann::json& schema, const std::vector<nlohmann::json>& texts,
              const std::vector<std::string>& more);

  // Follows "$ref".
  [[nodiscard]] const nlohmann::json& Resolve(const nlohmann::json& schema) const;
  [[nodiscard]] bool Matches(const std::string& text, const std::string& pattern) const;

  // The keys of each kind of object, and what stands there.
  using Keys = std::map<std::string, const nlohmann::json*>;
  [[nodiscard]] const std::vector<Keys>& objects() const { return objects_; }
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<double>& limits() const { return limits_; }
  [[nodiscard]] const std::vector<std::string>& strings() const { return strings_; }

 private:
  void Learn(const nlohmann::json& schema);
  void LearnStrings(const nlohmann::json& text);

  const nlohmann::json& schema_;
  std::vector<Keys> objects_;
  std::vector<std::string> keys_;
  std::vector<double> limits_;
  std::vector<std::string> strings_;
  mutable std::map<std::string, std::regex> patterns_;
};

class DocumentMutator {
 public:
  DocumentMutator(const SchemaWords& words, std::uint32_t seed) : words_(words), random_(seed) {}

  // Changes one thing somewhere in the document, an object.
  void Mutate(nlohmann::json& document);

  // The same numbers on every platform, which std::uniform_int_distribution does not promise.
  std::size_t Below(std::size_t bound) { return random_() % bound; }

 private:
  using json = nlohmann::json;

  void RemoveKey(json& object);
  void RenameKey(json& object);
  void AddKey(json& object);
  void Replace(json& value, const std::string& key);
  void ChangeList(json& list, const std::string& key);
  [[nodiscard]] json OtherKind();
  [[nodiscard]] json NumberAtALimit();
  // A value as the schema has it; more often small than large.
  [[nodiscard]] json Make(const json& schema, int depth);
  [[nodiscard]] json MakeObject(const json& schema, int depth);
  [[nodiscard]] json MakeString(const json& schema);
  [[nodiscard]] json MakeNumber(const json& schema);

  const std::string& AnyKeyOf(const json& object);
  // What the schema says of a key, in one of the objects that have it.
  const json* AnySchemaOf(const std::string& key);
  template <typename T>
  const T& AnyOf(const std::vector<T>& list) {
    return list[Below(list.size())];
  }

  const SchemaWords& words_;
  std::mt19937 random_;
};

}  // namespace tcplab
