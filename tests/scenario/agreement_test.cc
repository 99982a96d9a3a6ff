// Thousands of documents, right and broken, of which the schema and the parser must say the same.
#include <cstdlib>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/scenario/beyond_schema.h"
#include "tests/scenario/fixture.h"
#include "tests/support/schema/document_mutator.h"
#include "tests/support/schema/json_schema.h"

namespace tcplab {
namespace {

using nlohmann::json;

// TCPLAB_MUTANTS: more of them, by hand.
std::size_t CountOfMutants() {
  const char* const wanted = std::getenv("TCPLAB_MUTANTS");
  return wanted != nullptr ? std::stoul(wanted) : 5000;
}

json ParsedFile(const std::string& path) {
  return json::parse(ReadText(path), nullptr, true, true);
}

// Every scenario that ships, and the smallest one that a test has.
std::vector<json> ShippedDocuments() {
  std::vector<json> documents = {MinimalDocument()};
  for (const std::string& path : ShippedScenarios()) documents.push_back(ParsedFile(path));
  return documents;
}

// The words of the language as its description has them: `io`, "poll".
std::vector<std::string> DescribedWords() {
  static const std::regex kWord("[`\"]([A-Za-z_]+)[`\"]");
  const std::string text = ReadText(SourceDir() + "/scenarios/README.md");
  std::set<std::string> words;
  for (std::sregex_iterator word(text.begin(), text.end(), kWord), end; word != end; ++word) {
    words.insert((*word)[1]);
  }
  return {words.begin(), words.end()};
}

struct Share {
  std::size_t accepted_by_both = 0;
  std::size_t refused_by_both = 0;
  std::size_t beyond_schema = 0;  // refused by the parser alone, for what a schema cannot say
  std::size_t disagreements = 0;
};

// Counts the document, and says where the two do not agree.
void Judge(const JsonSchema& schema, const json& document, const std::string& name, Share& share) {
  const bool schema_accepts = schema.Accepts(document);
  const ParserJudgement parser = JudgeByParser(document);
  share.accepted_by_both += schema_accepts && parser.accepts ? 1 : 0;
  share.refused_by_both += !schema_accepts && !parser.accepts ? 1 : 0;
  share.beyond_schema += schema_accepts && !parser.accepts ? 1 : 0;
  const bool agree = schema_accepts ? parser.schema_may_accept : parser.schema_may_refuse;
  if (agree || ++share.disagreements > 10) return;
  std::string said;
  for (const Diagnostic& error : parser.errors) said += FormatDiagnostic(error) + "\n";
  ADD_FAILURE() << name << ": the schema " << (schema_accepts ? "accepts" : "refuses")
                << " it, the parser "
                << (parser.accepts ? "accepts it too, and must not\n" : "says:\n" + said)
                << document.dump();
}

TEST(Agreement, SchemaAndParserSayTheSameOfThousandsOfDocuments) {
  const json text = ParsedFile(SourceDir() + "/scenarios/scenario.schema.json");
  const JsonSchema schema(text);
  const std::vector<json> documents = ShippedDocuments();
  const SchemaWords words(text, documents, DescribedWords());
  Share share;
  const std::size_t mutants = CountOfMutants();
  for (std::uint32_t seed = 0; seed < mutants; ++seed) {
    DocumentMutator mutator(words, seed);
    json document = documents[seed % documents.size()];
    // One change more often than several: of many, one is sure to break it.
    for (std::size_t i = 0, n = 1 + mutator.Below(2) * mutator.Below(3); i < n; ++i) {
      mutator.Mutate(document);
    }
    Judge(schema, document, "seed " + std::to_string(seed), share);
  }
  EXPECT_EQ(share.disagreements, 0U);
  // Enough of each kind, or the test would say little.
  EXPECT_GT(share.accepted_by_both, mutants / 5);
  EXPECT_GT(share.refused_by_both, mutants / 5);
  EXPECT_LT(share.beyond_schema, mutants / 4);
  RecordProperty("accepted_by_both", static_cast<int>(share.accepted_by_both));
  RecordProperty("refused_by_both", static_cast<int>(share.refused_by_both));
  RecordProperty("beyond_schema", static_cast<int>(share.beyond_schema));
}

TEST(Agreement, ShippedScenariosAreAcceptedByBoth) {
  const JsonSchema schema(ParsedFile(SourceDir() + "/scenarios/scenario.schema.json"));
  Share share;
  const std::vector<json> documents = ShippedDocuments();
  for (const json& document : documents) Judge(schema, document, document["name"], share);
  EXPECT_EQ(share.accepted_by_both, documents.size());
}

}  // namespace
}  // namespace tcplab
