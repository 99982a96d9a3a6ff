// Result documents of runs that never were, trial by trial, for tests of comparisons.
#pragma once

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace tcplab {

// The values of one observation, one a trial.
using TrialValues = std::vector<nlohmann::json>;

inline TrialValues Times(std::size_t trials, const nlohmann::json& value) {
  return TrialValues(trials, value);
}

inline TrialValues Then(TrialValues first, const TrialValues& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// As ResultBuilder writes it: distinct values, most frequent first, ties by text, and the sequence.
inline nlohmann::json MadeUpObservation(const std::string& its_class, const TrialValues& trials) {
  std::map<std::string, std::size_t> counts;
  for (const nlohmann::json& value : trials) ++counts[value.dump()];
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  nlohmann::json values = nlohmann::json::array();
  std::map<std::string, std::size_t> ranks;
  for (const auto& [text, count] : order) {
    ranks[text] = values.size();
    values.push_back({{"value", nlohmann::json::parse(text)}, {"trials", count}});
  }
  nlohmann::json sequence = nlohmann::json::array();
  for (const nlohmann::json& value : trials) sequence.push_back(ranks.at(value.dump()));
  return {{"class", its_class}, {"values", values}, {"sequence", sequence}};
}

class MadeUpResult {
 public:
  // Two results with another start are of two runs.
  explicit MadeUpResult(const std::string& environment = "linux-6.1-x86_64",
                        const std::string& started = "2025-01-31T09:00:00Z") {
    document_ = {{"format", "tcplab-result/1"},
                 {"scenario",
                  {{"name", "made-up"},
                   {"file", "made-up.json"},
                   {"sha256", "00"},
                   {"document", {{"name", "made-up"}, {"trials", 20}}}}},
                 {"environment",
                  {{"id", environment},
                   {"os", environment.substr(0, environment.find('-'))},
                   {"stack", environment.substr(0, environment.find('-'))},
                   {"facets", {{"somaxconn", 4096}}}}},
                 {"run",
                  {{"status", "ok"},
                   {"seed", 7},
                   {"started", started},
                   {"seconds", 1.5},
                   {"version", "0.0.0"}}},
                 {"cases", nlohmann::json::array()}};
  }

  MadeUpResult& Case(const nlohmann::json& parameters) {
    const nlohmann::json none = nlohmann::json::object();
    document_["cases"].push_back({{"parameters", parameters.is_null() ? none : parameters},
                                  {"status", "ok"},
                                  {"trials", 0},
                                  {"observations", nlohmann::json::object()},
                                  {"errors", nlohmann::json::array()},
                                  {"health", {{"max_delay_ms", 0.5}}}});
    return *this;
  }

  // Of the last case.
  MadeUpResult& Saw(const std::string& observation, const std::string& its_class,
                    const TrialValues& trials) {
    nlohmann::json& a_case = document_["cases"].back();
    a_case["trials"] = trials.size();
    a_case["observations"][observation] = MadeUpObservation(its_class, trials);
    return *this;
  }

  MadeUpResult& With(const std::string& pointer, const nlohmann::json& value) {
    document_[nlohmann::json::json_pointer(pointer)] = value;
    return *this;
  }

  [[nodiscard]] const nlohmann::json& document() const { return document_; }

 private:
  nlohmann::json document_;
};

}  // namespace tcplab
