#include "core/net/placement.h"

#include "core/net/syscalls.h"

namespace tcplab {
namespace {

std::size_t first_processor = 0;  // written before there are threads

}  // namespace

void PlaceFrom(std::size_t first) noexcept { first_processor = first; }

std::size_t PlacedFrom() noexcept { return first_processor; }

void StartOn(std::size_t index) { SysStartOn(first_processor + index); }

}  // namespace tcplab
