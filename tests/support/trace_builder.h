// Traces made by hand, and the cases that they are trials of: a test says what each side did and
// when, and gets what the agents would have recorded.
//
//   TraceBuilder trial(2);
//   trial.Client(0).At(1).Connects(5000).Sends(5).Step(1, Outcome::Bytes(5));
//   trial.Connection(0).At(2).Accepts(5000).Receives("ciao\n");
//   trial.FreezeAt(1500).Drains(5001);
//   Observe(CaseOf(2), trial.Build());
//
// Times are milliseconds after "go". Each actor has a clock of its own, which moves on by 0.01 ms a
// call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

// What one actor recorded. Owned by its builder.
class ActorScript {
 public:
  explicit ActorScript(std::uint32_t actor) : actor_(actor) {}

  ActorScript& At(double ms);                                // the next call begins then
  ActorScript& Lasting(double ms);                           // ... and takes so long
  ActorScript& Of(std::uint16_t step);                       // the next calls belong to this step
  ActorScript& On(std::uint8_t socket);                      // ... and are made on this socket
  ActorScript& InFlight(Op op, std::uint32_t argument = 0);  // begins and does not end

  // Blocking connect and getsockname, from 127.0.0.1:`port`.
  ActorScript& Connects(std::uint16_t port);
  ActorScript& ConnectFails(std::string_view error);
  // Non-blocking: EINPROGRESS and getsockname, later SO_ERROR.
  ActorScript& BeginsToConnect(std::uint16_t port);
  ActorScript& ConcludesConnect(std::string_view error = "");
  ActorScript& Names(std::uint16_t port);  // getsockname alone

  ActorScript& Sends(std::uint32_t bytes);
  ActorScript& SendFails(std::string_view error);
  ActorScript& Receives(std::string_view bytes);
  ActorScript& ReceivesUnkept(std::uint32_t bytes);
  ActorScript& RecvFails(std::string_view error);
  ActorScript& ReadsEof();
  ActorScript& Sleeps(double wanted_ms, double took_ms);
  ActorScript& Step(std::uint16_t step, const Outcome& outcome);

  // A connection only: accept returned it, from 127.0.0.1:`port`; 0: without an address.
  ActorScript& Accepts(std::uint16_t port);

  // Where it stood when its agent looked.
  ActorScript& Stands(SocketState state, std::uint32_t tcp_state = 0, std::uint16_t port = 0,
                      std::uint16_t step = kNoStep);

  // Any event, for what has no word of its own; the stamps are filled in.
  ActorScript& Call(Op op, std::uint32_t argument, std::int64_t result, std::string_view data = {});

 private:
  friend class TraceBuilder;
  struct Entry {
    Event event;
    std::string data;
  };
  Entry& Add(Op op, std::uint32_t argument, std::int64_t result, std::string_view data);

  std::uint32_t actor_;
  std::uint16_t step_ = 0;
  std::uint8_t socket_ = 0;
  double now_ms_ = 0;
  double lasting_ms_;
  bool lasting_set_ = false;
  std::vector<Entry> entries_;
  std::vector<Entry> accepts_;
  std::vector<Entry> states_;
};

// A trial under construction.
class TraceBuilder {
 public:
  static constexpr std::int64_t kGoNs = 1'000'000'000;

  explicit TraceBuilder(std::size_t clients);

  ActorScript& Client(std::size_t number) { return clients_.at(number); }
  // The connection to which the acceptor gave this number.
  ActorScript& Connection(std::uint32_t number);

  TraceBuilder& FreezeAt(double ms);
  // The drain found a connection from 127.0.0.1:`port`, 0.05 ms after the last or the freeze.
  TraceBuilder& Drains(std::uint16_t port);
  // The listener's queue by the kernel's word.
  TraceBuilder& QueueHolds(std::uint32_t length, std::uint32_t limit = 128);

  [[nodiscard]] TrialTrace Build() const;

 private:
  using Entry = ActorScript::Entry;

  std::vector<ActorScript> clients_;
  std::map<std::uint32_t, ActorScript> connections_;
  ActorScript listener_;
  double freeze_ms_ = 1500;
  double drain_ms_ = 1500;
};

// "go" plus `ms`, on the trace's clock.
[[nodiscard]] std::int64_t StampAt(double ms);

// A case of one group of clients that start together. The scripts are steps as the language writes
// them.
[[nodiscard]] Case CaseOf(std::size_t clients, std::string_view client_script = "[]",
                          std::string_view server_script = "[]");

// A trace with something of everything, for tests of what traces are carried in.
[[nodiscard]] TrialTrace SampleTrace();

}  // namespace tcplab
