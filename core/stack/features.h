// What a case asks of the stack that it is run on, in words: "model:process_per_connection",
// "option:TCP_CORK", "ipv6".
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/scenario.h"

namespace tcplab {

// What a stack cannot do, and why.
struct Inability {
  std::string feature;
  std::string reason;
};

// All that a case needs.
[[nodiscard]] std::set<std::string> FeaturesOf(const Case& a_case);

// The first inability that keeps the case from being run, if there is one.
[[nodiscard]] const Inability* WhatIsMissing(const Case& a_case,
                                             const std::vector<Inability>& cannot);

// Nothing when a feature could be of that name; otherwise what is expected in its place.
[[nodiscard]] std::string WhyNoFeature(std::string_view feature);

}  // namespace tcplab
