// What a schema cannot say of a document, and how the parser words it.
#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {

// Whether the schema has to see a fault that the parser names.
enum class SeenBySchema {
  kYes,
  kNo,     // it relates two places, or a value to what it means: the schema must not refuse it
  kMaybe,  // one message for both; or it keeps the parser from saying more of the same place
};

// A message of the parser, in full, that is not about the form of a document; and a value that
// brings it, put into the minimal document.
struct BeyondSchema {
  const char* message;  // regular expression
  const char* pointer;  // where it may be said
  SeenBySchema seen;
  const char* example_at;
  const char* example;
};

inline const std::vector<BeyondSchema>& AllBeyondSchema() {
  static const std::vector<BeyondSchema> all = {
      // Names of parameters, and what stands where a parameter is put in.
      {R"(the parameter ".*" is never used; its cases would be the same)", "/parameters/[^/]+",
       SeenBySchema::kNo, "/parameters", R"({"a": 1})"},
      {R"(the parameter ".*" is not defined(; did you mean .*)?)", ".*", SeenBySchema::kMaybe,
       "/server/listen/backlog", R"("$undefined")"},
      {R"("index" is the client's number: only a client's script knows it)", ".*",
       SeenBySchema::kMaybe, "/server/script/0", R"({"sleep": "$index"})"},
      {R"rx(found "\$\{" that is not followed by a parameter's name and "\}"; .*)rx", ".*",
       SeenBySchema::kMaybe, "/server/script/0", R"({"send": "${unclosed"})"},
      {R"(the scenario has no parameter ".*)", "/expect/[0-9]+/case/[^/]+", SeenBySchema::kMaybe,
       "/expect", R"([{"observation": "recv_sizes", "equals": 1, "case": {"a": 1}}])"},
      // A case in which the parameter has no such value.
      {R"(found (the string ".*"|[-+.0-9e]+|true|false), expected [^{]*)",
       "/expect/[0-9]+/case/[^/]+(/[0-9]+)?", SeenBySchema::kMaybe, "",
       R"({"name": "x", "parameters": {"a": [1, 2]}, "server": {"listen": {"backlog": "$a"}}, "clients": [{}],
           "expect": [{"observation": "recv_sizes", "equals": 1, "case": {"a": 3}}]})"},
      // Nothing behind the parameters is read then.
      {R"(found a matrix of .* cases, expected at most 10000)", "/parameters", SeenBySchema::kMaybe,
       "/parameters",
       R"({"a": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "b": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "c": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
           "d": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "e": [0, 1]})"},
      // Names that must be there once, or somewhere else.
      {R"(two client groups have the name ".*)", "/clients/[0-9]+(/name)?", SeenBySchema::kNo,
       "/clients/1", R"({"name": "client"})"},
      {R"(two servers have the name ".*)", "/servers/[0-9]+(/name)?", SeenBySchema::kNo, "",
       R"({"name": "x", "servers": [{}, {}], "clients": [{}]})"},
      {R"(the signal ".*" is awaited here, and no script gives it.*)", "/.*/(script|accept|start)",
       SeenBySchema::kNo, "/clients/0/script/0", R"({"await": "nobody"})"},
      {R"(there is no server ".*)", "/.*/script", SeenBySchema::kNo, "/clients/0/script/0",
       R"({"connect": "nobody"})"},
      {R"(no step of this script makes the socket ".*)", "/.*", SeenBySchema::kNo,
       "/clients/0/script/0", R"({"recv": {"socket": "nobody's"}})"},
      {R"(the connection cannot be the listening socket itself; .*)", "/.*/as", SeenBySchema::kNo,
       "/clients/0/script/0", R"({"accept": {"as": "main"}})"},
      {R"(with the io "libuv" a script has no listen, no accept and no flags: .*)", "/.*/script",
       SeenBySchema::kNo, "",
       R"({"name": "x", "server": {}, "clients": [{"io": "libuv", "script": [{"listen": 1}]}]})"},
      {R"(there is no server of several workers with the model .*)", "/.*/accept",
       SeenBySchema::kNo, "/server/accept", R"({"model": "never", "workers": 2})"},
      {R"(found ".*", expected "blocking": each connection of the model .*)", "/.*/io",
       SeenBySchema::kNo, "",
       R"({"name": "x", "clients": [{}],
           "server": {"accept": {"model": "thread_per_connection"}, "io": "poll"}})"},
      {R"(".*" is no label of a step; expected .*)", "/expect/[0-9]+/observation",
       SeenBySchema::kNo, "/expect", R"([{"observation": "steps.unknown", "equals": 1}])"},
      {R"("limit" is counted by one process; .*)", "/.*/accept", SeenBySchema::kNo,
       "/server/accept", R"({"worker": "process", "limit": 1})"},
      // There is one standard input.
      {R"(found [0-9]+ trials, expected 1: the scenario sends standard input, .*)", "/trials",
       SeenBySchema::kNo, "",
       R"({"name": "x", "trials": 2, "server": {},
           "clients": [{"script": [{"connect": {}}, {"send": {"from": "stdin"}}]}]})"},
      {R"(found [0-9]+ cases, expected one: the scenario sends standard input, .*)", "/parameters",
       SeenBySchema::kNo, "",
       R"({"name": "x", "parameters": {"a": [1, 2]}, "server": {"listen": {"backlog": "$a"}},
           "clients": [{"script": [{"connect": {}}, {"send": {"from": "stdin"}}]}]})"},
      {R"(found [0-9]+ clients that send standard input, expected one: .*)", "/.*/script",
       SeenBySchema::kNo, "",
       R"({"name": "x", "server": {},
           "clients": [{"count": 2, "script": [{"connect": {}}, {"send": {"from": "stdin"}}]}]})"},
      // Values that must fit each other.
      {R"(the range is empty: its first number is above its second)",
       "/expect/[0-9]+(/count)?/between", SeenBySchema::kNo, "/expect",
       R"([{"observation": "connect_ms", "between": [2, 1]}])"},
      // More than the scenario has trials.
      {R"(found [0-9]+(\.0)?, expected a share of the trials, .*)", "/expect/[0-9]+/in_at_least",
       SeenBySchema::kMaybe, "/expect",
       R"([{"observation": "recv_sizes", "equals": 1, "in_at_least": 21}])"},
      {R"(found [0-9]+ clients in all groups together, expected at most 1000000)", "/clients",
       SeenBySchema::kNo, "/clients/1", R"({"name": "b", "count": 1000000})"},
      {R"(the payloads of this script are [0-9]+ bytes together, expected at most 268435456)",
       "/.*/script", SeenBySchema::kNo, "/server/script",
       R"([{"send": 67108864}, {"send": 67108864}, {"send": 67108864}, {"send": 67108864}, {"send": 1}])"},
      {R"(nothing in this loop can end it: .*)", "/.*/repeat", SeenBySchema::kNo,
       "/clients/0/script/0", R"({"repeat": {"until": "eof", "steps": [{"sleep": 0}]}})"},
      // One of the two is a parameter's value.
      {R"(found "blocking", expected "poll" or "libuv": the model "event_loop" .*)", "/.*/io",
       SeenBySchema::kMaybe, "",
       R"({"name": "x", "parameters": {"m": "event_loop"}, "clients": [{}],
           "server": {"accept": {"model": "$m"}, "io": "blocking"}})"},
      // What a pattern only comes near.
      {R"(found the string ".*", expected a literal address such as .*)", "/.*/source",
       SeenBySchema::kMaybe, "/clients/0/source", R"("127.0.0.9-127.0.0.2")"},
      {R"(found the string ".*", expected a literal IPv4 or IPv6 address .*)", "/.*/(address|bind)",
       SeenBySchema::kMaybe, "/server/listen/address", R"("999.0.0.1")"},
  };
  return all;
}

