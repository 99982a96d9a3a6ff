// The schema that editors use and the parser say the same of a document, wherever both can judge
// it.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "core/scenario/socket_options.h"
#include "tests/scenario/beyond_schema.h"
#include "tests/scenario/fixture.h"
#include "tests/support/schema/json_schema.h"

namespace tcplab {
namespace {

using nlohmann::json;

json ReadJson(const std::string& name) {
  return json::parse(ReadText(SourceDir() + "/scenarios/" + name), nullptr, true, true);
}

const JsonSchema& Schema() {
  static const JsonSchema schema(ReadJson("scenario.schema.json"));
  return schema;
}

// One value put into a document that is right.
struct Change {
  const char* pointer;
  const char* value;
};

std::ostream& operator<<(std::ostream& out, const Change& change) {
  return out << change.pointer << " = " << change.value;
}

json Changed(const Change& change) { return Draft().Set(change.pointer, change.value).document(); }

bool ParserAccepts(const json& document) {
  return LoadScenarioText(document.dump(), "draft.json", {}).scenario.has_value();
}

constexpr Change kRight[] = {
    {"/$schema", R"("scenario.schema.json")"},
    {"/summary", R"("")"},
    {"/source", R"(["RFC 9293"])"},
    {"/trials", "1"},
    {"/trials", "100000"},
    {"/window_ms", "1"},
    {"/window_ms", "600000"},
    {"/timing", R"("sensitive")"},
    {"/local_errors", R"("data")"},
    {"/server", "{}"},
    {"/server/listen/address", R"("::1")"},
    {"/server/listen/address", R"("127.1.2.3")"},
    {"/server/listen/port", "65535"},
    {"/server/listen/backlog", "-1"},
    {"/server/listen/mode", R"("bound")"},
    {"/server/listen/close_after_ms", "0.5"},
    {"/server/accept/model", R"("event_loop")"},
    {"/server/accept/after_ms", "500"},
    {"/server/io", R"("libuv")"},
    {"/server/script/0", R"({"reply": "uppercase"})"},
    {"/server/script/0", R"({"repeat": {"until": {"message": "."}, "steps": [{"recv": "\n"}]}})"},
    {"/clients/0/count", "0"},
    {"/clients/0/every_ms", "0.1"},
    {"/clients/0/io", R"("poll")"},
    {"/clients/0/io", R"("libuv")"},
    {"/clients/0/source", R"("127.0.0.2")"},
    {"/clients/0/source", R"("127.0.0.2-127.0.0.9")"},
    {"/server/listen/set", R"({"SO_REUSEADDR": true, "TCP_CONGESTION": "cubic"})"},
    {"/server/accept/model", R"("thread_per_connection")"},
    {"/server/accept/model", R"("process_per_connection")"},
    {"/server/accept", R"({"workers": 256, "worker": "process", "listeners": "own"})"},
    {"/server/accept/limit", "0"},
    {"/server/script/0", R"({"connect": {"socket": "other"}})"},
    {"/server/script/0", R"({"reply": {"transform": "prime", "end": "."}})"},
    {"/clients/0/script/0", R"({"connect": "server"})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "label": "x"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "example": "x"}})"},
    {"/clients/0/script/0", R"({"connect": {"to": {"socket": "main"}, "port": 9}})"},
    {"/clients/0/script/0", R"({"bind": "::1"})"},
    {"/clients/0/script/0", R"({"bind": {"like": "server", "port": 0, "socket": "b"}})"},
    {"/clients/0/script/0", R"({"listen": -1})"},
    {"/clients/0/script/0", R"({"accept": "c"})"},
    {"/clients/0/script/0", R"({"recv": {"flags": ["MSG_PEEK", "MSG_DONTWAIT"]}})"},
    {"/clients/0/script/0", R"({"send": {"text": "!", "flags": "MSG_OOB"}})"},
    {"/clients/0/script/0", R"({"get": "SO_RCVBUF"})"},
    {"/clients/0/script/0", R"({"get": {"option": "TCP_CONGESTION", "label": "x"}})"},
    {"/clients/0/script/0", R"({"sample": "state"})"},
    {"/clients/0/script/0",
     R"({"repeat": {"until": {"outcome": "would_block"}, "steps": [{"send": 9}]}})"},
    {"/clients/0/script", "[]"},
    {"/clients/0/script/0", R"({"connect": 1400})"},
    {"/clients/0/script/0", R"({"connect": true})"},
    {"/clients/0/script/0", R"({"send": {"bytes": 67108864, "each": 1, "label": "x"}})"},
    {"/clients/0/script/0", R"({"send": 0})"},
    {"/clients/0/script/0", R"({"send": ""})"},
    {"/clients/0/script/0", R"({"recv": "eof"})"},
    {"/clients/0/script/0", R"({"recv": 1})"},
    {"/clients/0/script/0", R"({"recv": {"until": "\n", "buffer": 1, "timeout_ms": 0}})"},
    {"/clients/0/script/0", R"({"reply": {"transform": "echo"}})"},
    {"/clients/0/script/0", R"({"shutdown": "both"})"},
    {"/clients/0/script/0", R"({"shutdown": {}})"},
    {"/clients/0/script/0", R"({"close": true})"},
    {"/clients/0/script/0", R"({"abort": {"label": "rst"}})"},
    {"/clients/0/script/0", R"({"sleep": {"ms": 5}})"},
    {"/clients/0/script/0", R"({"sleep": "$index"})"},
    {"/clients/0/script/0", R"({"repeat": {"times": 0, "steps": []}})"},
    {"/clients/0/script/0", R"({"signal": {"name": "go"}})"},
    {"/clients/0/script/0", R"({"set": {"TCP_NODELAY": true, "SO_LINGER": -1, "label": "x"}})"},
    {"/expect", R"([])"},
    {"/expect",
     R"([{"observation": "outcome_counts.refused", "equals": 0, "when": {"os": "linux"}}])"},
    {"/expect",
     R"([{"observation": "bytes.0.to_server.1", "one_of": [1, null], "in_at_least": 0.5}])"},
    {"/expect", R"([{"observation": "stream_end.client", "none": "reset", "in_at_least": 19}])"},
    {"/expect",
     R"([{"observation": "connect_ms", "between": [0, 1.5], "when": {"os": ["macos", "windows"]}}])"},
    {"/expect",
     R"([{"observation": "connect_outcomes", "count": {"of": "queued", "between": [1, 2]}}])"},
};

TEST(ScenarioSchema, AcceptsWhatTheParserAccepts) {
  ASSERT_TRUE(Schema().Accepts(MinimalDocument()));
  for (const Change& change : kRight) {
    EXPECT_TRUE(Schema().Accepts(Changed(change))) << change;
    EXPECT_TRUE(ParserAccepts(Changed(change))) << change;
  }
}

constexpr Change kWrong[] = {
    {"/naem", "1"},
    {"/clients/0/source", R"("everywhere")"},
    {"/clients/0/start", R"("go")"},
    {"/server/listen/set", "{}"},
    {"/server/listen/set", R"({"label": "x"})"},
    {"/server/accept/model", R"("fork")"},
    {"/server/accept/workers", "0"},
    {"/server/accept/worker", R"("fibre")"},
    {"/server/accept/listeners", "true"},
    {"/server/script/0", R"({"connect": {"socket": "main"}})"},
    {"/server/script/0", R"({"bind": {}})"},
    {"/server/script/0", R"({"listen": 1})"},
    {"/server/script/0", R"({"accept": "c"})"},
    {"/clients/0/script/0", R"({"bind": "localhost"})"},
    {"/clients/0/script/0", R"({"bind": {"port": 65536}})"},
    {"/clients/0/script/0", R"({"accept": {}})"},
    {"/clients/0/script/0", R"({"accept": true})"},
    {"/clients/0/script/0", R"({"recv": {"flags": "MSG_PEAK"}})"},
    {"/clients/0/script/0", R"({"recv": {"flags": ["MSG_PEEK"], "until": 5}})"},
    {"/clients/0/script/0", R"({"get": "SO_RCVBUFF"})"},
    {"/clients/0/script/0", R"({"sample": "mood"})"},
    {"/clients/0/script/0", R"({"set": {"socket": "main", "label": "x"}})"},
    {"/clients/0/script/0", R"({"repeat": {"until": {}, "steps": [{"recv": {}}]}})"},
    {"/clients/0/script/0", R"({"reply": {"transform": "consonant"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdinn"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "text": "x"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "each": 1}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "flags": "MSG_MORE"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "text": "x", "each": 1}})"},
    {"/clients/0/script/1", R"({"send": {"text": "x", "example": "x"}})"},
    {"/clients/0/script/1", R"({"send": {"from": "stdin", "example": 1}})"},
    {"/parameters", R"({"n": {"prompt": "", "type": "number", "example": "7"}})"},
    {"/parameters", R"({"n": {"prompt": "", "example": 7}})"},
    {"/parameters", R"({"n": {"prompt": "", "example": true}})"},
    {"/server/script/0", R"({"send": {"from": "stdin"}})"},
    {"/server/script/0", R"({"repeat": {"times": 2, "steps": [{"send": {"from": "stdin"}}]}})"},
    {"/name", "3"},
    {"/name", R"("")"},
    {"/source", R"("RFC 9293")"},
    {"/source", "[1]"},
    {"/trials", "0"},
    {"/trials", "-5"},
    {"/trials", "1.5"},
    {"/trials", "100001"},
    {"/trials", R"("$n")"},
    {"/window_ms", "0"},
    {"/window_ms", "600001"},
    {"/window_ms", R"("long")"},
    {"/timing", R"("sensitiv")"},
    {"/timing", "true"},
    {"/local_errors", R"("faults")"},
    {"/parameters", "[]"},
    {"/parameters", R"({"index": 1})"},
    {"/parameters", R"({"a b": 1})"},
    {"/parameters", R"({"a": []})"},
    {"/parameters", R"({"a": [1, 1]})"},
    {"/parameters", R"({"a": [[1]]})"},
    {"/parameters", R"({"a": null})"},
    {"/parameters", R"({"a": {"promt": "?"}})"},
    {"/parameters", R"({"a": {"prompt": "?", "type": "digits"}})"},
    {"/server", "[]"},
    {"/server/backlog", "5"},
    {"/server/name", R"("a.b")"},
    {"/server/name", R"("")"},
    {"/server/listen", "5"},
    {"/server/listen/address", R"("localhost")"},
    {"/server/listen/port", "-1"},
    {"/server/listen/port", "65536"},
    {"/server/listen/port", R"("http")"},
    {"/server/listen/backlog", "1.5"},
    {"/server/listen/backlog", "2147483648"},
    {"/server/listen/mode", R"("closed")"},
    {"/server/listen/close_after_ms", "-1"},
    {"/server/accept/model", R"("fork")"},
    {"/server/accept/after_ms", "3600001"},
    {"/server/io", R"("epoll")"},
    {"/server", R"({"io": "blocking", "accept": {"model": "event_loop"}})"},
    {"/server/script", "{}"},
    {"/server/script/0", R"({"connect": {}})"},
    {"/server/script/0", R"({"repeat": {"times": 1, "steps": [{"connect": {}}]}})"},
    {"/server/script/0",
     R"({"repeat": {"times": 1, "steps": [{"repeat": {"times": 1, "steps": [{"connect": {}}]}}]}})"},
    {"/clients", "[]"},
    {"/clients", "{}"},
    {"/clients/0", "[]"},
    {"/clients/0/counts", "1"},
    {"/clients/0/name", R"("a\tb")"},
    {"/clients/0/name", R"("a.b")"},
    {"/clients/0/name",
     R"("a name of more than sixty-four bytes, which is more than can be shown")"},
    {"/clients/0/script/0", R"({"send": {"text": "a", "label": "a\nb"}})"},
    {"/clients/0/count", "-1"},
    {"/clients/0/count", "1.5"},
    {"/clients/0/count", "1000001"},
    {"/clients/0/every_ms", "-0.1"},
    {"/clients/0/script", R"("connect")"},
    {"/clients/0/script/0", "{}"},
    {"/clients/0/script/0", R"("close")"},
    {"/clients/0/script/0", R"({"conect": {}})"},
    {"/clients/0/script/0", R"({"send": "a", "recv": {}})"},
    {"/clients/0/script/0", R"({"connect": {"timeout": 1}})"},
    {"/clients/0/script/0", R"({"connect": -1})"},
    {"/clients/0/script/0", R"({"send": {}})"},
    {"/clients/0/script/0", R"({"send": {"text": "a", "bytes": 1}})"},
    {"/clients/0/script/0", R"({"send": {"bytes": -1}})"},
    {"/clients/0/script/0", R"({"send": {"bytes": 1, "each": 0}})"},
    {"/clients/0/script/0", R"({"send": true})"},
    {"/clients/0/script/0", R"({"send": 67108865})"},
    {"/clients/0/script/0", R"({"recv": 0})"},
    {"/clients/0/script/0", R"({"recv": ""})"},
    {"/clients/0/script/0", R"({"recv": {"buffer": 0}})"},
    {"/clients/0/script/0", R"({"recv": {"buffer": 67108865}})"},
    {"/clients/0/script/0", R"({"recv": {"timeout_ms": "1"}})"},
    {"/clients/0/script/0", R"({"recv": {"label": "a.b"}})"},
    {"/clients/0/script/0", R"({"reply": "lowercase"})"},
    {"/clients/0/script/0", R"({"shutdown": "all"})"},
    {"/clients/0/script/0", R"({"close": false})"},
    {"/clients/0/script/0", R"({"abort": {"now": true}})"},
    {"/clients/0/script/0", R"({"sleep": {}})"},
    {"/clients/0/script/0", R"({"sleep": true})"},
    {"/clients/0/script/0", R"({"sleep": -1})"},
    {"/clients/0/script/0", R"({"repeat": {"times": 3}})"},
    {"/clients/0/script/0", R"({"repeat": {"steps": [{"recv": {}}]}})"},
    {"/clients/0/script/0", R"({"repeat": {"times": -1, "steps": []}})"},
    {"/clients/0/script/0", R"({"repeat": {"times": 2, "steps": [], "label": "x"}})"},
    {"/clients/0/script/0", R"({"repeat": {"until": "never", "steps": [{"recv": {}}]}})"},
    {"/clients/0/script/0", R"({"repeat": {"times": 2, "steps": [{"nap": 1}]}})"},
    {"/clients/0/script/0", R"({"await": {}})"},
    {"/clients/0/script/0", R"({"signal": ""})"},
    {"/clients/0/script/0", R"({"set": {}})"},
    {"/clients/0/script/0", R"({"set": {"label": "x"}})"},
    {"/clients/0/script/0", R"({"set": {"TCP_NODELY": 1}})"},
    {"/clients/0/script/0", R"({"set": {"TCP_NODELAY": "on"}})"},
    {"/clients/0/script/0", R"({"set": {"SO_LINGER": -2}})"},
    {"/expect", "{}"},
    {"/expect", R"([{"equals": 1}])"},
    {"/expect", R"([{"observation": "accept_order"}])"},
    {"/expect", R"([{"observation": "accept_order", "equals": 1, "none": 1}])"},
    {"/expect", R"([{"observation": "acept_order", "equals": 1}])"},
    {"/expect", R"([{"observation": "outcome_counts.refsued", "equals": 1}])"},
    {"/expect", R"([{"observation": "stream_end.peer", "equals": 1}])"},
    {"/expect", R"([{"observation": "replies.first", "equals": 1}])"},
    {"/expect", R"([{"observation": "bytes.0.", "equals": 1}])"},
    {"/expect", R"([{"observation": "connect_ms", "between": [1]}])"},
    {"/expect", R"([{"observation": "connect_ms", "between": ["a", "b"]}])"},
    {"/expect", R"([{"observation": "connect_ms", "one_of": []}])"},
    {"/expect", R"([{"observation": "recv_sizes", "count": {"equals": 1}}])"},
    {"/expect", R"([{"observation": "recv_sizes", "count": {"of": 1, "equals": -1}}])"},
    {"/expect", R"([{"observation": "recv_sizes", "equals": 1, "in_at_least": 0}])"},
    {"/expect", R"([{"observation": "recv_sizes", "equals": 1, "in_at_least": 1.5}])"},
    {"/expect", R"([{"observation": "recv_sizes", "equals": 1, "case": {}}])"},
    {"/expect", R"([{"observation": "recv_sizes", "equals": 1, "when": {"os": "solaris"}}])"},
    {"/expect", R"([{"observation": "recv_sizes", "equals": 1, "unless": {}}])"},
};

