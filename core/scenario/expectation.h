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

// ">=6.5": a bound on a version. As many parts as it has are compared, so that "6.5" is any 6.5.x.
struct VersionBound {
  enum class Relation { kLess, kAtMost, kEqual, kAtLeast, kMore };
  Relation relation = Relation::kEqual;
  std::vector<std::uint32_t> version;
};

// Where an expectation is judged: an environment of which all of this is true.
struct EnvironmentCondition {
  std::vector<std::string> os;       // one of these; empty: any
  std::vector<std::string> stack;    // the same
  std::vector<VersionBound> kernel;  // within all of these
  // Name -> the value that the facet has, or a list of values of which it has one; null: any.
  nlohmann::json facets;
};

struct Expectation {
  std::string observation;        // "outcome_counts"
  std::vector<std::string> path;  // further keys or indices into the value: {"refused"}
  Matcher matcher;
  double share = 1.0;    // of the measured trials that must agree, in (0, 1]
  nlohmann::json cases;  // parameters that a case must have to be judged; null: every case
  EnvironmentCondition when;
  nlohmann::json document;  // as the author wrote it, for the result
};

}  // namespace tcplab
