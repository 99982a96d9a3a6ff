// scenarios/README.md says everything that the schema knows.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string ReadSourceFile(const std::string& name) {
  std::ifstream file(SourceDir() + "/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Names of options are the system's, and too many for a page.
bool IsOptionName(const std::string& word) {
  return word.starts_with("SO_") || word.starts_with("TCP_") || word.starts_with("IP_") ||
         word.starts_with("IPV6_");
}

// Every key and every word that a schema allows.
struct Vocabulary {
  std::set<std::string> keys;
  std::set<std::string> words;

  void Gather(const json& schema) {
    if (schema.is_array()) {
      for (const json& element : schema) Gather(element);
    }
    if (!schema.is_object()) return;
    for (const auto& [name, value] : schema.items()) {
      if (name == "enum") {
        for (const json& word : value) {
          if (word.is_string()) words.insert(word.get<std::string>());
        }
      }
      if (name == "properties") {
        for (const auto& [key, unused] : value.items()) keys.insert(key);
      }
      Gather(value);
    }
  }
};

// `word`, **`word`**, `listen.word`, "word", `"word"`.
bool Says(const std::string& page, const std::string& word) {
  for (const char* const before : {"`", ".", "\""}) {
    for (const char* const after : {"`", ".", "\""}) {
      if (page.find(before + word + after) != std::string::npos) return true;
    }
  }
  return false;
}

TEST(Readme, NamesEveryKeyAndWordOfTheLanguage) {
  const std::string page = ReadSourceFile("scenarios/README.md");
  const json schema = json::parse(ReadSourceFile("scenarios/scenario.schema.json"));
  Vocabulary vocabulary;
  vocabulary.Gather(schema);
  EXPECT_GT(vocabulary.keys.size(), 60U);
  EXPECT_GT(vocabulary.words.size(), 60U);
  for (const std::string& key : vocabulary.keys) {
    if (!IsOptionName(key)) EXPECT_TRUE(Says(page, key)) << "the key " << key;
  }
  for (const std::string& word : vocabulary.words) {
    if (!IsOptionName(word)) EXPECT_TRUE(Says(page, word)) << "the word " << word;
  }
}

TEST(Readme, HasARowForEveryStep) {
  const std::string page = ReadSourceFile("scenarios/README.md");
  const json schema = json::parse(ReadSourceFile("scenarios/scenario.schema.json"));
  for (const auto& [step, unused] : schema.at("definitions").at("step").at("properties").items()) {
    EXPECT_NE(page.find("\n| `" + step + "` | "), std::string::npos) << step;
  }
}

}  // namespace
}  // namespace tcplab