TEST(ScenarioSchema, RefusesWhatTheParserRefuses) {
  for (const Change& change : kWrong) {
    EXPECT_FALSE(Schema().Accepts(Changed(change))) << change;
    EXPECT_FALSE(ParserAccepts(Changed(change))) << change;
    EXPECT_TRUE(JudgeByParser(Changed(change)).schema_may_refuse) << change;
  }
}

// What relates two places, or text to a number of bytes.
TEST(ScenarioSchema, SomeThingsOnlyTheParserCanJudge) {
  for (const BeyondSchema& row : AllBeyondSchema()) {
    const json document = Changed({row.example_at, row.example});
    EXPECT_TRUE(Schema().Accepts(document)) << row.message;
    const ParserJudgement parser = JudgeByParser(document);
    EXPECT_TRUE(parser.schema_may_accept) << row.message;
    EXPECT_TRUE(
        std::any_of(parser.errors.begin(), parser.errors.end(),
                    [&](const Diagnostic& error) { return FindBeyondSchema(error) == &row; }))
        << "nothing brings the message any more: " << row.message;
  }
}

TEST(ScenarioSchema, ValueOfAParameterIsSeenByTheParserAlone) {
  json document = MinimalDocument();
  document["parameters"]["n"] = -1;
  document["clients"][0]["count"] = "$n";
  EXPECT_TRUE(Schema().Accepts(document));
  const ParserJudgement parser = JudgeByParser(document);
  EXPECT_FALSE(parser.accepts);
  EXPECT_TRUE(parser.schema_may_accept);
  EXPECT_FALSE(parser.schema_may_refuse);
}

