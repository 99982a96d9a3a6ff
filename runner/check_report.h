// A check as people read it in a terminal: what changed in five lines, then all that there is to
// say.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/compare/compare.h"
#include "runner/check_outcome.h"
#include "runner/text_layout.h"

namespace tcplab {

// Two lines when all is well: the verdict, and with what it was compared. Else five: these, what
// changed most, what else did, and a command that shows it. No line is ever wrapped.
[[nodiscard]] std::string CheckInLines(const CheckedScenario& checked);

// The cases that are not as their scenario expects, and the comparison where something differs.
[[nodiscard]] std::string CheckAtLength(const CheckedRun& run, const CheckedScenario& checked,
                                        const TextStyle& style);

}  // namespace tcplab
