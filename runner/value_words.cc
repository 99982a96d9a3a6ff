#include "runner/value_words.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/text.h"
#include "runner/describe.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kBytesOfJson = 240;
constexpr std::size_t kMostBytes = 500;

std::string JsonInShort(const json& value) { return ShortJson(value, kBytesOfJson); }

// A word for each actor, from a list of words, nulls, or anything else.
std::vector<std::string> Words(const json& list, const char* for_null,
                               std::string (*of_other)(const json&)) {
  std::vector<std::string> words;
  for (const json& element : list) {
    if (element.is_null()) {
      words.emplace_back(for_null);
    } else if (element.is_string()) {
      words.push_back(element.get<std::string>());
    } else {
      words.push_back(of_other(element));
    }
  }
  return words;
}

std::string EndsInWords(const json& ends) {
  std::string text;
  for (const auto& [side, list] : ends.items()) {
    const std::string who = WhoHasWhich(Words(list, "never connected", JsonInShort));
    text += fmt::format("{}{}: {}", text.empty() ? "" : ". ", side, who.empty() ? "none" : who);
  }
  return text;
}

std::string SendsOfClient(const json& outcomes) {
  if (outcomes.empty()) return "none";
  std::string text;
  for (const auto& [word, count] : outcomes.items()) {
    text += fmt::format("{}{} x{}", text.empty() ? "" : ", ", word, JsonInShort(count));
  }
  return text;
}

std::string CountsInWords(const json& counts) {
  std::string text;
  for (const auto& [word, count] : counts.items()) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", JsonInShort(count), word);
  }
  return text.empty() ? "no client" : text;
}

std::string OrNothing(const std::string& text, const char* nothing) {
  return text.empty() ? nothing : text;
}

struct Describer {
  std::string_view observation;
  std::string (*describe)(const json& value);
};

constexpr std::array<Describer, 9> kDescribers = {{
    {"connect_outcomes",
     [](const json& value) { return WhoHasWhich(Words(value, "unknown", JsonInShort)); }},
    {"outcome_counts", CountsInWords},
    {"accept_order", [](const json& value) { return OrderInWords(value); }},
    {"queue_order", [](const json& value) { return OrderInWords(value); }},
    {"accepted_by",
     [](const json& value) { return WhoHasWhich(Words(value, "nobody", JsonInShort)); }},
    {"recv_histogram", [](const json& value) { return SizesInWords(value); }},
    {"replies",
     [](const json& value) { return WhoHasWhich(Words(value, "nothing", RepliesOfClient)); }},
    {"send_results",
     [](const json& value) { return WhoHasWhich(Words(value, "none", SendsOfClient)); }},
    {"stream_end", EndsInWords},
}};

std::string DescribedOrJson(std::string_view observation, const json& value) {
  // Results are written by others too: any JSON may stand there.
  try {
    if (observation.starts_with("steps.")) {
      return WhoHasWhich(Words(value, "never run", OutcomesOfStep));
    }
    for (const Describer& describer : kDescribers) {
      if (describer.observation == observation) {
        return OrNothing(describer.describe(value), "none");
      }
    }
  } catch (const json::exception&) {
    return JsonInShort(value);
  }
  return JsonInShort(value);
}

}  // namespace

std::string ValueInWords(std::string_view observation, const json& value) {
  return Printable(DescribedOrJson(observation, value), kMostBytes);
}

}  // namespace tcplab
