// Whether a scenario's expectations were met. Pure: a result document goes in, verdicts come out.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>  // verdicts carry observed values
#include <optional>
#include <string>
#include <vector>

#include "core/scenario/scenario.h"

namespace tcplab {

// How one expectation fared in one case.
struct ExpectationVerdict {
  bool met = false;
  std::uint64_t trials = 0;    // in how many trials it held
  std::uint64_t needed = 0;    // how many it had to be
  std::uint64_t measured = 0;  // of how many
  // The most frequent value that disagreed, at the expectation's path; none when all agreed.
  std::optional<nlohmann::json> seen;
  std::uint64_t seen_trials = 0;          // in how many trials it was that
  std::vector<std::size_t> seen_entries;  // the entries of the observed values that have it
  // The path, when that value had no such thing ("recv_histogram.1"); `seen` is then the whole
  // value.
  std::string missing;
};

// Whether a case with these parameters, in this environment (as a result has it), is judged at all.
[[nodiscard]] bool Applies(const Expectation& expectation, const nlohmann::json& parameters,
                           const nlohmann::json& environment);

// Judges one observed value: an array of {"value", "trials"}, most frequent first, as results have
// them. Met when the expectation held in at least `share` of the measured trials, of which there
// must be one.
[[nodiscard]] ExpectationVerdict Judge(const Expectation& expectation,
                                       const nlohmann::json& values);

// Judges every case of a result document, fills its `expectations`, and turns the status of a case,
// and of the run, to `failed` where nothing worse was said. An observation that the document does
// not hold (--only) is not judged, nor is what a foreign server would have to tell (--target).
void AddExpectations(const Scenario& scenario, nlohmann::json& document);

}  // namespace tcplab