// A parameter's value, put in where the schema saw the parameter: `"count": "$n"` and n is -1. But
// no parameter is a list or an object.
inline SeenBySchema SeesThroughParameter(const nlohmann::json& document, const Diagnostic& error) {
  static const std::regex kWhole(R"(\$[A-Za-z_][A-Za-z0-9_]*)");
  static const std::regex kStructured(R"([^]*, expected (a list of|([^]*: )?an object)[^]*)");
  const nlohmann::json& written = document.at(nlohmann::json::json_pointer(error.pointer));
  const bool whole = std::regex_match(written.get<std::string>(), kWhole);
  return whole && !std::regex_match(error.message, kStructured) ? SeenBySchema::kNo
                                                                : SeenBySchema::kMaybe;
}

// The row that this is about, if it is about none of the form.
inline const BeyondSchema* FindBeyondSchema(const Diagnostic& error) {
  struct Compiled {
    std::regex message;
    std::regex pointer;
    const BeyondSchema* row;
  };
  static const std::vector<Compiled> kCompiled = [] {
    std::vector<Compiled> compiled;
    for (const BeyondSchema& row : AllBeyondSchema()) {
      compiled.push_back({std::regex(row.message), std::regex(row.pointer), &row});
    }
    return compiled;
  }();
  for (const Compiled& compiled : kCompiled) {
    if (std::regex_match(error.message, compiled.message) &&
        std::regex_match(error.pointer, compiled.pointer)) {
      return compiled.row;
    }
  }
  return nullptr;
}

inline SeenBySchema SeenBy(const nlohmann::json& document, const Diagnostic& error) {
  static const std::regex kOfParameter(R"rx([^]* \("[^]*\$[^]*" in the case [^]*\))rx");
  if (std::regex_match(error.message, kOfParameter)) {
    return SeesThroughParameter(document, error);
  }
  const BeyondSchema* const row = FindBeyondSchema(error);
  return row == nullptr ? SeenBySchema::kYes : row->seen;
}

// What the parser says of a document, sorted by what the schema has to say of it.
struct ParserJudgement {
  bool accepts = false;
  bool schema_may_accept = true;  // no fault that it would have to see
  bool schema_may_refuse = false;
  std::vector<Diagnostic> errors;
};

inline ParserJudgement JudgeByParser(const nlohmann::json& document) {
  LoadOptions options = Answering();
  options.allow_remote = true;
  LoadedScenario loaded = LoadScenarioText(document.dump(), "mutant.json", options);
  ParserJudgement judgement;
  judgement.accepts = loaded.scenario.has_value();
  for (Diagnostic& error : loaded.diagnostics) {
    if (error.severity != Severity::kError || error.message.starts_with("only the first "))
      continue;
    const SeenBySchema seen = SeenBy(document, error);
    judgement.schema_may_accept = judgement.schema_may_accept && seen != SeenBySchema::kYes;
    judgement.schema_may_refuse = judgement.schema_may_refuse || seen != SeenBySchema::kNo;
    judgement.errors.push_back(std::move(error));
  }
  return judgement;
}

}  // namespace tcplab
