// --in, --stacks and --limit: which other stack a command is about.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/result.h"
#include "core/stack/stack.h"
#include "runner/places.h"

namespace tcplab {

// Lives as long as the parser that it was added to.
struct StackChoice {
  std::string name;
  std::string file;
  double limit_seconds = 0;
  CLI::Option* in = nullptr;
  CLI::Option* limit = nullptr;
  CLI::Option* stacks = nullptr;

  [[nodiscard]] bool chosen() const { return in->count() > 0; }
};

void AddStackOptions(CLI::App& app, StackChoice& choice);

// The stack that was chosen, from the file that was given or the one that ships. Errors are of kind
// kInvalid.
[[nodiscard]] Result<Stack> ChosenStack(const StackChoice& choice);

// --server-in, --clients-in and --server-address, of commands that can split a trial between
// machines.
struct PlaceChoice {
  std::string server;
  std::string clients;
  std::string server_address;
  CLI::Option* server_in = nullptr;
  CLI::Option* clients_in = nullptr;

  [[nodiscard]] bool chosen() const { return server_in->count() + clients_in->count() > 0; }
};

// After AddStackOptions, whose --stacks holds for them too.
void AddPlaceOptions(CLI::App& app, StackChoice& choice, PlaceChoice& places);

// What was chosen, from the same file as ChosenStack. Errors are of kind kInvalid.
// `foreign`: whether the servers are somebody else's.
[[nodiscard]] Result<Places> ChosenPlaces(const StackChoice& choice, const PlaceChoice& places,
                                          bool foreign);

}  // namespace tcplab
