// scenarios/README.md says everything that the schema knows.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/scenario/fixture.h"
#include "tests/support/schema/json_schema.h"

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
    EXPECT_TRUE(IsOptionName(key) || Says(page, key)) << "the key " << key;
  }
  for (const std::string& word : vocabulary.words) {
    EXPECT_TRUE(IsOptionName(word) || Says(page, word)) << "the word " << word;
  }
}

TEST(Readme, HasARowForEveryStep) {
  const std::string page = ReadSourceFile("scenarios/README.md");
  const json schema = json::parse(ReadSourceFile("scenarios/scenario.schema.json"));
  for (const auto& [step, unused] : schema.at("definitions").at("step").at("properties").items()) {
    EXPECT_NE(page.find("\n| `" + step + "` | "), std::string::npos) << step;
  }
}

// Its examples, as the parser and the schema see them; that they run is for tests/runner.
TEST(Readme, ExamplesAreRightBySchemaAndParser) {
  const std::string page = ReadSourceFile("scenarios/README.md");
  const JsonSchema schema(json::parse(ReadSourceFile("scenarios/scenario.schema.json")));
  const std::string fence = "```jsonc\n";
  std::size_t examples = 0;
  for (std::size_t at = page.find(fence + "{"); at != std::string::npos;
       at = page.find(fence + "{", at + 1)) {
    const std::size_t begin = at + fence.size();
    const std::string text = page.substr(begin, page.find("\n```", begin) - begin);
    const LoadedScenario loaded = LoadScenarioText(text, "README.md", {});
    EXPECT_TRUE(loaded.scenario) << text;
    EXPECT_TRUE(loaded.diagnostics.empty()) << FormatDiagnostic(loaded.diagnostics.front());
    EXPECT_TRUE(schema.Accepts(json::parse(text))) << text;
    ++examples;
  }
  EXPECT_GE(examples, 11U);
}

TEST(Lectures, AreRightBySchemaAndParserWithoutAWarning) {
  const JsonSchema schema(json::parse(ReadSourceFile("scenarios/scenario.schema.json")));
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceDir() + "/scenarios/lecture")) {
    const std::string path = entry.path().string();
    SCOPED_TRACE(path);
    ++files;
    const std::string text =
        ReadSourceFile("scenarios/lecture/" + entry.path().filename().string());
    const json document = json::parse(text, nullptr, true, true);
    EXPECT_TRUE(schema.Accepts(document));
    LoadOptions options;
    const json parameters = document.value("parameters", json::object());
    for (const auto& [name, value] : parameters.items()) {
      if (value.is_object()) options.overrides.emplace_back(name, "12");
    }
    const LoadedScenario loaded = LoadScenarioFile(path, options);
    EXPECT_TRUE(loaded.scenario);
    EXPECT_TRUE(loaded.diagnostics.empty()) << FormatDiagnostic(loaded.diagnostics.front());
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace tcplab
