// lwIP on a TAP device of this network namespace.
#pragma once

#include <optional>
#include <string>

namespace tcplab {

[[nodiscard]] std::string LwipVersion();  // "2.1.3"

// Starts it on a device that no other process has (tap0, tap1... of stacks/lwip.sh): tapN
// has 10.99.N.1, and lwIP 10.99.N.2 beyond it. What kept it from that, if anything did.
[[nodiscard]] std::optional<std::string> StartLwip();

}  // namespace tcplab
