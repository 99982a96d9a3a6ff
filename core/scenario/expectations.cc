#include "core/scenario/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/scenario/when.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

// What the second part of an observation's path is.
enum class PathPart { kIndex, kOutcome, kSide, kLabel };

struct ObservationKind {
  std::string_view name;
  PathPart second;
};

// The observations that there are; core/observe computes them.
constexpr auto kObservations = std::to_array<ObservationKind>({
    {"connect_outcomes", PathPart::kIndex},
    {"outcome_counts", PathPart::kOutcome},
    {"accept_order", PathPart::kIndex},
    {"queue_order", PathPart::kIndex},
    {"accepted_by", PathPart::kIndex},
    {"recv_sizes", PathPart::kIndex},
    {"recv_histogram", PathPart::kIndex},
    {"recv_calls", PathPart::kIndex},
    {"replies", PathPart::kIndex},
    {"send_results", PathPart::kIndex},
    {"stream_end", PathPart::kSide},
    {"bytes", PathPart::kIndex},
    {"steps", PathPart::kLabel},
    {"connect_ms", PathPart::kIndex},
});

constexpr auto kOutcomes =
    std::to_array<std::string_view>({"refused", "timed_out", "pending", "accepted", "reset",
                                     "queued", "phantom", "not_started", "connected"});
constexpr std::string_view kFailedPrefix = "failed:";  // and the name of the error
constexpr auto kSides = std::to_array<std::string_view>({"client", "server"});

constexpr std::int64_t kMostElements = 1'000'000'000;

// An expectation while its keys are read.
struct ExpectationDraft {
  Expectation expectation;
  const ExpectationContext* context = nullptr;
};

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void CheckWord(const Node& node, std::string_view word, std::string_view what,
               std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  const std::string there_are = known.empty() ? "there is none" : JoinWords(known);
  node.Error(fmt::format("{} is no {}; expected {}{}", Quoted(word), what, there_are,
                         DidYouMean(word, known)));
}

void CheckSecondPart(const Node& node, const ObservationKind& kind, std::string_view part,
                     const ExpectationContext& context) {
  switch (kind.second) {
    case PathPart::kIndex:
      if (!IsDigits(part)) {
        node.Error(fmt::format("found {} after {}, expected a number", Quoted(part), kind.name));
      }
      break;
    case PathPart::kOutcome:
      if (!part.starts_with(kFailedPrefix)) CheckWord(node, part, "outcome", kOutcomes);
      break;
    case PathPart::kSide:
      CheckWord(node, part, "end of a connection", kSides);
      break;
    case PathPart::kLabel:
      if (context.labels_are_known && !context.labels.contains(part)) {
        const std::vector<std::string_view> labels(context.labels.begin(), context.labels.end());
        CheckWord(node, part, "label of a step", labels);
      }
      break;
  }
}

void ReadObservation(const Node& node, ExpectationDraft& draft) {
  if (!node.value().is_string()) {
    node.Mismatch("the name of an observation");
    return;
  }
  const auto& text = node.value().get_ref<const std::string&>();
  const std::vector<std::string_view> parts = Split(text, '.');
  std::vector<std::string_view> names;
  for (const ObservationKind& kind : kObservations) names.push_back(kind.name);
  const auto kind = std::find_if(kObservations.begin(), kObservations.end(),
                                 [&](const ObservationKind& k) { return k.name == parts[0]; });
  if (kind == kObservations.end()) {
    CheckWord(node, parts[0], "observation", names);
    return;
  }
  if (std::any_of(parts.begin(), parts.end(), [](std::string_view p) { return p.empty(); })) {
    node.Error(fmt::format("found {}, expected names or numbers between the dots", Quoted(text)));
    return;
  }
  if (parts.size() > 1) CheckSecondPart(node, *kind, parts[1], *draft.context);
  draft.expectation.observation = std::string(parts[0]);
  draft.expectation.path.assign(parts.begin() + 1, parts.end());
}

// [low, high]
template <typename T, typename ReadOne>
void ReadRange(const Node& node, ReadOne read_one, T& low, T& high) {
  if (!node.value().is_array() || node.value().size() != 2) {
    node.Mismatch("two numbers: [lowest, highest]");
    return;
  }
  const auto first = read_one(node.Element(0));
  const auto second = read_one(node.Element(1));
  if (!first || !second) return;
  if (*first > *second) node.Error("the range is empty: its first number is above its second");
  low = static_cast<T>(*first);
  high = static_cast<T>(*second);
}

void ReadBetween(const Node& node, ExpectationDraft& draft) {
  BetweenMatcher matcher;
  constexpr double kMost = std::numeric_limits<double>::max();
  ReadRange(
      node, [](const Node& n) { return ReadNumber(n, -kMost, kMost); }, matcher.low, matcher.high);
  draft.expectation.matcher = matcher;
}

