// What went through the connections: sizes, bytes, replies, ends, and the outcomes of labelled
// steps.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/observe/trial_view.h"

namespace tcplab {

// Per connection accepted for a script, in that order.
[[nodiscard]] nlohmann::json RecvSizes(const TrialView& view);  // null past 10,000 numbers
[[nodiscard]] nlohmann::json RecvHistogram(const TrialView& view);
[[nodiscard]] nlohmann::json RecvCalls(const TrialView& view);
[[nodiscard]] nlohmann::json Bytes(const TrialView& view);

// Per client.
[[nodiscard]] nlohmann::json Replies(const Case& a_case, const TrialView& view);
[[nodiscard]] nlohmann::json SendResults(const TrialView& view);

[[nodiscard]] nlohmann::json StreamEnd(const TrialView& view);

// label -> per actor a list: the clients by number, or the connections, whichever side's script has
// the label (the clients before the connections where both have it).
[[nodiscard]] nlohmann::json LabelledSteps(const Case& a_case, const TrialView& view);

// Whether nothing was received that had not been sent, and all of it where a stream was read to its
// end.
[[nodiscard]] bool BytesConserved(const TrialView& view);

}  // namespace tcplab
