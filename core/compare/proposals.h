// What a result would have its scenario expect. Pure: a result document goes in, expectations come
// out.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>  // expectations as they are written are JSON
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/scenario.h"

namespace tcplab {

// One of the scenario's expectations that did not hold in a result.
struct UnmetExpectation {
  std::size_t index = 0;   // into Scenario::expectations
  std::size_t cases = 0;   // in so many
  std::size_t judged = 0;  // of so many
};

// Those that are judged in the result's environment, by what it shows, and not by what it says of
// expectations: these may be others by now.
[[nodiscard]] std::vector<UnmetExpectation> FindUnmet(const Scenario& scenario,
                                                      const nlohmann::json& result);

struct ProposedExpectations {
  std::vector<nlohmann::json> expectations;  // as the language has them
  std::vector<std::string> too_long;         // facts that nobody would read in a scenario
};

struct ProposalOptions {
  std::vector<std::size_t> without;  // the scenario's expectations that are as good as gone
  std::vector<std::string> only;     // observations; empty: all
};

// An `equals` for each fact of class exact, set or order (of `steps`, for each label) that all
// trials of a case, 5 at least, agreed on, and of which no expectation says anything there. Not
// `outcome_counts` where it follows from `connect_outcomes`. Cases that agree share one, whose
// `case` is true of them and of no other case of the scenario. `when` is the stack that it was seen
// on.
[[nodiscard]] ProposedExpectations ProposeExpectations(const Scenario& scenario,
                                                       const nlohmann::json& result,
                                                       const ProposalOptions& options);

// An error (kInvalid) unless the result was measured of this very scenario, apart from what it
// expects, and with values that the scenario gives its parameters.
[[nodiscard]] Status CheckMeasuredFrom(const Scenario& scenario, const nlohmann::json& result);

}  // namespace tcplab
