// The formats in which a result is shown: pure functions from the result document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "core/base/result.h"
#include "runner/text_layout.h"
#include "runner/trial_command.h"

namespace tcplab {

// One block a case that a person understands at a glance. A document that is no whole result is an
// error of kind kInvalid. `source`: where a trial in which an expectation failed can be seen.
[[nodiscard]] Result<std::string> TextReport(const nlohmann::json& document, const TextStyle& style,
                                             const TrialSource& source = {});

// The document as its file has it; several become an array.
[[nodiscard]] std::string JsonReport(std::span<const nlohmann::json> documents, bool as_array);

}  // namespace tcplab
