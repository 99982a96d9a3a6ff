#include "runner/trial_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/result/json_writer.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestCommand = 2000;
constexpr std::string_view kPlainInShells =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+@%-";

bool NeedsEscapes(std::string_view word) {
  const bool control = std::any_of(word.begin(), word.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return control || !IsUtf8(word);
}

std::string InEscapes(std::string_view word) {
  std::string text = "$'";
  const bool utf8 = IsUtf8(word);
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      text += '\\';
      text += c;
    } else if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !utf8)) {
      text += fmt::format("\\{:03o}", byte);  // three digits: none of what follows is taken for one
    } else {
      text += c;
    }
  }
  return text + "'";
}

// A parameter's value as --case takes it.
std::string OptionText(const json& value) {
  return value.is_string() ? value.get<std::string>() : CanonicalJson(value);
}

// The parameters that keep the scenario's cases apart.
std::vector<std::string> AxesOf(const json& document) {
  std::vector<std::string> axes;
  const json::json_pointer place("/scenario/document/parameters");
  if (!document.contains(place) || !document.at(place).is_object()) return axes;
  for (const auto& [name, value] : document.at(place).items()) {
    if (value.is_array() && value.size() > 1) axes.push_back(name);
  }
  return axes;
}

std::string CommandOf(const TrialSource& source, const std::vector<std::string>& axes,
                      const json& parameters, std::optional<std::size_t> trial) {
  const bool kept = !source.result_file.empty();
  std::string command =
      "runner explain " + ShellWord(kept ? source.result_file : source.scenario_file);
  const auto add = [&](const char* option, const std::string& name, const std::string& value) {
    command += fmt::format(" {} {}", option, ShellWord(name + "=" + value));
  };
  if (!kept) {
    for (const auto& [name, value] : source.assignments) add("--set", name, value);
    if (source.allow_remote) command += " --allow-remote";
  }
  for (const std::string& axis : axes) {
    const bool is_set = std::any_of(source.assignments.begin(), source.assignments.end(),
                                    [&](const auto& pair) { return pair.first == axis; });
    const auto value = parameters.find(axis);
    if (!is_set && value != parameters.end()) add("--case", axis, OptionText(*value));
  }
  if (kept && trial) command += fmt::format(" --trial {}", *trial);
  return command.size() <= kLongestCommand ? command : "";
}

}  // namespace

std::string ShellWord(std::string_view word) {
  if (NeedsEscapes(word)) return InEscapes(word);
  const bool plain =
      !word.empty() && word.find_first_not_of(kPlainInShells) == std::string_view::npos;
  if (plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

TrialCommands CommandsFor(const TrialSource& source, const json& document) {
  if (source.scenario_file.empty()) return nullptr;
  return
      [source, axes = AxesOf(document)](const json& parameters, std::optional<std::size_t> trial) {
        return CommandOf(source, axes, parameters, trial);
      };
}

}  // namespace tcplab