// Because of what is not given on the command line.
constexpr Change kMoreIsNeeded[] = {
    {"/parameters", R"({"a": {"prompt": "Letters:"}})"},  // --set
    {"/server/listen/address", R"("192.0.2.1")"},         // --allow-remote
    {"/clients/0/source", R"("10.0.0.1")"},
    {"/clients/0/script/0", R"({"bind": "10.0.0.1"})"},
};

TEST(ScenarioSchema, KnowsNothingOfTheCommandLine) {
  for (const Change& change : kMoreIsNeeded) {
    EXPECT_TRUE(Schema().Accepts(Changed(change))) << change;
    EXPECT_FALSE(ParserAccepts(Changed(change))) << change;
  }
}

TEST(ScenarioSchema, KnowsTheSameSocketOptions) {
  const json schema = ReadJson("scenario.schema.json");
  json options = schema["definitions"]["set"]["properties"];
  options.erase("label");
  options.erase("socket");
  std::vector<std::string> in_schema;
  for (const auto& [name, unused] : options.items()) in_schema.push_back(name);
  std::vector<std::string> in_parser(internal::SocketOptionNames().begin(),
                                     internal::SocketOptionNames().end());
  std::sort(in_schema.begin(), in_schema.end());
  std::sort(in_parser.begin(), in_parser.end());
  EXPECT_EQ(in_schema, in_parser);
}

