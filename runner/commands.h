// The runner's commands, each in a file of its own name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/exit_code.h"

namespace tcplab {

// What stands after the command's name.
using Arguments = std::vector<std::string>;

ExitCode RunCommand(const Arguments& arguments);
ExitCode CheckCommand(const Arguments& arguments);
ExitCode AcceptCommand(const Arguments& arguments);
ExitCode DiffCommand(const Arguments& arguments);
ExitCode ExplainCommand(const Arguments& arguments);
ExitCode RerunCommand(const Arguments& arguments);
ExitCode ServeCommand(const Arguments& arguments);
ExitCode ValidateCommand(const Arguments& arguments);
ExitCode ListCommand(const Arguments& arguments);
ExitCode DoctorCommand(const Arguments& arguments);

// Internal: `runner --in STACK` starts the first two, `--server-in STACK` the third, stacks/uml.sh
// the fourth.
ExitCode InsideCommand(const Arguments& arguments);
ExitCode GuardCommand(const Arguments& arguments);
ExitCode HereCommand(const Arguments& arguments);
ExitCode NoXstateCommand(const Arguments& arguments);

struct Command {
  std::string_view name;
  std::string_view summary;
  ExitCode (*run)(const Arguments& arguments);
};

// All that a person may give, `run` first.
[[nodiscard]] std::span<const Command> Commands();

// What `runner --help` adds to the help of `run`.
[[nodiscard]] std::string CommandOverview();

// Everything after the program's name: a command and its arguments, or those of `run`.
ExitCode DispatchCommand(const Arguments& arguments);

}  // namespace tcplab
