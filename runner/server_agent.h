// Another program in place of the runner's own agent on the servers' side, whose TCP is not the
// system's (tests/stacks/lwip). `runner --in STACK` names it, where the stack has a `server_agent`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/result.h"
#include "core/result/environment.h"

namespace tcplab {

// --server-agent, which people are not told about.
void AddServerAgentOption(CLI::App& app, std::string& program);

// Asks the program what it is (`PROGRAM about` answers {"stack": "lwip", "version": "2.1.3"}), and
// makes the environment one of that stack: its id begins with it, the facets say it, everything
// else is of this machine, where the clients are.
Status UseServerStack(const std::string& program, Environment& environment);

}  // namespace tcplab
