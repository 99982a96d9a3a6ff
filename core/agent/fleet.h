// How the clients of a trial are run: a thread each, or all on one loop.
//
//   construct -> Go -> [running] -> Freeze -> Reset
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/agent/plan.h"
#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/script/actor_view.h"
#include "core/script/program.h"
#include "core/script/signal_board.h"
#include "core/trace/recorder.h"

namespace tcplab {

// One client, as the fleet's plan has it.
struct FleetClient {
  std::uint32_t number = 0;
  std::int64_t start_after_ns = 0;  // "go"
  std::shared_ptr<const Program> program;
  std::unique_ptr<ActorView> view;
};

// What both kinds of fleet work with. Owned by the fleet agent, which outlives its fleet.
struct FleetContext {
  std::vector<FleetClient> clients;
  Recorder::Capacity each;
  Address target;  // known from "go" on
  SignalBoard* signals = nullptr;
  std::atomic<bool> frozen{false};
  std::function<void()> on_all_over;  // called once, on any thread, when every script has ended
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

[[nodiscard]] std::unique_ptr<Fleet> MakeBlockingFleet(FleetContext& context);
[[nodiscard]] std::unique_ptr<Fleet> MakeLoopFleet(FleetContext& context);

}  // namespace tcplab
