#include "core/compare/proposals.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/text.h"
#include "core/compare/compare.h"
#include "core/compare/expectations.h"
#include "core/observe/observe.h"
#include "core/result/json_writer.h"

namespace tcplab {
namespace {

using nlohmann::json;

// A longer one is a record, and no claim.
constexpr std::size_t kLongestClaim = 4096;

// An observation, of `steps` one label.
struct ObservedFact {
  std::string observation;
  std::string label;

  [[nodiscard]] std::string Path() const {
    return label.empty() ? observation : observation + "." + label;
  }
};

bool IsUsable(const json& a_case) {
  const json& status = a_case.at("status");
  return status == "ok" || status == "failed";
}

const json* ValuesOf(const json& a_case, const std::string& observation) {
  const json& observations = a_case.at("observations");
  const auto found = observations.find(observation);
  return found == observations.end() ? nullptr : &found->at("values");
}

// What the fact is in one value of its observation; null pointer when there is none.
const json* PartOf(const json& value, const ObservedFact& fact) {
  if (fact.label.empty()) return &value;
  const auto label = value.find(fact.label);
  return label == value.end() ? nullptr : &*label;
}

// The value that all trials of the case agree on; null pointer when they do not, or are too few.
const json* AgreedValue(const json& a_case, const ObservedFact& fact) {
  if (!IsUsable(a_case) || a_case.at("trials") < kFewestTrials) return nullptr;
  const json* const values = ValuesOf(a_case, fact.observation);
  if (values == nullptr || values->empty()) return nullptr;
  const json* const first = PartOf(values->front().at("value"), fact);
  const bool agreed =
      first != nullptr && std::all_of(values->begin(), values->end(), [&](const json& entry) {
        const json* const part = PartOf(entry.at("value"), fact);
        return part != nullptr && *part == *first;
      });
  return agreed ? first : nullptr;
}

// All that may be claimed of a result, in the order in which people read it.
std::vector<ObservedFact> FactsOf(const json& result) {
  std::vector<ObservedFact> facts;
  for (const ObservationKind& kind : ObservationKinds()) {
    const bool varies = kind.observation_class == ObservationClass::kDistribution ||
                        kind.observation_class == ObservationClass::kTiming;
    if (varies) continue;
    const std::string name(kind.name);
    if (name != "steps") {
      facts.push_back({name, ""});
      continue;
    }
    std::set<std::string> labels;
    for (const json& a_case : result.at("cases")) {
      const json* const values = ValuesOf(a_case, name);
      if (values == nullptr) continue;
      for (const json& entry : *values) {
        for (const auto& [label, unused] : entry.at("value").items()) labels.insert(label);
      }
    }
    for (const std::string& label : labels) facts.push_back({name, label});
  }
  return facts;
}

// Whether its author said anything of the fact, be it of one client only: the rest was left open.
bool IsAbout(const Expectation& expectation, const ObservedFact& fact) {
  if (expectation.observation != fact.observation) return false;
  return fact.label.empty() || expectation.path.empty() || expectation.path.front() == fact.label;
}

// Cases by parameter: of each the values that it takes, all combinations of which are meant.
using CaseSet = std::map<std::string, json>;

// Cases of one value, each a set of its own, become fewer and larger sets of exactly these cases.
std::vector<CaseSet> Folded(std::vector<CaseSet> sets) {
  if (sets.empty()) return sets;
  std::vector<std::string> names;
  for (const auto& [name, values] : sets.front()) names.push_back(name);
  for (const std::string& name : names) {
    std::vector<CaseSet> larger;
    std::map<std::string, std::size_t> places;  // by all other parameters
    for (CaseSet& set : sets) {
      json values = std::move(set[name]);
      set[name] = nullptr;
      const auto [place, is_new] = places.try_emplace(CanonicalJson(set), larger.size());
      if (is_new) {
        set[name] = std::move(values);
        larger.push_back(std::move(set));
        continue;
      }
      for (json& value : values) larger[place->second][name].push_back(std::move(value));
    }
    sets = std::move(larger);
  }
  return sets;
}

const json& ParametersOf(const Scenario& scenario) {
  static const json kNone = json::object();
  const auto parameters = scenario.document.find("parameters");
  return parameters == scenario.document.end() ? kNone : *parameters;
}

// An axis on which all values agree needs no condition. A parameter of one value only was never
// varied, so nothing is known of others.
json ConditionOf(const CaseSet& set, const json& declared) {
  json condition = json::object();
  for (const auto& [name, values] : set) {
    const auto axis = declared.find(name);
    const bool all = axis != declared.end() && axis->is_array() && axis->size() > 1 &&
                     axis->size() == values.size();
    if (all) continue;
    condition[name] = values.size() == 1 ? values.front() : values;
  }
  return condition;
}

class Proposer {
 public:
  Proposer(const Scenario& scenario, const json& result, const ProposalOptions& options)
      : scenario_(scenario),
        result_(result),
        without_(options.without.begin(), options.without.end()),
        only_(options.only.begin(), options.only.end()) {}

  ProposedExpectations Propose() {
    for (const ObservedFact& fact : FactsOf(result_)) ProposeFor(fact);
    return std::move(proposed_);
  }

 private:
  [[nodiscard]] bool IsJudgedIn(const ObservedFact& fact, const json& parameters) const {
    for (std::size_t i = 0; i < scenario_.expectations.size(); ++i) {
      const Expectation& expectation = scenario_.expectations[i];
      if (without_.contains(i) || !IsAbout(expectation, fact)) continue;
      if (Applies(expectation, parameters, result_.at("environment"))) return true;
    }
    return false;
  }

