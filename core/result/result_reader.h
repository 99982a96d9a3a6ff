// A result document, read back from its file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.h"

namespace tcplab {

// Errors are of kind kInvalid and say where: not there, not JSON (line and column), not a result,
// one of a format that this version does not know yet, or one that does not agree with itself
// (line, column and JSON pointer).
[[nodiscard]] Result<nlohmann::json> ReadResultFile(const std::string& path);

// The same for text that is at hand; `name` is for messages.
[[nodiscard]] Result<nlohmann::json> ReadResultText(const std::string& text,
                                                    const std::string& name);

}  // namespace tcplab
