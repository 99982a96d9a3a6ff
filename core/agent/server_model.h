// How a server accepts and serves: one class per kind of endpoint behind one interface.
//
//   Open -> Go -> [accepting, serving] -> Freeze -> Drain -> Finish -> Take
//
// All methods are called by the agent's main thread, in this order, and return soon; the work is
// done by threads of the model's own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/agent/listener.h"
#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/script/actor.h"
#include "core/script/program.h"
#include "core/script/signal_board.h"
#include "core/trace/recorder.h"

namespace tcplab {

// What every model works with. Owned by the server agent, which outlives its model.
struct ServerContext {
  ServerContext(ServerSpec a_spec, const Recorder::Capacity& handlers, Recorder& main_recorder,
                SignalBoard& board)
      : spec(std::move(a_spec)),
        program(spec.script),
        handler_capacity(handlers),
        main_calls(main_recorder),
        signals(board) {}

  ServerSpec spec;
  Program program;
  Recorder::Capacity handler_capacity;
  RecordedCalls main_calls;  // of the main thread
  SignalBoard& signals;
  Targets targets;  // known from "go" on
  std::atomic<bool> frozen{false};

  // How the handler of a connection is set up, save for its sockets and its recorder.
  [[nodiscard]] Actor::Setup SetupFor(std::uint32_t number, ActorView& view) {
    Actor::Setup setup;
    setup.number = number;
    setup.program = &program;
    setup.targets = &targets;
    setup.is_handler = true;
    setup.signals = &signals;
    setup.view = &view;
    setup.frozen = &frozen;
    return setup;
  }
};

class ServerModel {
 public:
  ServerModel() = default;
  virtual ~ServerModel() = default;
  ServerModel(const ServerModel&) = delete;
  ServerModel& operator=(const ServerModel&) = delete;

  // Makes the listener ready; the address that clients connect to.
  virtual Result<Address> Open() = 0;
  // The trial begins at `go_ns`: from now on, or from accept.after_ms on, connections are accepted.
  virtual Status Go(std::int64_t go_ns) = 0;
  // The context's `frozen` was set: records where the handlers stand and how long the accept queue
  // is.
  virtual void Freeze() = 0;
  // Takes what the kernel (and libuv) still holds for us, serving nobody.
  virtual void Drain() = 0;
  // Shuts the listener down, so that acceptors return.
  virtual void Finish() = 0;
  // Everything recorded by the model's own threads.
  [[nodiscard]] virtual std::vector<RecorderTrace> Take() = 0;
};

[[nodiscard]] std::unique_ptr<ServerModel> MakeServerModel(ServerContext& context);

}  // namespace tcplab
