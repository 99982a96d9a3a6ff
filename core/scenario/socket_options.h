// The socket options that a `set` step may name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tcplab::internal {

// The values that make sense for an option; a kernel may still refuse one, which is data.
struct OptionRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// Nothing when no system that tcplab knows of has an option of this name. Whether the system at
// hand has it shows when the step runs: its outcome is then `unsupported`.
[[nodiscard]] std::optional<OptionRange> FindSocketOption(std::string_view name);

[[nodiscard]] std::span<const std::string_view> SocketOptionNames();

}  // namespace tcplab::internal
