// The agents of a build without the runner: what `runner agent` does, and nothing else. Sanitizer
// builds of a few folders then need not compile the commands.
#include "core/agent/agent.h"

#include <string_view>

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "agent") tcplab::AgentMain();
  return 2;
}
