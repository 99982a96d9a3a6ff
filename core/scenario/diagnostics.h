// From a file of JSON with comments to what is wrong with it, place by place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/loader.h"
#include "core/scenario/problems.h"

namespace tcplab::internal {

// The whole file into `text`, or why not. `what` is for the message: "a scenario file".
[[nodiscard]] std::optional<std::string> ReadTextFile(const std::string& path,
                                                      std::string_view what, std::string& text);
inline constexpr std::size_t kMostFileBytes = std::size_t{16} << 20U;

// Problems of a document with the places that they have in its text, in their order.
[[nodiscard]] std::vector<Diagnostic> PlaceProblems(const Problems& problems,
                                                    const std::string& text,
                                                    const std::string& file);

}  // namespace tcplab::internal
