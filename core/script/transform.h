// What a reply step does to the message that it answers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/scenario/step.h"

namespace tcplab {

// kUppercase: ASCII letters only, for what a byte means beyond that is not for a transport to know.
// kConsonants: how many ASCII letters but a, e, i, o, u there are, in either case. kPrime: "prime"
// or "not prime" for a whole number up to 2^63, "too large" for one past it, else "not a number".
[[nodiscard]] std::string Apply(Transform transform, std::string_view message);

// How many bytes longer than its message an answer can be.
[[nodiscard]] std::size_t MostBytesBeyondMessage(Transform transform);

}  // namespace tcplab
