// How a server accepts and serves: one class per kind of endpoint behind one interface.
//
//   Open -> Go -> [accepting, serving] -> Freeze -> Drain -> Finish -> Take
//
// All methods are called by the agent's main thread, in this order, and return soon; the work is
// done by threads of the model's own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <vector>

#include "core/agent/listeners.h"
#include "core/agent/plan.h"
#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/script/actor.h"
#include "core/script/program.h"
#include "core/script/signal_board.h"
#include "core/trace/recorder.h"

namespace tcplab {

// What every model works with. Owned by the server agent, which outlives its model.
struct ServerContext {
  ServerContext(ServerSpec a_spec, const ServerPlan& plan, Recorder& main_recorder,
                SignalBoard& board)
      : spec(std::move(a_spec)),
        document(plan.server),
        program(spec.script),
        handler_capacity(plan.handlers),
        connection_capacity(plan.connection),
        expected_connections(plan.connections),
        main_calls(main_recorder),
        signals(board),
        permits_(static_cast<std::int64_t>(
            std::min<std::uint64_t>(spec.accept.limit.value_or(INT64_MAX), INT64_MAX))) {}

  ServerSpec spec;
  nlohmann::json document;  // what the spec was read from
  Program program;
  Recorder::Capacity handler_capacity;     // of all connections together
  Recorder::Capacity connection_capacity;  // of one
  std::size_t expected_connections;
  RecordedCalls main_calls;  // of the main thread
  SignalBoard& signals;
  Targets targets;  // known from "go" on: written by Go, read after AwaitGo
  std::atomic<bool> frozen{false};
  std::atomic<std::uint32_t> next_number{0};  // of connections, whoever accepts them

  // The listening socket that a worker process was passed, which it uses in place of its own.
  std::optional<NativeSocket> passed_listener;
  // Tells the controller of a fault, and ends the process.
  std::function<void(const AgentFault&)> on_fault;

  // The address that clients connect to.
  Result<Address> OpenListeners(Listeners& listeners, Blocking blocking) {
    if (!passed_listener) return listeners.Open(spec, blocking, main_calls);
    SysSetBlocking(*passed_listener, blocking);
    listeners.Adopt(*passed_listener);
    return Address();
  }

  // Whether one more connection may be accepted (accept.limit), asked before each accept; what came
  // to nothing is given back.
  [[nodiscard]] bool MayAccept() {
    if (permits_.fetch_sub(1) > 0) return true;
    permits_.fetch_add(1);
    return false;
  }
  void DidNotAccept() { permits_.fetch_add(1); }

  void Go(Targets known) {
    targets = std::move(known);
    gone_.count_down();
  }
  // A client may be faster than our own "go", which tells whom a script may connect to.
  void AwaitGo() { gone_.wait(); }

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

 private:
  std::atomic<std::int64_t> permits_;
  std::latch gone_{1};
};

// What one of several workers may record: each may be the one that serves all, within the memory of
// one trial.
[[nodiscard]] inline Recorder::Capacity ForOneOf(const Recorder::Capacity& all,
                                                 std::size_t workers) {
  constexpr std::size_t kMostEvents = 4UL << 20U;
  Recorder::Capacity one = all;
  one.events = std::min(all.events, kMostEvents / workers);
  return one;
}

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
