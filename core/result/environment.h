// What was measured: the TCP stack of this machine, and what of its surroundings can change the
// outcome.
#pragma once

#include <nlohmann/json.hpp>  // facets are JSON
#include <string>

#include "core/result/machine.h"

namespace tcplab {

// The word for what could not be found out: a facet is never left out.
inline constexpr const char* kUnknown = "unknown";

struct Environment {
  std::string id;  // "linux-6.18-x86_64": stack, kernel, architecture; fit for a folder's name
  std::string os;  // "linux", "macos", "freebsd", "windows", or the system's own name in lower case
  std::string stack;      // what carries TCP: the os, unless it is emulated ("gvisor", "wsl1")
  nlohmann::json facets;  // object: name -> text, number or list; see results/README.md
  // A kernel that is itself a process of another system (user-mode Linux).
  bool is_process = false;
};

// Reads the environment anew. `libuv` is its version, which only the runner can ask.
[[nodiscard]] Environment ReadEnvironment(const Machine& machine, const std::string& libuv);

}  // namespace tcplab
