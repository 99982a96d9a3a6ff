// A time line as text for a wall: the clients on the left, the server on the right, time downwards.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runner/time_line.h"

namespace tcplab {

struct TimeLineStyle {
  std::size_t width = 100;      // columns, 80 at least
  std::size_t most_rows = 200;  // of each part, before and after the end; 0: no bound
};

// `heading`: lines above it, wrapped at the width; the first is a title.
[[nodiscard]] std::string TimeLineText(const std::vector<std::string>& heading,
                                       const TimeLine& line, const TimeLineStyle& style);

}  // namespace tcplab
