// How a test starts an agent: the test program itself, whose main (agent_main.h) plays one.
#pragma once

#include <uv.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tcplab {

constexpr std::string_view kAgentWord = "agent";

// The program and its arguments, as AgentProcess::Start and ControllerOptions take them.
inline std::vector<std::string> AgentCommand() {
  std::array<char, 4096> path{};
  std::size_t size = path.size();
  if (uv_exepath(path.data(), &size) != 0) return {};
  return {std::string(path.data(), size), std::string(kAgentWord)};
}

}  // namespace tcplab
