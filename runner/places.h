// Where the agents of a trial run, when it is not all on one machine: `runner --server-in STACK
// --clients-in STACK`. The controller stays here and starts them behind the stacks' commands.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/stack/stack.h"
#include "runner/measure.h"

namespace tcplab {

struct Places {
  std::optional<Stack> servers;  // nothing: here
  std::optional<Stack> clients;
  std::string server_address;  // in place of what the servers' stack says; empty: as it says

  [[nodiscard]] bool elsewhere() const { return servers || clients; }
};

// Whether its command can carry an agent: only bytes that come and go at once. `option` is for the
// message.
Status IsFitForAgents(const Stack& stack, const std::string& option);

// Asks the runners in there what they are, and has `measure` start its agents in there. The
// environment becomes that of the servers, with the facet `clients`; where the server is `foreign`,
// that of the clients. An error when a stack does not answer, is not what its file says, or has a
// runner of another version.
Status UsePlaces(const Places& places, const std::string& own_path, bool foreign,
                 MeasureOptions& measure);

// Whether clients know where servers of ours are. An error is of kind kInvalid.
Status CanMeet(const Places& places, bool foreign);

}  // namespace tcplab
