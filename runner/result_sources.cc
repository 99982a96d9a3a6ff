#include "runner/result_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/base/text.h"
#include "core/result/result_reader.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPathBytes = 4096;

// Paths below the folder. Hidden files and folders hold no records (.local has experiments).
Result<std::vector<fs::path>> ResultsBelow(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(".")) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
    } else if (entry->is_regular_file(ignored) && name.ends_with(".json")) {
      paths.push_back(entry->path());
    }
  }
  if (error) return Invalid(fmt::format("{}: {}", Printable(folder, kPathBytes), error.message()));
  if (paths.empty()) {
    return Invalid(Printable(folder, kPathBytes) + ": holds no result (*.json)");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<ResultSource> LoadFolder(const std::string& name) {
  const Result<std::vector<fs::path>> paths = ResultsBelow(name);
  if (!paths) return Forward(paths);
  ResultSource source;
  source.name = name;
  for (const fs::path& path : *paths) {
    Result<nlohmann::json> document = ReadResultFile(path.string());
    if (!document) return Forward(document);
    source.documents.emplace(path.lexically_relative(name).generic_string(), std::move(*document));
  }
  return source;
}

Result<ResultSource> LoadFile(const std::string& name, bool beside_folders) {
  Result<nlohmann::json> document = ReadResultFile(name);
  if (!document) return Forward(document);
  const std::string place = document->at("scenario").value("file", "");
  ResultSource source;
  source.name = name;
  source.documents.emplace(beside_folders ? place : "", std::move(*document));
  return source;
}

}  // namespace

Result<std::vector<ResultSource>> LoadResultSources(std::span<const std::string> names) {
  std::error_code ignored;
  const bool any_folder = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return fs::is_directory(name, ignored);
  });
  std::vector<ResultSource> sources;
  for (const std::string& name : names) {
    if (any_folder && name.ends_with(".md") && fs::is_regular_file(name, ignored)) continue;
    Result<ResultSource> source =
        fs::is_directory(name, ignored) ? LoadFolder(name) : LoadFile(name, any_folder);
    if (!source) return Forward(source);
    sources.push_back(std::move(*source));
  }
  return sources;
}

}  // namespace tcplab
