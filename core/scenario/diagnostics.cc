#include "core/scenario/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

#include "core/scenario/json_text.h"

namespace tcplab::internal {

std::optional<std::string> ReadTextFile(const std::string& path, std::string_view what,
                                        std::string& text) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "there is no such file";
  if (std::filesystem::is_directory(status)) {
    return fmt::format("found a directory, expected {}", what);
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return "cannot be opened: " + std::error_code(errno, std::generic_category()).message();
  }
  // Not by its size: a pipe has none.
  text.resize(kMostFileBytes + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return "cannot be read";
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostFileBytes) {
    return fmt::format("found more than 16 MiB, expected {}", what);
  }
  return std::nullopt;
}

std::vector<Diagnostic> PlaceProblems(const Problems& problems, const std::string& text,
                                      const std::string& file) {
  std::vector<Diagnostic> diagnostics;
  for (const Problem& problem : problems.list()) {
    Place place;
    if (problem.anchor != Anchor::kCommandLine) {
      const bool at_key = problem.anchor == Anchor::kKey;
      place = PlaceOf(text, FindInJsonText(text, problem.pointer, at_key));
    }
    diagnostics.push_back(
        {problem.severity, file, place.line, place.column, problem.pointer, problem.message});
  }
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (problems.full()) {
    diagnostics.push_back(
        {Severity::kError,
         file,
         0,
         0,
         {},
         fmt::format("only the first {} errors are shown", Problems::kMostErrors)});
  }
  return diagnostics;
}

}  // namespace tcplab::internal