TEST(ScenarioSchema, TakesAParameterWhereverANumberOrAWordMayStand) {
  json document = MinimalDocument();
  document["parameters"] = json::parse(
      R"({"n": 5, "word": "write", "on": true, "io": "poll", "model": "never", "mode": "bound", "up": "echo"})");
  document["window_ms"] = "$n";
  document["server"] = json::parse(R"({"io": "$io", "accept": {"model": "$model", "after_ms": "$n"},
      "listen": {"backlog": "$n", "port": "$n", "mode": "$mode", "close_after_ms": "$n"}, "script": []})");
  document["clients"] = json::parse(R"([{"count": "$n", "every_ms": "$n", "io": "$io", "script": [
      {"connect": "$n"}, {"connect": {"timeout_ms": "$n"}}, {"send": {"bytes": "$n", "each": "$n"}}, {"send": "$n"},
      {"recv": "$n"}, {"recv": {"until": "$n", "buffer": "$n", "timeout_ms": "$n"}}, {"reply": "$up"},
      {"shutdown": "$word"}, {"close": "$on"}, {"sleep": "$n"}, {"repeat": {"times": "$n", "steps": []}}, {"signal": "$word"},
      {"await": {"signal": "$word", "count": "$n", "timeout_ms": "$n"}}, {"set": {"TCP_NODELAY": "$on"}}]}])");
  EXPECT_TRUE(Schema().Accepts(document));
  EXPECT_TRUE(ParserAccepts(document));
}

