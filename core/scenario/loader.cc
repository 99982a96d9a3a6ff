#include "core/scenario/loader.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/scenario/diagnostics.h"
#include "core/scenario/document.h"
#include "core/scenario/json_text.h"
#include "core/scenario/node.h"

namespace tcplab {

using nlohmann::json;

namespace internal {
namespace {

LoadedScenario OneError(const std::string& file, Place place, std::string pointer,
                        std::string message) {
  return {
      std::nullopt,
      {{Severity::kError, file, place.line, place.column, std::move(pointer), std::move(message)}}};
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
  if (auto problem = internal::ReadTextFile(path, "a scenario file", text)) {
    return internal::OneError(path, {}, {}, std::move(*problem));
  }
  return LoadScenarioText(text, path, options);
}

ScenarioPlace FindInScenarioFile(const std::string& path, const std::string& pointer) {
  std::string text;
  json document;
  const bool whole = !internal::ReadTextFile(path, "a scenario file", text) &&
                     !internal::ParseJsonText(text, document);
  if (!whole) return {};
  constexpr bool kAtKey = false;
  const internal::Place place =
      internal::PlaceOf(text, internal::FindInJsonText(text, pointer, kAtKey));
  return {place.line, place.column};
}

}  // namespace tcplab
