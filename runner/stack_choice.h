// --in, --stacks and --limit: which other stack a command is about.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/result.h"
#include "core/stack/stack.h"

namespace tcplab {

// Lives as long as the parser that it was added to.
struct StackChoice {
  std::string name;
  std::string file;
  double limit_seconds = 0;
  CLI::Option* in = nullptr;
  CLI::Option* limit = nullptr;

  [[nodiscard]] bool chosen() const { return in->count() > 0; }
};

void AddStackOptions(CLI::App& app, StackChoice& choice);

// The stack that was chosen, from the file that was given or the one that ships. Errors are of kind
// kInvalid.
[[nodiscard]] Result<Stack> ChosenStack(const StackChoice& choice);

}  // namespace tcplab
