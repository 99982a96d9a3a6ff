#include <string_view>

#include "core/agent/agent.h"
#include "runner/commands.h"
#include "runner/terminal.h"

int main(int argc, char** argv) {
  // Internal, and before everything else: two agents are started for every trial.
  if (argc > 1 && std::string_view(argv[1]) == "agent") tcplab::AgentMain();
  tcplab::IgnoreBrokenPipes();
  tcplab::OpenStandardStreams();
  return static_cast<int>(tcplab::DispatchCommand({argv + 1, argv + argc}));
}
