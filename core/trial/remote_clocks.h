// The clocks of a trial's agents that run on other machines than the controller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/agent/agent_process.h"
#include "core/trial/clock_offset.h"

namespace tcplab {

// Agents that were never added share our clock; those of one place share that place's, so that
// times of two of them are as exact as on one machine. No agent is owned.
class RemoteClocks {
 public:
  void Add(AgentProcess* agent, int place) { agents_.push_back({agent, place}); }

  // Asks each of them several times, one question at a time, and then calls `then`: at once where
  // there is none.
  void Ask(std::function<void()> then);

  // Whether this is the answer to the question that is open.
  [[nodiscard]] bool TakeAnswer(const AgentProcess* from, const std::string& payload);

  // A stamp of ours as the agent has it, and back.
  [[nodiscard]] std::int64_t There(const AgentProcess* agent, std::int64_t ns) const;
  [[nodiscard]] std::int64_t Here(const AgentProcess* agent, std::int64_t ns) const;

  [[nodiscard]] bool empty() const { return agents_.empty(); }
  // The longest that an exchange took, in ns: so long, at the most, an agent's next frame takes.
  [[nodiscard]] std::int64_t slowest_ns() const;
  // How far times of agents in two places may be off against each other, in ns. `beside_ours`:
  // whether some are where we are.
  [[nodiscard]] std::int64_t bound_ns(bool beside_ours) const;

 private:
  struct Agent {
    AgentProcess* process = nullptr;
    int place = 0;
  };

  void AskNext();
  [[nodiscard]] std::int64_t Ahead(const AgentProcess* agent) const;

  std::vector<Agent> agents_;
  std::map<int, ClockOffset> offsets_;  // of each place
  std::function<void()> then_;          // while it asks
  std::size_t turn_ = 0;                // whose, while it asks
  std::size_t heard_ = 0;               // answers of that one
  std::int64_t asked_ns_ = 0;
};

}  // namespace tcplab
