#include "core/scenario/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <tuple>

#include "core/base/text.h"
#include "core/scenario/document.h"
#include "core/scenario/json_text.h"
#include "core/scenario/node.h"

namespace tcplab {

using nlohmann::json;

namespace internal {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{16} << 20U;

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

LoadedScenario OneError(const std::string& file, Place place, std::string pointer,
                        std::string message) {
  return {
      std::nullopt,
      {{Severity::kError, file, place.line, place.column, std::move(pointer), std::move(message)}}};
}

// The whole file, or why not.
std::optional<std::string> ReadFile(const std::string& path, std::string& text) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "there is no such file";
  if (std::filesystem::is_directory(status)) return "found a directory, expected a scenario file";
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
  if (text.size() > kMostFileBytes) return "found more than 16 MiB, expected a scenario file";
  return std::nullopt;
}

}  // namespace
}  // namespace internal

std::string FormatDiagnostic(const Diagnostic& diagnostic) {
  std::string text = Printable(diagnostic.file, 4096);
  if (diagnostic.line > 0) text += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  text += diagnostic.severity == Severity::kError ? ": error: " : ": warning: ";
  if (!diagnostic.pointer.empty()) text += "at " + Printable(diagnostic.pointer, 200) + ": ";
  return text + diagnostic.message;
}

LoadedScenario LoadScenarioText(const std::string& text, const std::string& file,
                                const LoadOptions& options) {
  if (text.size() > internal::kMostFileBytes) {
    return internal::OneError(file, {}, {}, "found more than 16 MiB, expected a scenario file");
  }
  json document;
  if (auto error = internal::ParseJsonText(text, document)) {
    return internal::OneError(file, internal::PlaceOf(text, error->offset),
                              std::move(error->pointer), std::move(error->message));
  }
  internal::Problems problems;
  Scenario scenario = internal::ReadDocument(internal::Node(document, problems), options);
  scenario.file = file;
  LoadedScenario loaded;
  loaded.diagnostics = internal::PlaceProblems(problems, text, file);
  if (!problems.has_errors()) loaded.scenario = std::move(scenario);
  return loaded;
}

LoadedScenario LoadScenarioFile(const std::string& path, const LoadOptions& options) {
  std::string text;
  if (auto problem = internal::ReadFile(path, text)) {
    return internal::OneError(path, {}, {}, std::move(*problem));
  }
  return LoadScenarioText(text, path, options);
}

ScenarioPlace FindInScenarioFile(const std::string& path, const std::string& pointer) {
  std::string text;
  json document;
  const bool whole = !internal::ReadFile(path, text) && !internal::ParseJsonText(text, document);
  if (!whole) return {};
  constexpr bool kAtKey = false;
  const internal::Place place =
      internal::PlaceOf(text, internal::FindInJsonText(text, pointer, kAtKey));
  return {place.line, place.column};
}

}  // namespace tcplab
