// A check as GitHub shows it: annotations of the files that a change touches, and the summary of
// the job.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "runner/check_outcome.h"

namespace tcplab {

// What GitHub shows of each kind for one step, and takes for one step's summary.
inline constexpr std::size_t kMostAnnotations = 10;
inline constexpr std::size_t kMostSummaryBytes = std::size_t{1} << 20U;

// Workflow commands, a line each: errors for what failed, warnings for what nobody can tell or was
// not compared. At most kMostAnnotations of each, those that tell most of each scenario first; the
// last says how many more there are.
[[nodiscard]] std::string GithubAnnotations(std::span<const CheckedScenario> scenarios);

// Text as a workflow command takes it, and as one of its properties does.
[[nodiscard]] std::string GithubData(std::string_view text);
[[nodiscard]] std::string GithubProperty(std::string_view text);

// Lines of Markdown: every scenario in a table, then `reports`, one for each scenario that is not
// ok, as far as they fit into `limit` bytes.
[[nodiscard]] std::string GithubSummary(std::span<const CheckedScenario> scenarios,
                                        std::span<const std::string> reports, std::size_t limit);

// A scenario's own report for it.
[[nodiscard]] std::string MarkdownOf(const CheckedRun& run, const CheckedScenario& checked);

// Appends to the file that the job names (GITHUB_STEP_SUMMARY), which may not be there yet. An
// error of kind kHarness when it cannot be written.
[[nodiscard]] Status AppendToFile(const std::string& path, std::string_view text);

// Between the two nothing on stdout is taken for a workflow command, whatever a scenario says.
struct CommandPause {
  std::string begin;
  std::string end;
};
[[nodiscard]] CommandPause PauseCommands();

}  // namespace tcplab
