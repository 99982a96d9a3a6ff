#include "core/compare/expectations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <variant>

#include "core/compare/when.h"
#include "core/result/status.h"

namespace tcplab {
namespace {

using nlohmann::json;

template <typename... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <typename... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

// The value at a path of keys and indices; null pointer when there is none.
const json* Find(const json& value, const std::vector<std::string>& path) {
  const json* here = &value;
  for (const std::string& part : path) {
    if (here->is_object()) {
      const auto member = here->find(part);
      if (member == here->end()) return nullptr;
      here = &*member;
    } else if (here->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
      const bool is_index = error == std::errc{} && end == part.data() + part.size();
      if (!is_index || index >= here->size()) return nullptr;
      here = &(*here)[index];
    } else {
      return nullptr;
    }
  }
  return here;
}

bool IsBetween(const BetweenMatcher& range, const json& value) {
  return value.is_number() && value.get<double>() >= range.low && value.get<double>() <= range.high;
}

bool Matches(const Matcher& matcher, const json& value) {
  return std::visit(
      Overloaded{
          [&](const EqualsMatcher& m) { return value == m.value; },
          [&](const OneOfMatcher& m) {
            return std::find(m.values.begin(), m.values.end(), value) != m.values.end();
          },
          [&](const NoneMatcher& m) {
            if (value == m.value) return false;
            return !value.is_array() ||
                   std::find(value.begin(), value.end(), m.value) == value.end();
          },
          [&](const BetweenMatcher& m) {
            if (!value.is_array()) return IsBetween(m, value);
            // Of nothing at all no number can be claimed.
            return !value.empty() && std::all_of(value.begin(), value.end(),
                                                 [&](const json& v) { return IsBetween(m, v); });
          },
          [&](const CountMatcher& m) {
            if (!value.is_array()) return false;
            const auto count =
                static_cast<std::size_t>(std::count(value.begin(), value.end(), m.value));
            return count >= m.low && count <= m.high;
          },
      },
      matcher);
}

// ceil(share * measured), where 19 of 20 written as 0.95 must not become 20 by a rounding error.
std::uint64_t Needed(double share, std::uint64_t measured) {
  constexpr double kRounding = 1e-9;
  const double needed = std::ceil(share * static_cast<double>(measured) - kRounding);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::max(0.0, needed)));
}

std::string PathText(const Expectation& expectation) {
  std::string text = expectation.observation;
  for (const std::string& part : expectation.path) text += "." + part;
  return text;
}

// The first trial that showed one of these values.
std::optional<std::size_t> FirstTrialOf(const std::vector<std::size_t>& entries,
                                        const json& sequence) {
  for (std::size_t trial = 0; trial < sequence.size(); ++trial) {
    if (!sequence[trial].is_number_unsigned()) continue;
    const auto value = sequence[trial].get<std::size_t>();
    if (std::find(entries.begin(), entries.end(), value) != entries.end()) return trial;
  }
  return std::nullopt;
}

json Entry(const Expectation& expectation, const ExpectationVerdict& verdict,
           const json& sequence) {
  json entry = {{"expect", expectation.document},
                {"met", verdict.met},
                {"trials", verdict.trials},
                {"needed", verdict.needed}};
  if (verdict.seen) {
    entry["seen"] = *verdict.seen;
    entry["seen_trials"] = verdict.seen_trials;
    const auto trial = FirstTrialOf(verdict.seen_entries, sequence);
    if (trial) entry["trial"] = *trial;
  }
  if (!verdict.missing.empty()) entry["missing"] = verdict.missing;
  return entry;
}

void Worsen(json& status) {
  const ResultStatus before = ResultStatusOf(status.get<std::string>());
  status = ResultStatusName(Worse(before, ResultStatus::kFailed));
}

}  // namespace

bool Applies(const Expectation& expectation, const json& parameters, const json& environment) {
  if (!Holds(expectation.when, environment)) return false;
  if (!expectation.cases.is_object()) return true;
  return std::all_of(expectation.cases.items().begin(), expectation.cases.items().end(),
                     [&](const auto& wanted) {
                       const auto has = parameters.find(wanted.key());
                       if (has == parameters.end()) return false;
                       const json& values = wanted.value();
                       if (!values.is_array()) return *has == values;
                       return std::find(values.begin(), values.end(), *has) != values.end();
                     });
}

ExpectationVerdict Judge(const Expectation& expectation, const json& values) {
  ExpectationVerdict verdict;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto trials = values[i].at("trials").get<std::uint64_t>();
    const json& whole = values[i].at("value");
    verdict.measured += trials;
    const json* value = Find(whole, expectation.path);
    if (value != nullptr && Matches(expectation.matcher, *value)) {
      verdict.trials += trials;
      continue;
    }
    if (!verdict.seen) {
      verdict.seen = value != nullptr ? *value : whole;
      if (value == nullptr) verdict.missing = PathText(expectation);
    }
    const bool same = verdict.missing.empty() == (value != nullptr) &&
                      *verdict.seen == (value != nullptr ? *value : whole);
    if (!same) continue;
    verdict.seen_trials += trials;
    verdict.seen_entries.push_back(i);
  }
  verdict.needed = Needed(expectation.share, verdict.measured);
  verdict.met = verdict.trials >= verdict.needed;
  return verdict;
}

namespace {

constexpr std::array<std::string_view, 3> kWordsOfServer = {"accepted", "queued", "phantom"};

// Whether it is about what a server of ours would have seen, where there was none.
bool IsOfServer(const Scenario& scenario, const Expectation& expectation) {
  if (expectation.observation == "connect_outcomes" ||
      expectation.observation == "outcome_counts") {
    // Words that only the server's view makes of a client that is connected.
    const std::string text = expectation.document.dump();
    return std::any_of(kWordsOfServer.begin(), kWordsOfServer.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
  }
  if (expectation.path.empty()) return expectation.observation == "stream_end";
  if (expectation.observation == "stream_end") return expectation.path.front() == "server";
  if (expectation.observation != "steps") return false;
  const auto has_label = [&](const Script& script) {
    return std::any_of(script.begin(), script.end(),
                       [&](const Step& step) { return step.label == expectation.path.front(); });
  };
  return std::none_of(scenario.cases.begin(), scenario.cases.end(), [&](const Case& a_case) {
    return std::any_of(a_case.clients.begin(), a_case.clients.end(),
                       [&](const ClientGroup& group) { return has_label(group.script); });
  });
}

}  // namespace

void AddExpectations(const Scenario& scenario, json& document) {
  const json& environment = document.at("environment");
  const bool foreign_server = document.at("run").contains("target");
  for (json& a_case : document.at("cases")) {
    const json& observations = a_case.at("observations");
    json entries = json::array();
    bool failed = false;
    for (const Expectation& expectation : scenario.expectations) {
      const auto observation = observations.find(expectation.observation);
      if (observation == observations.end()) continue;
      if (!Applies(expectation, a_case.at("parameters"), environment)) continue;
      if (foreign_server && IsOfServer(scenario, expectation)) continue;
      if (a_case.at("status") == ResultStatusName(ResultStatus::kUnsupported)) continue;
      const ExpectationVerdict verdict = Judge(expectation, observation->at("values"));
      failed = failed || !verdict.met;
      entries.push_back(Entry(expectation, verdict, observation->at("sequence")));
    }
    a_case["expectations"] = std::move(entries);
    if (!failed) continue;
    Worsen(a_case.at("status"));
    Worsen(document.at("run").at("status"));
  }
}

}  // namespace tcplab
