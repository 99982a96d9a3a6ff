// How a person gets to see one trial: a command line that shows it, to be pasted into a shell.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tcplab {

// A word as a shell reads it back: as it is where it needs no quotes, else in single ones; what a
// terminal might take for a command as $'\x1b' (POSIX.1-2024, bash, zsh).
[[nodiscard]] std::string ShellWord(std::string_view word);

// Where trials can be looked at: in the traces kept with a result, or, where none were, by running
// the scenario for one more.
struct TrialSource {
  std::string scenario_file;
  std::string result_file;                                       // empty: no traces were kept
  std::vector<std::pair<std::string, std::string>> assignments;  // of the run: --set
  bool allow_remote = false;
};

// The command for one case of a document. `trial`: which one, by its place in every `sequence`.
// Empty where there is none: the words would be too long for a command line.
using TrialCommands =
    std::function<std::string(const nlohmann::json& parameters, std::optional<std::size_t> trial)>;

// The document must outlive it. Without a scenario's file there are no commands.
[[nodiscard]] TrialCommands CommandsFor(const TrialSource& source, const nlohmann::json& document);

}  // namespace tcplab
