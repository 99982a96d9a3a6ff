// The same script on both hosts, on real sockets: each against a peer that a test plays.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/net/recorded_calls.h"
#include "core/script/blocking_host.h"
#include "core/script/loop_host.h"
#include "core/script/raw_transport.h"
#include "tests/script/fake_transport.h"
#include "tests/support/loopback.h"

namespace tcplab {

enum class Host { kBlocking, kLoop };

inline const char* HostName(Host host) { return host == Host::kBlocking ? "blocking" : "poll"; }

// What one run of a script left behind.
struct Ran {
  RecorderTrace trace;
  std::vector<std::string> steps;  // "0:ok", "1:ok 5"
  std::string given;               // signals, separated by spaces
};

// Runs `script` as a client of `target` to its end on the calling thread, and closes its socket.
// `signals_before` were given before it began. A script that never ends is a test that fails by its
// time limit, so every wait of a script has a peer that answers it.
inline Ran RunLive(Host host, const Script& script, const Address& target,
                   const std::vector<std::string>& signals_before = {}) {
  Ran ran;
  const Program program(script);
  Recorder recorder({.events = 1U << 16U, .addresses = 64, .payload = 1U << 20U});
  RecordedCalls calls(recorder);
  ActorView view(program.socket_count());
  const Targets targets({{"server", target}});
  const std::atomic<bool> frozen{false};
  auto loop = host == Host::kLoop ? std::make_unique<Loop>() : nullptr;
  SignalBoard signals([&ran](const std::string& name) { ran.given += name + " "; });
  for (const std::string& name : signals_before) signals.Receive(name);
  {
    std::optional<LoopHost> loop_host;
    if (loop != nullptr) loop_host.emplace(*loop, signals);
    Sockets sockets = MakeRawSockets(calls, view, loop_host ? &loop_host->watchers() : nullptr);
    Actor::Setup setup;
    setup.program = &program;
    setup.targets = &targets;
    setup.sockets = &sockets;
    setup.signals = &signals;
    setup.recorder = &recorder;
    setup.view = &view;
    setup.frozen = &frozen;
    if (host == Host::kBlocking) {
      Actor actor(setup);
      RunBlocking(actor, signals);
    } else {
      LoopActor actor(*loop_host, setup, [&loop] { loop->Stop(); });
      actor.StartAt(MonotonicNs());
      loop->Run();
    }
    EXPECT_TRUE(view.ended.load());
    ran.trace = recorder.Take();
    ran.steps = StepWords(ran.trace);
    CloseAll(sockets, 0);
  }
  EXPECT_EQ(ran.trace.dropped, 0U);
  return ran;
}

// The server that a test plays: does `serve` with the first connection, on a thread of its own.
class Peer {
 public:
  explicit Peer(std::function<void(TestSocket&)> serve)
      : thread_([this, serve = std::move(serve)] {
          TestSocket socket = listener_.Accept();
          serve(socket);
        }) {}
  ~Peer() { thread_.join(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  [[nodiscard]] const Address& address() const { return listener_.address(); }

 private:
  TestListener listener_;
  std::thread thread_;
};

}  // namespace tcplab
