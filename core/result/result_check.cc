#include "core/result/result_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/status.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;
using Problem = std::optional<ResultProblem>;

constexpr std::array<std::string_view, 5> kStatusWords = {"ok", "failed", "error", "unsupported",
                                                          "interrupted"};

std::string EscapedKey(std::string_view key) {
  std::string escaped;
  for (const char c : key) {
    escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return escaped;
}

struct Key {
  const char* name;
  json::value_t type;
};

const char* TypeInWords(json::value_t type) {
  switch (type) {
    case json::value_t::object:
      return "an object";
    case json::value_t::array:
      return "a list";
    case json::value_t::string:
      return "a string";
    default:
      return "a whole number";
  }
}

template <std::size_t N>
Problem CheckKeys(const json& value, const std::string& pointer, const std::array<Key, N>& keys) {
  if (!value.is_object()) return ResultProblem{pointer, "expected an object"};
  for (const Key& key : keys) {
    const auto found = value.find(key.name);
    if (found == value.end()) {
      return ResultProblem{pointer, fmt::format("there is no \"{}\"", key.name)};
    }
    if (found->type() != key.type) {
      return ResultProblem{pointer + "/" + key.name,
                           fmt::format("expected {}", TypeInWords(key.type))};
    }
  }
  return std::nullopt;
}

// `counts` becomes how many trials each value says that it was shown in.
Problem CheckValues(const json& values, const std::string& pointer,
                    std::vector<std::uint64_t>& counts) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string here = fmt::format("{}/{}", pointer, i);
    const json& entry = values[i];
    if (Problem problem =
            CheckKeys(entry, here, std::array{Key{"trials", json::value_t::number_unsigned}})) {
      return problem;
    }
    if (!entry.contains("value")) return ResultProblem{here, "there is no \"value\""};
    if (!seen.insert(CanonicalJson(entry["value"])).second) {
      return ResultProblem{here + "/value", "this value is there twice"};
    }
    counts.push_back(entry["trials"].get<std::uint64_t>());
  }
  return std::nullopt;
}

Problem CheckObservation(const json& observation, const std::string& pointer,
                         std::uint64_t trials) {
  constexpr std::array kKeys = {Key{"class", json::value_t::string},
                                Key{"values", json::value_t::array},
                                Key{"sequence", json::value_t::array}};
  if (Problem problem = CheckKeys(observation, pointer, kKeys)) return problem;
  std::vector<std::uint64_t> counts;
  if (Problem problem = CheckValues(observation["values"], pointer + "/values", counts)) {
    return problem;
  }
  std::vector<std::uint64_t> shown(counts.size(), 0);
  const json& sequence = observation["sequence"];
  std::uint64_t measured = 0;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    if (sequence[i].is_null()) continue;
    if (!sequence[i].is_number_unsigned() || sequence[i].get<std::uint64_t>() >= counts.size()) {
      return ResultProblem{
          fmt::format("{}/sequence/{}", pointer, i),
          fmt::format("expected null, or the index of one of {} values", counts.size())};
    }
    ++shown[sequence[i].get<std::size_t>()];
    ++measured;
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == shown[i]) continue;
    return ResultProblem{
        fmt::format("{}/values/{}/trials", pointer, i),
        fmt::format("says {} trials, and the sequence has {}", counts[i], shown[i])};
  }
  if (measured == trials) return std::nullopt;
  return ResultProblem{pointer + "/sequence",
                       fmt::format("has {} trials, and the case says {}", measured, trials)};
}

// `steps` is compared label by label.
Problem CheckSteps(const json& observations, const std::string& pointer) {
  const auto steps = observations.find("steps");
  if (steps == observations.end()) return std::nullopt;
  const json& values = (*steps)["values"];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]["value"].is_object()) continue;
    return ResultProblem{fmt::format("{}/steps/values/{}/value", pointer, i),
                         "expected an object: label and outcomes"};
  }
  return std::nullopt;
}

Problem CheckCase(const json& a_case, const std::string& pointer) {
  constexpr std::array kKeys = {
      Key{"parameters", json::value_t::object}, Key{"status", json::value_t::string},
      Key{"trials", json::value_t::number_unsigned}, Key{"observations", json::value_t::object}};
  if (Problem problem = CheckKeys(a_case, pointer, kKeys)) return problem;
  const auto status = a_case["status"].get<std::string>();
  if (std::find(kStatusWords.begin(), kStatusWords.end(), status) == kStatusWords.end()) {
    return ResultProblem{
        pointer + "/status",
        fmt::format("found \"{}\", expected {}", Printable(status), JoinWords(kStatusWords))};
  }
  const std::string observations = pointer + "/observations";
  for (const auto& [name, observation] : a_case["observations"].items()) {
    const std::string here = observations + "/" + EscapedKey(name);
    if (Problem problem =
            CheckObservation(observation, here, a_case["trials"].get<std::uint64_t>())) {
      return problem;
    }
  }
  return CheckSteps(a_case["observations"], observations);
}

// Not every version writes them, but whoever does writes text.
constexpr std::array kTexts = {"/scenario/file", "/scenario/sha256", "/environment/os",
                               "/environment/stack", "/run/started"};

}  // namespace

Problem FindResultProblem(const json& document) {
  for (const char* pointer : kTexts) {
    const json::json_pointer place(pointer);
    if (document.contains(place) && !document.at(place).is_string()) {
      return ResultProblem{pointer, "expected a string"};
    }
  }
  const json& cases = document.at("cases");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string pointer = fmt::format("/cases/{}", i);
    if (Problem problem = CheckCase(cases[i], pointer)) return problem;
    if (!seen.insert(CanonicalJson(cases[i]["parameters"])).second) {
      return ResultProblem{pointer + "/parameters", "there is another case with these"};
    }
  }
  return std::nullopt;
}

}  // namespace tcplab::internal