void ReadOneOf(const Node& node, ExpectationDraft& draft) {
  if (!ExpectList(node, "values")) return;
  if (node.value().empty()) node.Mismatch("at least one value");
  draft.expectation.matcher = OneOfMatcher{node.value().get<std::vector<json>>()};
}

void ReadCount(const Node& node, ExpectationDraft& draft) {
  static constexpr auto kKeys = std::to_array<Field<CountMatcher>>({
      {"of", [](const Node& n, CountMatcher& m) { m.value = n.value(); }, true},
      {"equals",
       [](const Node& n, CountMatcher& m) {
         WholeInto(n, 0, kMostElements, m.low);
         m.high = m.low;
       }},
      {"between",
       [](const Node& n, CountMatcher& m) {
         ReadRange(
             n, [](const Node& e) { return ReadWhole(e, 0, kMostElements); }, m.low, m.high);
       }},
  });
  CountMatcher matcher;
  if (!ReadObject<CountMatcher>(node, "\"count\"", kKeys, matcher)) return;
  if (node.Has("equals") == node.Has("between")) {
    node.Error("\"count\" needs exactly one of \"equals\" and \"between\"");
  }
  draft.expectation.matcher = std::move(matcher);
}

void ReadInAtLeast(const Node& node, ExpectationDraft& draft) {
  const std::uint32_t trials = draft.context->trials;
  const double number = node.value().is_number() ? node.value().get<double>() : 0;
  const bool is_share = number > 0 && number <= 1;
  const bool is_count = number >= 2 && number <= trials && std::trunc(number) == number;
  if (!is_share && !is_count) {
    node.Mismatch(
        fmt::format("a share of the trials, above 0 and at most 1, or a number of trials "
                    "from 2 to the scenario's {}",
                    trials));
    return;
  }
  draft.expectation.share = is_share ? number : number / trials;
}

void ReadCase(const Node& node, ExpectationDraft& draft) {
  if (!node.value().is_object() || node.value().empty()) {
    node.Mismatch("an object of parameters and the values a case must have to be judged");
    return;
  }
  const Parameters& parameters = draft.context->parameters;
  for (const auto& [name, value] : node.value().items()) {
    if (node.problems().full()) break;
    const Node member = node.Member(name);
    const Parameter* const parameter = parameters.Find(name);
    if (parameter == nullptr) {
      member.KeyError(fmt::format("the scenario has no parameter {}{}", Quoted(name),
                                  DidYouMean(name, parameters.Names())));
      continue;
    }
    const auto check = [&](const Node& place) {
      const auto& values = parameter->declared;
      const bool known = std::find(values.begin(), values.end(), place.value()) != values.end();
      // A prompt has no values yet: any may come.
      if (!known && !parameter->question) place.Mismatch(ValuesText(values));
    };
    if (!value.is_array()) check(member);
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) check(member.Element(i));
    if (value.is_array() && value.empty()) member.Mismatch("at least one value");
  }
  draft.expectation.cases = node.value();
}

// A matcher is one key of an expectation.
constexpr auto kMatcherKeys =
    std::to_array<std::string_view>({"equals", "one_of", "none", "between", "count"});

constexpr auto kExpectationKeys = std::to_array<Field<ExpectationDraft>>({
    {"observation", ReadObservation, true},
    {"equals",
     [](const Node& n, ExpectationDraft& d) { d.expectation.matcher = EqualsMatcher{n.value()}; }},
    {"one_of", ReadOneOf},
    {"none",
     [](const Node& n, ExpectationDraft& d) { d.expectation.matcher = NoneMatcher{n.value()}; }},
    {"between", ReadBetween},
    {"count", ReadCount},
    {"in_at_least", ReadInAtLeast},
    {"case", ReadCase},
    {"when", [](const Node& n, ExpectationDraft& d) { ReadWhen(n, d.expectation.when); }},
});

}  // namespace

std::vector<Expectation> ReadExpectations(const Node& node, const ExpectationContext& context) {
  std::vector<Expectation> expectations;
  if (!ExpectList(node, "expectations")) return expectations;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    const Node place = node.Element(i);
    ExpectationDraft draft;
    draft.context = &context;
    draft.expectation.document = place.value();
    if (!ReadObject<ExpectationDraft>(place, "an expectation", kExpectationKeys, draft)) continue;
    const auto matchers = std::count_if(kMatcherKeys.begin(), kMatcherKeys.end(),
                                        [&](std::string_view key) { return place.Has(key); });
    if (matchers != 1) {
      place.Error(fmt::format("found {} matchers, expected exactly one of {}", matchers,
                              JoinWords(kMatcherKeys, "and")));
    }
    expectations.push_back(std::move(draft.expectation));
  }
  return expectations;
}

}  // namespace tcplab::internal
