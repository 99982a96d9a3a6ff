// An agent whose sockets are lwIP's: the servers of the stack `lwip` (stacks/stacks.json).
#include <cstdio>
#include <string_view>

#include "core/agent/agent.h"
#include "tests/stacks/lwip/lwip_stack.h"

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "about") {
    std::printf("{\"stack\": \"lwip\", \"version\": \"%s\"}\n", tcplab::LwipVersion().c_str());
    return 0;
  }
  if (command != "agent") {
    std::fputs("runner-lwip: started by `runner --in lwip`, as `runner-lwip agent`\n", stderr);
    return 2;
  }
  if (const auto why = tcplab::StartLwip()) {
    std::fprintf(stderr, "runner-lwip: %s\n", why->c_str());
    return 3;
  }
  tcplab::AgentMain();
}
