// One trial: its agents, and the steps from their start to their traces. Against a foreign server
// there is only a fleet, and the steps that are the servers' are left out.
//
// Where agents run on other machines, their clocks are read before "running" and after "draining".
//
//   starting --all ready--> running --all done, or the window is over--> freezing the servers
//     --frozen--> freezing the fleet --frozen--> draining --drained--> taking the fleet's trace
//     --trace--> ending the fleet --process gone--> taking the servers' traces --traces--> over
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
#include "core/trial/remote_clocks.h"
#include "core/trial/trial_record.h"

namespace tcplab {

// Lives on the controller's loop. `on_over` is called once, from within a callback, and must not
// destroy this.
class Trial {
 public:
  struct Setup {
    const CasePlans* plans = nullptr;  // not owned; outlives the trial
    double window_ms = 0;
    double patience_ms = 0;  // for every answer of an agent
    // "go" comes so much later. Trials of one length would otherwise all begin at nearly the same
    // phase of the kernel's timers, and a race that these decide would come out alike within a run
    // and otherwise in the next.
    std::int64_t phase_ns = 0;
    MachineTerms terms;                      // of its agents on this machine
    std::vector<std::string> agent_command;  // of the clients
    std::vector<std::string> server_agent;   // of each server
    bool servers_elsewhere = false;          // on another machine, whose clock is not ours
    bool clients_elsewhere = false;
    bool share_one_clock = false;
    // Where clients reach servers that listen everywhere; nothing: over the loopback.
    std::optional<Address> server_address;
    std::optional<Address> foreign;          // a server that somebody else runs, in place of ours
    InputReader* input = nullptr;            // where a client sends standard input; not owned
    std::optional<std::string> given_input;  // in place of it
    TrialRecord record;                      // what is known of it beforehand
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
    kReadingClocks,
    kRunning,
    kFreezingServers,
    kFreezingFleet,
    kDraining,
    kReadingClocksAgain,
    kTakingFleet,
    kEndingFleet,
    kTakingServers,
    kOver,
  };

  struct Server {
    std::string title;  // as messages call it
    std::unique_ptr<AgentProcess> process;
    Target target;
    bool answered = false;  // gave what the state that the trial is in waits for
  };

  void Enter(State state);
  void StartAgents();
  Status StartServer(std::size_t index);
  Status StartFleet();
  void OnServerFrame(Server& server, const Frame& frame);
  void OnAnswer(Server& server, const Frame& frame);
  void OnFleetFrame(const Frame& frame);
  bool OnCommonFrame(const AgentProcess* from, const std::string& title, const Frame& frame);
  Status LearnAddress(Server& server, const std::string& payload);
  Status LearnFreeze(const Server& server, const std::string& payload);
  Status AddServerTrace(const Server& server, const std::string& payload);
  void ReadInput();
  void OnInput(const Result<std::string>& piece);
  void OnFleetTrace(const std::string& payload);
  [[nodiscard]] bool AllAnswered() const;
  void ToServers(FrameKind kind, const std::string& payload = {});
  void FreezeServers(std::optional<std::int64_t> due_ns = std::nullopt);
  void FreezeFleet();
  void EndWithoutServer();
  void OnServersTaken();
  void OnGone(const std::string& title, const std::string& why);
  void OnFleetGone(const std::string& why);
  void OnReady();
  void Go();
  void TakeFleet();
  Result<AgentTrace> OnOurClock(const AgentProcess* agent, const std::string& payload) const;
  void OnTimer();
  void Fail(std::string code, std::string message);
  void Finish();

  Loop& loop_;
  Setup setup_;
  std::function<void()> on_over_;
  State state_ = State::kStarting;
  TrialRecord record_;
  TrialTrace trace_;
  std::int64_t freeze_ns_ = 0;  // the first of the servers'
  bool fleet_ready_ = false;
  std::size_t input_bytes_ = 0;  // read, or given, so far
  KernelCounters counters_before_;
  DeadlineTimer timer_;          // of the state that it is in
  std::vector<Server> servers_;  // none where it is a foreign one
  std::unique_ptr<AgentProcess> fleet_;
  RemoteClocks clocks_;
};

}  // namespace tcplab
