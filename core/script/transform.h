// What a reply step does to the message that it answers.
#pragma once

#include <string>
#include <string_view>

#include "core/scenario/step.h"

namespace tcplab {

// ASCII letters only: what a byte means beyond that is not for a transport to know.
[[nodiscard]] std::string Apply(Transform transform, std::string_view message);

}  // namespace tcplab
