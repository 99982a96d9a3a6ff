#include "runner/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tcplab {
namespace {

constexpr std::array<Command, 10> kCommands = {{
    {"run", "run scenarios and write their results (the default)", RunCommand},
    {"check", "run scenarios and compare with what was recorded", CheckCommand},
    {"accept", "what a result shows becomes what is expected, or recorded", AcceptCommand},
    {"diff", "what differs between results, and what is the same", DiffCommand},
    {"explain", "one trial as a time line, clients and server side by side", ExplainCommand},
    {"rerun", "the experiment of a result once more, and what differs", RerunCommand},
    {"serve", "play the server of a scenario alone", ServeCommand},
    {"validate", "check scenarios without running them", ValidateCommand},
    {"list", "what scenarios there are, and how long they take", ListCommand},
    {"doctor", "what can be measured on this machine", DoctorCommand},
}};

// What the runner starts of itself, and nobody is told about.
constexpr std::array<Command, 4> kInternal = {{
    {"inside", "the runner inside of another stack", InsideCommand},
    {"guard", "between the runner and the command of another stack", GuardCommand},
    {"here", "what the runner in another stack is", HereCommand},
    {"no-xstate", "what user-mode Linux needs before it", NoXstateCommand},
}};

const Command* Find(std::span<const Command> commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Command> Commands() { return kCommands; }

std::string CommandOverview() {
  std::string text = "Commands:\n";
  for (const Command& command : kCommands) {
    text += fmt::format("  {:<10}{}\n", command.name, command.summary);
  }
  return text + "`runner COMMAND --help` has the options of each.";
}

ExitCode DispatchCommand(const Arguments& arguments) {
  if (arguments.empty()) return RunCommand(arguments);
  const Command* command = Find(kCommands, arguments.front());
  if (command == nullptr) command = Find(kInternal, arguments.front());
  if (command != nullptr) return command->run({arguments.begin() + 1, arguments.end()});
  return RunCommand(arguments);
}

}  // namespace tcplab
