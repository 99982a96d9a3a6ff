#include "runner/baselines.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/text.h"
#include "core/compare/baseline.h"
#include "core/result/result_reader.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLongestPath = 4096;

// Where the scenario's results are, of each environment, by name.
Result<std::vector<fs::path>> RecordsOf(const std::string& folder, const std::string& place) {
  std::error_code error;
  if (fs::is_regular_file(fs::path(folder) / place, error)) {
    return std::vector<fs::path>{fs::path(folder) / place};
  }
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const bool hidden = entry->path().filename().string().starts_with(".");
    const fs::path path = entry->path() / place;
    if (!hidden && fs::is_regular_file(path, ignored)) paths.push_back(path);
  }
  if (error) {
    return Invalid(
        fmt::format("--baseline {}: {}", Printable(folder, kLongestPath), error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string StacksOf(const std::vector<json>& environments) {
  std::vector<std::string> stacks;
  for (const json& environment : environments) stacks.push_back(environment.value("stack", "?"));
  std::sort(stacks.begin(), stacks.end());
  stacks.erase(std::unique(stacks.begin(), stacks.end()), stacks.end());
  const std::vector<std::string_view> views(stacks.begin(), stacks.end());
  return Printable(JoinWords(views, "and"));
}

}  // namespace

Result<Baseline> FindBaseline(const std::string& folder, const std::string& place,
                              const json& here) {
  const Result<std::vector<fs::path>> paths = RecordsOf(folder, place);
  if (!paths) return Forward(paths);
  if (paths->empty()) {
    return Invalid(
        fmt::format("--baseline {}: nothing is recorded of {}; `runner SCENARIO` "
                    "records it, see results/README.md",
                    Printable(folder, kLongestPath), Printable(place, kLongestPath)));
  }
  std::vector<json> documents;
  std::vector<json> environments;
  for (const fs::path& path : *paths) {
    Result<json> document = ReadResultFile(path.string());
    if (!document) return Forward(document);
    environments.push_back(document->at("environment"));
    documents.push_back(std::move(*document));
  }
  const auto nearest = FindNearest(here, environments);
  if (!nearest) {
    return Invalid(
        fmt::format("--baseline {}: {} is recorded for {}, and TCP is carried by {} here",
                    Printable(folder, kLongestPath), Printable(place, kLongestPath),
                    StacksOf(environments), here.value("stack", "?")));
  }
  return Baseline{(*paths)[nearest->index].string(), nearest->why,
                  std::move(documents[nearest->index])};
}

}  // namespace tcplab
