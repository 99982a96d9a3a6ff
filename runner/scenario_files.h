// The scenario files that a command line names.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/loader.h"

namespace tcplab {

// Folders become the scenarios in and below them, in the order of their names: every *.json file
// but *.schema.json. A name that is not there, and a folder without a scenario, are errors.
[[nodiscard]] Result<std::vector<std::string>> FindScenarioFiles(
    std::span<const std::string> names);

// On stderr, each with its place (`quiet`: only errors).
void ReportDiagnostics(const std::vector<Diagnostic>& diagnostics, bool quiet);

// Loads one, and says on stderr what is wrong or doubtful about it (`quiet`: only what is wrong).
[[nodiscard]] std::optional<Scenario> LoadAndReport(const std::string& file,
                                                    const LoadOptions& options, bool quiet);

}  // namespace tcplab
