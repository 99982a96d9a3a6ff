// One scenario, run inside another stack to its result document.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/stack/stack.h"
#include "runner/measure.h"

namespace tcplab {

// As Measure does, in the stack. `own_path` is this program. An error, with the stack's name and
// its last words, when it is missing, hangs, dies, answers rubbish, or is not what it should be;
// nothing of it is left running. A run that was interrupted has no document when none came back.
[[nodiscard]] Result<Measurement> MeasureIn(const Stack& stack, const Scenario& scenario,
                                            const MeasureOptions& options,
                                            const std::string& own_path);

// `runner WORDS...` in the stack, for commands that only tell something.
struct InsideOutput {
  std::string out;
  int exit_code = 0;
};
[[nodiscard]] Result<InsideOutput> RunRunnerIn(const Stack& stack, const std::string& own_path,
                                               const std::vector<std::string>& words);

}  // namespace tcplab
