// A small scenario that is right, for tests that change one thing in it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario/loader.h"

namespace tcplab {

// Where the repository lies; the tests read the scenarios it ships.
inline std::string SourceDir() {
  const char* const dir = std::getenv("TCPLAB_SOURCE_DIR");
  return dir != nullptr ? dir : TCPLAB_SOURCE_DIR;
}

// Every scenario that ships, by its path. Sorted: a folder has no order.
inline std::vector<std::string> ShippedScenarios() {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(SourceDir() + "/scenarios")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && !name.ends_with(".schema.json")) {
      paths.push_back(entry.path().generic_string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Options of somebody who answers every prompt.
inline LoadOptions Answering() {
  LoadOptions options;
  options.ask = [](const Question& question) -> Result<std::string> {
    return std::string(question.is_number ? "1" : "text");
  };
  return options;
}

inline nlohmann::json MinimalDocument() {
  return nlohmann::json::parse(R"({
    "name": "minimal",
    "server": {"listen": {"backlog": 5}, "accept": {"model": "iterative"}, "script": [{"recv": {}}]},
    "clients": [{"name": "client", "count": 1, "script": [{"connect": {}}, {"send": "x"}]}]
  })");
}

// A scenario under construction, and what the loader makes of it.
class Draft {
 public:
  Draft() : document_(MinimalDocument()) {}

  // The value at a JSON pointer, given as JSON text.
  Draft& Set(const std::string& pointer, std::string_view value) {
    document_[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    return *this;
  }
  Draft& Remove(const std::string& key) {
    document_.erase(key);
    return *this;
  }
  Draft& ServerScript(std::string_view steps) { return Set("/server/script", steps); }
  Draft& ClientScript(std::string_view steps) { return Set("/clients/0/script", steps); }
  Draft& Override(std::string name, std::string value) {
    options_.overrides.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Draft& OnlyCase(std::string name, std::string value) {
    options_.only_cases.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  LoadOptions& options() { return options_; }
  const nlohmann::json& document() const { return document_; }

  [[nodiscard]] LoadedScenario Load() const {
    return LoadScenarioText(document_.dump(), "draft.json", options_);
  }
  // The scenario; a test that gets here with a wrong document fails and says why.
  [[nodiscard]] Scenario Get() const {
    LoadedScenario loaded = Load();
    for (const Diagnostic& diagnostic : loaded.diagnostics) {
      EXPECT_NE(diagnostic.severity, Severity::kError) << FormatDiagnostic(diagnostic);
    }
    return loaded.scenario ? std::move(*loaded.scenario) : Scenario{};
  }
  // Everything that is said, one line each, without the place in the text: "/pointer: message".
  [[nodiscard]] std::vector<std::string> Said(Severity severity) const {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : Load().diagnostics) {
      if (diagnostic.severity == severity) {
        lines.push_back(diagnostic.pointer + ": " + diagnostic.message);
      }
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> Errors() const { return Said(Severity::kError); }
  [[nodiscard]] std::vector<std::string> Warnings() const { return Said(Severity::kWarning); }

 private:
  nlohmann::json document_;
  LoadOptions options_;
};

// The client's script of the first case, which must be right.
inline Script LoweredClientScript(std::string_view steps) {
  const Scenario scenario = Draft().ClientScript(steps).Get();
  return scenario.cases.empty() ? Script{} : scenario.cases[0].clients.at(0).script;
}

template <typename T>
const T& StepAt(const Script& script, std::size_t index) {
  return std::get<T>(script.at(index).action);
}

}  // namespace tcplab
