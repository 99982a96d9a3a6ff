// Which processors the threads of this process begin on.
#pragma once

#include <cstddef>

namespace tcplab {

// Placement begins on this processor (modulo as many as there are). Before any thread is started.
void PlaceFrom(std::size_t first) noexcept;
// Where it begins, for a process that this one starts.
[[nodiscard]] std::size_t PlacedFrom() noexcept;

// SysStartOn, counted from there.
void StartOn(std::size_t index);

}  // namespace tcplab
