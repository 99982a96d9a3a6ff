// What an agent is told to do, as it travels: the resolved part of a case, and how much may be
// recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>  // a plan is JSON with a few numbers beside it
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/address.h"
#include "core/script/targets.h"
#include "core/trace/recorder.h"

namespace tcplab {

struct ServerPlan {
  nlohmann::json server;          // Case::document's "server"
  Recorder::Capacity listener;    // of the agent's main thread: set-up, freeze, drain
  Recorder::Capacity handlers;    // of everything the acceptor and the handlers record together
  Recorder::Capacity connection;  // of one connection's handler
  std::size_t connections = 0;    // how many are expected at the most
  // Of a worker process: its number from 1 on, by which its connections are told from others'.
  std::uint32_t worker = 0;
};

struct FleetPlan {
  struct Client {
    std::size_t group = 0;
    std::uint32_t number = 0;
    double start_ms = 0;
  };
  nlohmann::json groups;  // Case::document's "clients"
  std::vector<Client> clients;
  Recorder::Capacity each;  // of one client
};

// What all agents of a trial on one machine have in common.
struct MachineTerms {
  std::optional<TickMap> ticks;     // what they read their clock by
  std::size_t first_processor = 0;  // StartOn counts from it
};

struct GoMessage {
  std::int64_t go_ns = 0;  // on the monotonic clock that all agents of this machine share
  // Where the trial's servers are; in a server's "ready" only where it is itself.
  std::vector<Target> targets;
};

// Numbers of connections are unique over all workers of a server: those of a worker begin here, and
// those of the server agent itself at 0.
[[nodiscard]] constexpr std::uint32_t FirstNumberOf(std::uint32_t worker) {
  constexpr std::uint32_t kNumbersEach = 1U << 20U;
  return worker * kNumbersEach;
}

[[nodiscard]] std::string ToPayload(const ServerPlan& plan, const MachineTerms& terms = {});
[[nodiscard]] std::string ToPayload(const FleetPlan& plan, const MachineTerms& terms = {});
[[nodiscard]] std::string ToPayload(const GoMessage& go);
[[nodiscard]] Result<GoMessage> GoFromPayload(const std::string& payload);

// Which kind of plan a payload holds, told by what is in it.
struct AnyPlan {
  bool is_server = false;
  ServerPlan server;
  FleetPlan fleet;
  MachineTerms terms;
};
[[nodiscard]] Result<AnyPlan> PlanFromPayload(const std::string& payload);

// A fault of an agent: the code is what a result's `errors` shows.
struct AgentFault {
  std::string code;  // "listen_failed"
  std::string message;
};
[[nodiscard]] std::string ToPayload(const AgentFault& fault);
[[nodiscard]] AgentFault FaultFromPayload(const std::string& payload);

}  // namespace tcplab
