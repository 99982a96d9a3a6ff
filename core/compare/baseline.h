// Which of several recorded environments a run is compared with.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>  // a result's "environment"
#include <optional>
#include <span>
#include <string>

namespace tcplab {

struct NearestEnvironment {
  std::size_t index = 0;
  std::string why;  // "the same environment"; "the nearest of 3: kernel 6.1.0 there, 6.18.5 here"
};

// The one that is most like `here`: the same id first, then os, architecture, the nearer version of
// the kernel, and most facets alike; ties go to the first. Only those of the same stack: what one
// implementation of TCP does is no baseline for another. Nothing when there is none of these.
[[nodiscard]] std::optional<NearestEnvironment> FindNearest(
    const nlohmann::json& here, std::span<const nlohmann::json> environments);

}  // namespace tcplab
