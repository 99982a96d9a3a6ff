#include "runner/commands.h"

#include <fmt/format.h>

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
  for (const Command& command : kCommands) {
    if (!arguments.empty() && arguments.front() == command.name) {
      return command.run({arguments.begin() + 1, arguments.end()});
    }
  }
  return RunCommand(arguments);
}

}  // namespace tcplab
