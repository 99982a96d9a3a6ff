// What is observed of a trial that a test made by hand.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/observe/observe.h"
#include "tests/support/trace_builder.h"

namespace tcplab {

inline TrialObservations ObservedOf(const TraceBuilder& trial, const Case& a_case) {
  const TrialTrace trace = trial.Build();
  Result<TrialObservations> observed = Observe(a_case, trace);
  EXPECT_TRUE(observed) << observed.error().message;
  return observed ? std::move(*observed) : TrialObservations{};
}

// One observation of a trial whose clients and handlers run scripts of no matter.
inline nlohmann::json Observed(const TraceBuilder& trial, const std::string& name,
                               std::size_t clients = 1) {
  return ObservedOf(trial, CaseOf(clients)).values[name];
}

// A JSON value as a test writes it down.
inline nlohmann::json Json(std::string_view text) { return nlohmann::json::parse(text); }

}  // namespace tcplab
