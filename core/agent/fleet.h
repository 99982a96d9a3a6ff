// How the clients of a trial are run: a thread each, or all on one loop.
//
//   construct -> Go -> [running] -> Freeze -> Reset
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/agent/plan.h"
#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/script/actor.h"
#include "core/script/actor_view.h"
#include "core/script/live_input.h"
#include "core/script/program.h"
#include "core/script/signal_board.h"
#include "core/trace/recorder.h"

namespace tcplab {

// One client, as the fleet's plan has it.
struct FleetClient {
  std::uint32_t number = 0;
  std::int64_t start_after_ns = 0;        // "go", or the signal
  std::optional<AwaitStep> start_signal;  // what it waits for before it starts
  Io io = Io::kBlocking;
  Address source;  // where its connects come from; not valid: what the system chooses
  std::shared_ptr<const Program> program;
  std::unique_ptr<ActorView> view;
};

// What both kinds of fleet work with. Owned by the fleet agent, which outlives its fleet.
struct FleetContext {
  std::vector<FleetClient> clients;
  Recorder::Capacity each;
  Targets targets;  // known from "go" on
  SignalBoard* signals = nullptr;
  LiveInput* input = nullptr;
  std::atomic<bool> frozen{false};
  std::atomic<std::size_t> running{0};  // scripts that have not ended
  std::function<void()> on_all_over;    // called once, on any thread, when every script has ended

  // A script has ended.
  void OneOver() {
    if (running.fetch_sub(1) == 1) on_all_over();
  }

  // How a client's actor is set up, save for what its fleet gives it.
  [[nodiscard]] Actor::Setup SetupFor(const FleetClient& client) const {
    Actor::Setup setup;
    setup.number = client.number;
    setup.program = client.program.get();
    setup.targets = &targets;
    setup.source = client.source;
    setup.signals = signals;
    setup.input = input;
    setup.view = client.view.get();
    setup.frozen = &frozen;
    return setup;
  }
};

// All methods are called by the agent's main thread.
class Fleet {
 public:
  Fleet() = default;
  virtual ~Fleet() = default;
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Everything that can be made before the trial.
  virtual Status Prepare() = 0;
  // The context has its target: each client begins at `go_ns` plus its own start.
  virtual Status Go(std::int64_t go_ns) = 0;
  [[nodiscard]] virtual std::vector<RecorderTrace> Take() = 0;
};

// Of the context's clients, those whose calls block.
[[nodiscard]] std::unique_ptr<Fleet> MakeBlockingFleet(FleetContext& context);
// The others.
[[nodiscard]] std::unique_ptr<Fleet> MakeLoopFleet(FleetContext& context);

}  // namespace tcplab
