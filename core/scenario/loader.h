// scenario.json -> Scenario. Everything that can be wrong with a document is said here, with its
// place.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/scenario.h"

namespace tcplab {

enum class Severity { kError, kWarning };

// One thing to say about a scenario, and where. Line and column count from 1, columns in bytes; 0
// where the document as a whole is meant.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string pointer;  // JSON pointer (RFC 6901)
  std::string message;  // what was found, what was expected, what was probably meant
};

// "scenarios/backlog.json:12:20: error: at /server/listen/backlog: found a string, expected a whole
// number"
[[nodiscard]] std::string FormatDiagnostic(const Diagnostic& diagnostic);

// A parameter that has a prompt in place of a value.
struct Question {
  std::string parameter;
  std::string prompt;  // as the scenario words it; may be empty
  bool is_number = false;
  std::optional<std::string> example;  // an answer that its author gave
  std::string complaint;               // why the answer before was refused; empty the first time
};

// The answer, without a line's end, or why there is none.
using Asker = std::function<Result<std::string>(const Question&)>;

struct LoadOptions {
  // --set NAME=VALUE, in order. Replaces a parameter, or an axis by that one value.
  std::vector<std::pair<std::string, std::string>> overrides;
  // Whom to ask for a parameter that neither the document nor --set gives a value; nobody: such a
  // parameter is an error. Asked once for each, and up to three times in all when the answer is no
  // number where one is wanted. Not asked while something else is known to be wrong.
  Asker ask;
  // --case NAME=VALUE: only the cases whose parameters have these values.
  std::vector<std::pair<std::string, std::string>> only_cases;
  std::optional<std::uint32_t> trials;
  bool allow_remote = false;  // listeners on other than loopback addresses
};

// Errors and warnings in the order of their places; the scenario is there when no error is.
struct LoadedScenario {
  std::optional<Scenario> scenario;
  std::vector<Diagnostic> diagnostics;
};

// Reads and checks a file. Never throws; a missing or unreadable file is a diagnostic as well.
[[nodiscard]] LoadedScenario LoadScenarioFile(const std::string& path, const LoadOptions& options);

// The same for text that is at hand; `file` is only a name for the diagnostics.
[[nodiscard]] LoadedScenario LoadScenarioText(const std::string& text, const std::string& file,
                                              const LoadOptions& options);

// Who runs a script, which decides the steps it may have.
enum class ScriptRole { kClient, kHandler };

// What agents are sent (Case::document's parts) back into structures. `index` is the client's
// number, for
// "$index" and "${index}". An error here is a fault of the harness: the document was checked when
// loaded.
[[nodiscard]] Result<ServerSpec> LowerServer(const nlohmann::json& server);
[[nodiscard]] Result<ClientGroup> LowerClientGroup(const nlohmann::json& group);
[[nodiscard]] Result<Script> LowerScript(const nlohmann::json& steps, ScriptRole role,
                                         std::optional<std::int64_t> index);

}  // namespace tcplab
