// What the commands' argument parsers have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/net/address.h"
#include "core/scenario/loader.h"
#include "runner/commands.h"
#include "runner/exit_code.h"

namespace tcplab {

// Parses, and prints help or what is wrong. The exit code when nothing is left to be done.
std::optional<ExitCode> ParseArguments(CLI::App& app, const Arguments& arguments);

// NAME=VALUE options as they are typed.
struct Assignments {
  std::vector<std::string> set;
  std::vector<std::string> only_case;
};

// --set, --case and --allow-remote, which all commands that load scenarios understand.
void AddLoadOptions(CLI::App& app, Assignments& assignments, LoadOptions& load);

// Takes the assignments apart into the options; an error names the one without an '='.
Status ReadAssignments(const Assignments& assignments, LoadOptions& load);

// An error names the one that is no observation, and the option that it was given to.
Status CheckObservationNames(const std::vector<std::string>& names, const char* option);

// "127.0.0.1:8080", "[::1]:8080".
Result<Address> ParseTarget(const std::string& text);

// Says on stderr what was wrong; the exit code for it.
ExitCode Complained(const Error& error);

}  // namespace tcplab