TEST(ShippedScenarios, AreAcceptedByTheSchemaAndLoadWithoutAWord) {
  for (const std::string& path : ShippedScenarios()) {
    EXPECT_TRUE(Schema().Accepts(json::parse(ReadText(path), nullptr, true, true))) << path;
    const LoadedScenario loaded = LoadScenarioFile(path, Answering());
    EXPECT_TRUE(loaded.scenario) << path;
    for (const Diagnostic& diagnostic : loaded.diagnostics)
      ADD_FAILURE() << FormatDiagnostic(diagnostic);
  }
}

TEST(ShippedScenarios, SayWhatTheyAreKnownToSay) {
  const auto backlog = LoadScenarioFile(SourceDir() + "/scenarios/backlog.json", {});
  ASSERT_TRUE(backlog.scenario);
  EXPECT_EQ(backlog.scenario->cases.size(), 4U);
  EXPECT_EQ(backlog.scenario->trials, 20U);
  EXPECT_FALSE(backlog.scenario->sensitive);
  EXPECT_EQ(backlog.scenario->cases[3].servers.front().listen.backlog, 5);
  EXPECT_EQ(backlog.scenario->cases[0].clients.at(0).count, 8U);

  const auto segmentation = LoadScenarioFile(SourceDir() + "/scenarios/segmentation.json", {});
  ASSERT_TRUE(segmentation.scenario);
  EXPECT_EQ(segmentation.scenario->cases.size(), 6U);
  EXPECT_EQ(segmentation.scenario->trials, 30U);
  EXPECT_TRUE(segmentation.scenario->sensitive);
  EXPECT_EQ(segmentation.scenario->cases[0].servers.front().io, Io::kBlocking);

  const auto libuv = LoadScenarioFile(SourceDir() + "/scenarios/libuv-backlog.json", {});
  ASSERT_TRUE(libuv.scenario);
  EXPECT_EQ(libuv.scenario->cases[0].servers.front().io, Io::kLibuv);
  EXPECT_EQ(libuv.scenario->cases[0].servers.front().accept.model, AcceptModel::kNever);
}

// The first block of the language's description, which a reader tries first.
TEST(ShippedScenarios, SmallestOneInTheirReadmeIsRight) {
  const std::string text = ReadText(SourceDir() + "/scenarios/README.md");
  const std::string fence = "```";
  const std::size_t begin = text.find('{', text.find(fence + "jsonc"));
  const std::string example = text.substr(begin, text.find(fence, begin) - begin);
  EXPECT_TRUE(LoadScenarioText(example, "README.md", {}).scenario) << example;
  EXPECT_TRUE(Schema().Accepts(json::parse(example)));
}

TEST(ShippedScenarios, AreShort) {
  for (const std::string& path : ShippedScenarios()) {
    const std::string text = ReadText(path);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    EXPECT_GT(lines, 0) << path;
    EXPECT_LT(lines, 80) << path;
  }
}

}  // namespace
}  // namespace tcplab
