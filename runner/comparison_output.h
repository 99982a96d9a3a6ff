// A comparison on stdout, and the exit code for it: what the commands that compare have in common.
#pragma once

#include <string>

#include "core/compare/compare.h"
#include "runner/arguments.h"
#include "runner/exit_code.h"

namespace tcplab {

struct ComparisonOutput {
  std::string format = "text";  // text, json, markdown, html
  bool strict = false;          // what is inconclusive has an exit code of its own
  bool no_color = false;
};

// --format, --strict, --no-color.
void AddComparisonOptions(CLI::App& app, ComparisonOutput& output);

// Writes it, and returns what ExitCodeOf says.
[[nodiscard]] ExitCode ShowComparison(const Comparison& comparison, const ComparisonOutput& output);

// 0 the same, or nothing is shown to differ; 1 different; 4 inconclusive (strict); where
// nothing could be compared 2, 3 or 77, and why on stderr.
[[nodiscard]] ExitCode ExitCodeOf(const Comparison& comparison, bool strict);

}  // namespace tcplab
