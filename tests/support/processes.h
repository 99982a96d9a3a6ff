// The processes that a test's process started, and those that these started: Linux's /proc.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tcplab {

struct ProcessState {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';  // 'Z': it has ended and was not reaped
};

// What a file of /proc holds, or as much of it as was read when its process ended.
inline std::string TextOfProcess(const std::filesystem::path& path, std::size_t most_bytes) {
  std::string text(most_bytes, '\0');
  std::ifstream file(path, std::ios::binary);
  // Not by iterators: those throw when the read fails because the process is gone.
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// Whoever ends while this looks is not among them.
inline std::vector<ProcessState> AllProcesses() {
  std::vector<ProcessState> all;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string text = TextOfProcess(entry->path() / "stat", 4096);
    const std::size_t after_name = text.rfind(')');  // a program's name may hold anything
    if (after_name == std::string::npos || after_name + 4 >= text.size()) continue;
    ProcessState process{static_cast<pid_t>(std::stol(name)), 0, text[after_name + 2]};
    process.parent = static_cast<pid_t>(std::stol(text.substr(after_name + 4)));
    all.push_back(process);
  }
  return all;
}

inline std::vector<ProcessState> ChildrenOf(pid_t parent) {
  std::vector<ProcessState> children;
  for (const ProcessState& process : AllProcesses()) {
    if (process.parent == parent) children.push_back(process);
  }
  return children;
}

// Whether any of them is still there, as a zombie too, whoever its parent is by now.
inline bool AnyIsThere(const std::vector<ProcessState>& processes) {
  for (const ProcessState& process : processes) {
    if (std::filesystem::exists("/proc/" + std::to_string(process.pid))) return true;
  }
  return false;
}

// Whether any of them still runs; one that has ended and waits to be reaped does not.
inline bool AnyRuns(const std::vector<ProcessState>& processes) {
  for (const ProcessState& now : AllProcesses()) {
    for (const ProcessState& process : processes) {
      if (now.pid == process.pid && now.state != 'Z') return true;
    }
  }
  return false;
}

}  // namespace tcplab
