// The names of the sockets interface that a script may use: options, flags, and what can be
// sampled.
#pragma once

#include <cstddef>
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

// Whether the option's value is a text (TCP_CONGESTION: "cubic") and not a number.
[[nodiscard]] bool IsTextOption(std::string_view name);
// The longest such text: IFNAMSIZ and TCP_CA_NAME_MAX are 16, with the zero at their end.
inline constexpr std::size_t kMostOptionText = 15;

// Flags of send(2) and recv(2) that any known system has.
[[nodiscard]] std::span<const std::string_view> MessageFlagNames();

// The fields of a `sample` step.
[[nodiscard]] std::span<const std::string_view> SampleFieldNames();

}  // namespace tcplab::internal
