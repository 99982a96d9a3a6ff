// The machine as it shows itself to a program: what system calls say, and where its files are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tcplab {

// A value, so that a test can make up any machine: `root` then leads to a folder with files of its
// own.
struct Machine {
  std::string root = "/";  // below it /proc, /sys and /etc are looked for
  std::string system;      // uname: "Linux"; empty where nobody says
  std::string kernel;      // uname: "6.1.0-18-amd64"
  std::string arch;        // uname: "x86_64"
  std::string wine_host;   // the system below Wine, as it says itself: "Linux"; empty: it is none
  std::optional<unsigned> cpu_count;
  std::optional<std::uint64_t> descriptor_limit;  // the soft limit of this process
};

// The machine that this process runs on. Never fails: what is not known is left empty.
[[nodiscard]] Machine ThisMachine();

}  // namespace tcplab
