// What a scenario's author expects to be observed. Parsed here, judged in core/compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>  // a matcher holds JSON values
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tcplab {

// The observed value is this one.
struct EqualsMatcher {
  nlohmann::json value;
};
// The observed value is one of these.
struct OneOfMatcher {
  std::vector<nlohmann::json> values;
};
// The observed value is not this one and, if it is an array, no element of it is.
struct NoneMatcher {
  nlohmann::json value;
};
// The observed number (or, of an array of numbers, each) lies in [low, high].
struct BetweenMatcher {
  double low = 0;
  double high = 0;
};
// How many elements of the observed array equal `value`: exactly `low` when low == high, else in
// [low, high].
struct CountMatcher {
  nlohmann::json value;
  std::size_t low = 0;
  std::size_t high = 0;
};

using Matcher =
    std::variant<EqualsMatcher, OneOfMatcher, NoneMatcher, BetweenMatcher, CountMatcher>;

struct Expectation {
  std::string observation;        // "outcome_counts"
  std::vector<std::string> path;  // further keys or indices into the value: {"refused"}
  Matcher matcher;
  double share = 1.0;    // of the measured trials that must agree, in (0, 1]
  nlohmann::json cases;  // parameters that a case must have to be judged; null: every case
  std::vector<std::string> when_os;  // empty: every system
  nlohmann::json document;           // as the author wrote it, for the result
};

}  // namespace tcplab
