#include "core/result/result_path.h"

#include <filesystem>
#include <system_error>

namespace tcplab {

namespace fs = std::filesystem;

std::string PathBelowScenarios(const std::string& scenario_file) {
  // Absolute, so that a scenario has one place whatever the current directory is.
  std::error_code error;
  fs::path path = fs::absolute(scenario_file, error);
  path = (error ? fs::path(scenario_file) : path).lexically_normal();
  fs::path below;
  bool found = false;
  for (const fs::path& part : path.parent_path()) {
    if (part == "scenarios") {
      found = true;
      below.clear();
    } else if (found) {
      below /= part;
    }
  }
  below /= path.filename();
  below.replace_extension(".json");
  return below.generic_string();
}

std::string ResultPath(const std::string& scenario_file, const ResultPlace& place) {
  const fs::path below = PathBelowScenarios(scenario_file);
  if (place.out) return (fs::path(*place.out) / below).make_preferred().string();
  const fs::path results = place.is_record ? "results" : fs::path("results") / ".local";
  return (results / place.environment_id / below).make_preferred().string();
}

bool IsEnvironmentId(std::string_view id) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";
  return !id.empty() && id.size() <= 255 && !id.starts_with('.') &&
         id.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string TracesPath(const std::string& result_path) {
  return fs::path(result_path).replace_extension(".traces").string();
}

}  // namespace tcplab
