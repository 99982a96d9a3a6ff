// The server half of a scenario alone, for clients that somebody else wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/address.h"
#include "core/scenario/scenario.h"

namespace tcplab {

struct ServeOptions {
  std::vector<std::string> agent_command;  // as ControllerOptions::agent_command
  std::size_t server = 0;                  // which of the case's
  std::optional<std::uint16_t> port;       // in place of the scenario's
  std::optional<double> ms;                // ends after so long; otherwise with SIGINT or SIGTERM
  std::function<void(const Address&)> on_ready;  // once it listens
};

// What came of it.
struct Served {
  std::size_t connections = 0;  // accepted for a script
  std::uint64_t received = 0;   // bytes that scripts received
  std::uint64_t sent = 0;
  bool complete = true;  // false: more came than there was room to record, so the counts are low
};

// Serves until SIGINT, SIGTERM or the time is over. An error is one of the harness: the port is in
// use, or the agent died.
[[nodiscard]] Result<Served> Serve(const Case& a_case, const ServeOptions& options);

}  // namespace tcplab
