#include "runner/scenario_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/base/text.h"
#include "runner/commands.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

bool IsScenarioName(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".json") && !name.ends_with(".schema.json") && !name.starts_with(".");
}

Result<std::vector<std::string>> FilesInFolder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored) && IsScenarioName(entry->path())) {
      files.push_back(entry->path().string());
    }
  }
  if (error) return Invalid(fmt::format("{}: {}", Printable(folder, 4096), error.message()));
  if (files.empty()) return Invalid(Printable(folder, 4096) + ": holds no scenario (*.json)");
  std::sort(files.begin(), files.end());
  return files;
}

std::string NoSuchFile(const std::string& name) {
  std::vector<std::string_view> commands;
  for (const Command& command : Commands()) commands.push_back(command.name);
  const bool like_a_word = name.find_first_of("./") == std::string::npos;
  const std::string_view closest = like_a_word ? ClosestWord(name, commands) : std::string_view();
  const std::string hint =
      closest.empty() ? "" : fmt::format("; did you mean the command `runner {}`?", closest);
  return fmt::format("{}: there is no such file or folder{}", Printable(name, 4096), hint);
}

}  // namespace

Result<std::vector<std::string>> FindScenarioFiles(std::span<const std::string> names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    std::error_code error;
    const fs::file_status status = fs::status(name, error);
    if (status.type() == fs::file_type::not_found) return Invalid(NoSuchFile(name));
    if (!fs::is_directory(status)) {
      files.push_back(name);
      continue;
    }
    Result<std::vector<std::string>> found = FilesInFolder(name);
    if (!found) return found;
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

void ReportDiagnostics(const std::vector<Diagnostic>& diagnostics, bool quiet) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (quiet && diagnostic.severity == Severity::kWarning) continue;
    WriteErr(FormatDiagnostic(diagnostic) + "\n");
  }
}

std::optional<Scenario> LoadAndReport(const std::string& file, const LoadOptions& options,
                                      bool quiet) {
  LoadedScenario loaded = LoadScenarioFile(file, options);
  ReportDiagnostics(loaded.diagnostics, quiet);
  return std::move(loaded.scenario);
}

}  // namespace tcplab
