// Scenarios that were damaged at random: the loader answers each, in bounded time, and says where
// it is wrong.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>
#include <string>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0,
                                                      std::max<std::size_t>(bound, 1) - 1)(random_);
  }

  // Bytes lost, doubled, changed, or replaced by words that mean something.
  std::string Damage(std::string text) {
    static constexpr const char* kWords[] = {"{",
                                             "}",
                                             "[",
                                             "]",
                                             ",",
                                             ":",
                                             "\"",
                                             "\\",
                                             "/*",
                                             "//",
                                             "null",
                                             "true",
                                             "-1",
                                             "1e999",
                                             "99999999999999999999",
                                             "0",
                                             "\"$backlog\"",
                                             "\"${index}\"",
                                             "\"$\"",
                                             "\"${\"",
                                             "{\"repeat\":{\"until\":\"eof\",\"steps\":[",
                                             "\xFF",
                                             "\xC3\xA4",
                                             "\n",
                                             "eof"};
    for (std::size_t i = 0, n = 1 + Below(4); i < n && !text.empty(); ++i) {
      const std::size_t at = Below(text.size());
      const std::size_t length = std::min(Below(40), text.size() - at);
      switch (Below(5)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, text.substr(at, length));
          break;
        case 2:
          text[at] = static_cast<char>(Below(256));
          break;
        case 3:
          text.insert(at, kWords[Below(std::size(kWords))]);
          break;
        default:
          text.resize(at);
          break;
      }
    }
    return text;
  }

  // A value anywhere in the document replaced by another: still JSON, so that the parser behind it
  // is met.
  void Replace(nlohmann::json& value) {
    static const nlohmann::json kValues = nlohmann::json::parse(
        R"([null, true, false, 0, -1, 1.5, 1e18, "", "$backlog", "$nope", "${index}", "$$", "eof", [], {}, [1, 2], {"a": 1},
            {"repeat": {"until": "eof", "steps": []}}, [{"recv": {}}], {"until": {}}, "libuv", "event_loop"])");
    if (value.is_structured() && !value.empty() && Below(6) != 0) {
      auto child = value.begin();
      std::advance(child, static_cast<std::ptrdiff_t>(Below(value.size())));
      if (value.is_object() && Below(12) == 0) {
        value.erase(child.key());
      } else {
        Replace(*child);
      }
      return;
    }
    value = kValues[Below(kValues.size())];
  }

 private:
  std::mt19937 random_;
};

void ExpectAnswer(const std::string& text, std::uint32_t seed) {
  const LoadedScenario loaded = LoadScenarioText(text, "mutant.json", Answering());
  if (loaded.scenario) return;
  ASSERT_FALSE(loaded.diagnostics.empty()) << "seed " << seed << "\n" << text;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    const bool closing = diagnostic.message.find("only the first") != std::string::npos;
    EXPECT_TRUE(closing || (diagnostic.line > 0 && diagnostic.column > 0))
        << "seed " << seed << ": " << FormatDiagnostic(diagnostic) << "\n"
        << text;
    EXPECT_FALSE(diagnostic.message.empty());
  }
}

constexpr std::uint32_t kMutants = 3000;  // of all scenarios together

TEST(Mutation, DamagedTextIsAlwaysAnswered) {
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<std::string> paths = ShippedScenarios();
  for (std::uint32_t seed = 0; seed < kMutants; ++seed) {
    const std::string text = ReadText(paths[seed % paths.size()]);
    ASSERT_FALSE(text.empty());
    ExpectAnswer(Mutator(seed).Damage(text), seed);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(Mutation, DocumentsWithOtherValuesAreAlwaysAnswered) {
  std::vector<nlohmann::json> documents;
  for (const std::string& path : ShippedScenarios()) {
    documents.push_back(nlohmann::json::parse(ReadText(path), nullptr, true, true));
  }
  for (std::uint32_t seed = 0; seed < kMutants; ++seed) {
    Mutator mutator(seed);
    nlohmann::json mutant = documents[seed % documents.size()];
    for (std::size_t i = 0, n = 1 + mutator.Below(3); i < n; ++i) mutator.Replace(mutant);
    ExpectAnswer(mutant.dump(1), seed);
  }
}

TEST(Mutation, EveryPrefixIsRefused) {
  const std::string text = ReadText(SourceDir() + "/scenarios/segmentation.json");
  for (std::size_t length = 0; length + 2 < text.size(); length += 3) {
    EXPECT_FALSE(LoadScenarioText(text.substr(0, length), "prefix.json", {}).scenario) << length;
  }
}

TEST(Mutation, AgentsRefuseWhatIsNoDocumentOfTheirs) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    Mutator mutator(seed);
    nlohmann::json server = MinimalDocument()["server"];
    nlohmann::json group = MinimalDocument()["clients"][0];
    mutator.Replace(server);
    mutator.Replace(group);
    (void)LowerServer(server);
    (void)LowerClientGroup(group);
    (void)LowerScript(group, ScriptRole::kClient, seed);
  }
}

}  // namespace
}  // namespace tcplab
