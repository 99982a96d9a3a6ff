// How punctual a trial was.
#pragma once

#include "core/observe/trial_view.h"

namespace tcplab {

// As TrialHealth::max_delay_ms has it.
[[nodiscard]] double MaxDelayMs(const Case& a_case, const TrialView& view);

}  // namespace tcplab