  // What would be claimed of the fact in this case; null pointer when there is nothing to claim.
  const json* ClaimOf(const ObservedFact& fact, const json& a_case) {
    if (!only_.empty() && !only_.contains(fact.observation)) return nullptr;
    const json& parameters = a_case.at("parameters");
    const json* const value = AgreedValue(a_case, fact);
    if (value == nullptr || IsJudgedIn(fact, parameters)) return nullptr;
    const bool fits = CanonicalJson(*value).size() <= kLongestClaim &&
                      CanonicalJson(parameters).size() <= kLongestClaim;
    if (fits) return value;
    std::vector<std::string>& names = proposed_.too_long;
    if (std::find(names.begin(), names.end(), fact.Path()) == names.end()) {
      names.push_back(fact.Path());
    }
    return nullptr;
  }

  // Who had which word says how many had it, if that is claimed, by its author or from now on.
  bool FollowsFromAnother(const ObservedFact& fact, const json& a_case) {
    if (fact.observation != "outcome_counts") return false;
    const ObservedFact words{"connect_outcomes", ""};
    for (std::size_t i = 0; i < scenario_.expectations.size(); ++i) {
      const Expectation& expectation = scenario_.expectations[i];
      const bool is_whole = IsAbout(expectation, words) && expectation.path.empty() &&
                            std::holds_alternative<EqualsMatcher>(expectation.matcher);
      if (without_.contains(i) || !is_whole) continue;
      if (Applies(expectation, a_case.at("parameters"), result_.at("environment"))) return true;
    }
    return ClaimOf(words, a_case) != nullptr;
  }

  void ProposeFor(const ObservedFact& fact) {
    std::vector<const json*> values;  // distinct, in the order of the cases
    std::map<std::string, std::vector<CaseSet>> cases;
    for (const json& a_case : result_.at("cases")) {
      const json* const value = ClaimOf(fact, a_case);
      if (value == nullptr || FollowsFromAnother(fact, a_case)) continue;
      std::vector<CaseSet>& sets = cases[CanonicalJson(*value)];
      if (sets.empty()) values.push_back(value);
      CaseSet& set = sets.emplace_back();
      for (const auto& [name, has] : a_case.at("parameters").items()) {
        set[name] = json::array({has});
      }
    }
    for (const json* value : values) {
      for (const CaseSet& set : Folded(cases[CanonicalJson(*value)])) Add(fact, *value, set);
    }
  }

  void Add(const ObservedFact& fact, const json& value, const CaseSet& set) {
    json expectation = {{"observation", fact.Path()},
                        {"equals", value},
                        {"when", {{"stack", result_.at("environment").at("stack")}}}};
    json condition = ConditionOf(set, ParametersOf(scenario_));
    if (!condition.empty()) expectation["case"] = std::move(condition);
    proposed_.expectations.push_back(std::move(expectation));
  }

  const Scenario& scenario_;
  const json& result_;
  std::set<std::size_t> without_;
  std::set<std::string> only_;
  ProposedExpectations proposed_;
};

json WithoutExpectations(json document) {
  document.erase("expect");
  return document;
}

// The first key of the top level in which two documents differ.
std::string FirstDifferentKey(const json& a, const json& b) {
  for (const auto* document : {&a, &b}) {
    for (const auto& [key, value] : document->items()) {
      const bool in_both = a.contains(key) && b.contains(key);
      if (!in_both || a.at(key) != b.at(key)) return key;
    }
  }
  return "";
}

bool HasValue(const json& declared, const json& value) {
  if (declared.is_object()) return true;  // a prompt: any may have come
  if (!declared.is_array()) return declared == value;
  return std::find(declared.begin(), declared.end(), value) != declared.end();
}

}  // namespace

std::vector<UnmetExpectation> FindUnmet(const Scenario& scenario, const json& result) {
  std::vector<UnmetExpectation> all;
  for (std::size_t i = 0; i < scenario.expectations.size(); ++i) {
    const Expectation& expectation = scenario.expectations[i];
    UnmetExpectation unmet;
    unmet.index = i;
    for (const json& a_case : result.at("cases")) {
      const json* const values = ValuesOf(a_case, expectation.observation);
      if (values == nullptr || !IsUsable(a_case)) continue;
      if (!Applies(expectation, a_case.at("parameters"), result.at("environment"))) continue;
      ++unmet.judged;
      unmet.cases += Judge(expectation, *values).met ? 0 : 1;
    }
    if (unmet.cases > 0) all.push_back(unmet);
  }
  return all;
}

ProposedExpectations ProposeExpectations(const Scenario& scenario, const json& result,
                                         const ProposalOptions& options) {
  return Proposer(scenario, result, options).Propose();
}

Status CheckMeasuredFrom(const Scenario& scenario, const json& result) {
  const json now = WithoutExpectations(scenario.document);
  const json then = WithoutExpectations(result.at("scenario").at("document"));
  if (now != then) {
    return Invalid(
        fmt::format("the scenario has changed since it was measured (at /{}): run it again",
                    Printable(FirstDifferentKey(now, then))));
  }
  for (const json& a_case : result.at("cases")) {
    for (const auto& [name, value] : a_case.at("parameters").items()) {
      const auto declared = ParametersOf(scenario).find(name);
      if (declared != ParametersOf(scenario).end() && HasValue(*declared, value)) continue;
      return Invalid(fmt::format("it was measured with {}={}, which the scenario does not have",
                                 Printable(name), Printable(CanonicalJson(value))));
    }
  }
  return {};
}

}  // namespace tcplab
