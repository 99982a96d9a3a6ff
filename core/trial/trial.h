// One trial: its agents, and the steps from their start to their traces. Against a foreign server
// there is only a fleet, and the steps that are the server's are left out.
//
//   starting --all ready--> running --all done, or the window is over--> freezing the server
//     --frozen--> freezing the fleet --frozen--> draining --drained--> taking the fleet's trace
//     --trace--> ending the fleet --process gone--> taking the server's trace --trace--> over
//   any state --an agent fails, answers rubbish, or is silent for too long--> over, with an error
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/agent/agent_process.h"
#include "core/agent/plan.h"
#include "core/agent/protocol.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/input_reader.h"
#include "core/trial/plan_builder.h"
#include "core/trial/trial_record.h"

namespace tcplab {

// Lives on the controller's loop. `on_over` is called once, from within a callback, and must not
// destroy this.
class Trial {
 public:
  struct Setup {
    const CasePlans* plans = nullptr;  // not owned; outlives the trial
    double window_ms = 0;
    double patience_ms = 0;        // for every answer of an agent
    std::optional<TickMap> ticks;  // what its agents read their clocks by
    std::vector<std::string> agent_command;
    std::optional<Address> foreign;  // a server that somebody else runs, in place of ours
    InputReader* input = nullptr;    // where a client sends standard input; not owned
    TrialRecord record;              // what is known of it beforehand
  };
  Trial(Loop& loop, Setup setup, std::function<void()> on_over);

  void Start();

  // Ends it at once, without on_over.
  void Abandon();

  // Valid once it is over.
  [[nodiscard]] TrialRecord TakeRecord() { return std::move(record_); }

  // The agents, to be kept until their processes were reaped.
  [[nodiscard]] std::vector<std::unique_ptr<AgentProcess>> TakeAgents();

 private:
  enum class State {
    kStarting,
    kRunning,
    kFreezingServer,
    kFreezingFleet,
    kDraining,
    kTakingFleet,
    kEndingFleet,
    kTakingServer,
    kOver,
  };

  void Enter(State state);
  void StartAgents();
  void OnServerFrame(const Frame& frame);
  void OnFleetFrame(const Frame& frame);
  bool OnCommonFrame(const char* who, const Frame& frame);
  void ReadInput();
  void OnInput(const Result<std::string>& piece);
  void OnServerReady(const std::string& payload);
  void OnServerFrozen(const std::string& payload);
  void OnFleetTrace(const std::string& payload);
  void OnServerTrace(const std::string& payload);
  void FreezeServer();
  void EndWithoutServer();
  void OnGone(const char* who, const std::string& why);
  void Go();
  void OnTimer();
  void Fail(std::string code, std::string message);
  void Finish();

  Loop& loop_;
  Setup setup_;
  std::function<void()> on_over_;
  State state_ = State::kStarting;
  TrialRecord record_;
  TrialTrace trace_;
  Address target_;
  std::string target_name_;
  bool fleet_ready_ = false;
  std::size_t input_bytes_ = 0;  // read so far
  KernelCounters counters_before_;
  DeadlineTimer timer_;  // of the state that it is in
  std::unique_ptr<AgentProcess> server_;
  std::unique_ptr<AgentProcess> fleet_;
};

}  // namespace tcplab
