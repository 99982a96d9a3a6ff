// Where the programs are that a benchmark starts: beside itself.
#pragma once

#include <uv.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace tcplab::bench {

// This program's own path; empty where the system does not tell.
inline std::string SelfPath() {
  std::array<char, 4096> path{};
  std::size_t size = path.size();
  if (uv_exepath(path.data(), &size) != 0) return {};
  return {path.data(), size};
}

// A program that was built into the same folder.
inline std::string Beside(const std::string& name) {
  return (std::filesystem::path(SelfPath()).parent_path() / name).string();
}

// The agents under test are the runner's own. A benchmark that was built alone plays them itself,
// with the same code: its main() must hand over to AgentMain() when it is called so.
inline std::vector<std::string> AgentCommand() {
  std::string runner = Beside("runner");
  if (!std::filesystem::exists(runner)) runner = SelfPath();
  return {runner, "agent"};
}

}  // namespace tcplab::bench
