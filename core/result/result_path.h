// Where the result of a scenario goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tcplab {

// "lecture/backlog.json" for any path to scenarios/lecture/backlog.json: what stands below the last
// folder called `scenarios`, else the file's name alone. Ends in ".json", separated by '/'.
[[nodiscard]] std::string PathBelowScenarios(const std::string& scenario_file);

struct ResultPlace {
  std::string environment_id;
  std::optional<std::string> out;  // --out: in place of results/<environment>
  bool is_record = true;           // false: an experiment that must not overwrite a record
};

// Relative to the current directory, unless `out` is absolute.
[[nodiscard]] std::string ResultPath(const std::string& scenario_file, const ResultPlace& place);

// Whether it may become a folder's name: a result may have been written by anybody.
[[nodiscard]] bool IsEnvironmentId(std::string_view id);

// The file of kept traces that belongs to a result: "backlog.traces" beside "backlog.json".
[[nodiscard]] std::string TracesPath(const std::string& result_path);

}  // namespace tcplab
