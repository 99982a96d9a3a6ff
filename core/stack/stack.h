// Other TCP stacks that can be reached from this machine, and how: what stacks.json says.
//
// Only such a file names commands. A scenario cannot, so that one from elsewhere can be run without
// reading it for what it might start.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>  // a stack holds what its environment must say
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/loader.h"
#include "core/stack/features.h"

namespace tcplab {

struct Stack {
  std::string name;
  std::string summary;
  // The words that stand before the runner's own. Placeholders: {scratch}, a folder of the
  // command's own that is gone when it ends; {stacks}, the folder of the file; {runner}, this
  // program.
  std::vector<std::string> command;
  std::string runner = "{runner}";  // what the runner is called in there
  std::string
      server_agent;     // what plays the servers in there, on a TCP of its own; empty: the runner
  std::string address;  // IPv4, of servers in there, for clients that are not; empty: unknown
  nlohmann::json recognise;  // object: os, stack or a facet -> what it has to be there
  std::vector<Inability> cannot;
  std::vector<std::string> packages;  // Debian's, that it needs
  double limit_seconds = 600;         // for one scenario
  std::size_t jobs = 0;               // trials side by side, unless --jobs says so; 0: as anywhere
  std::string file;                   // where this stands
};

// The stacks are all there when no diagnostic is an error.
struct LoadedStacks {
  std::vector<Stack> stacks;
  std::vector<Diagnostic> diagnostics;
};
[[nodiscard]] LoadedStacks LoadStacksFile(const std::string& path);
[[nodiscard]] LoadedStacks LoadStacksText(const std::string& text, const std::string& file);

// Of that name; the error says which there are, and which was probably meant.
// `option`: what the name was given to.
[[nodiscard]] Result<Stack> FindStack(const std::vector<Stack>& stacks, const std::string& name,
                                      const std::string& option = "--in");

// What stands for the placeholders.
struct StackPlaces {
  std::string scratch;
  std::string runner;
};
// The stack's command and the runner in it.
[[nodiscard]] std::vector<std::string> StackCommand(const Stack& stack, const StackPlaces& places);
// stack.server_agent with its placeholders replaced; `runner`: this program.
[[nodiscard]] std::string ServerAgentOf(const Stack& stack, const std::string& runner);

// Why a result's environment is not the stack's; nothing when it is.
[[nodiscard]] std::optional<std::string> WhyNotRecognised(const Stack& stack,
                                                          const nlohmann::json& environment);

}  // namespace tcplab
