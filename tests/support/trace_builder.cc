#include "tests/support/trace_builder.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/check.h"
#include "core/net/address.h"
#include "core/scenario/loader.h"

namespace tcplab {
namespace {

constexpr double kCallMs = 0.01;
constexpr double kDrainMs = 0.05;

std::string EncodedPort(std::uint16_t port) {
  const Result<Address> address = Address::Parse("127.0.0.1", port);
  TCPLAB_CHECK(address.has_value());
  return address->Encoded();
}

std::int64_t Failure(std::string_view error) {
  return -static_cast<std::int64_t>(ErrorCodeOf(error));
}

// Puts entries into a recorder as its writer would have: by their ends, the open one last.
template <typename Entries>
RecorderTrace Recorded(Entries entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    const bool a_open = !a.event.finished();
    const bool b_open = !b.event.finished();
    return a_open != b_open ? b_open : a.event.end_ns < b.event.end_ns;
  });
  RecorderTrace trace;
  for (auto& entry : entries) {
    if (!entry.data.empty()) {
      entry.event.data = static_cast<std::uint32_t>(trace.arena.size() + 1);
      for (std::size_t rest = entry.data.size(), i = 0; i < 4; ++i, rest >>= 8U) {
        trace.arena += static_cast<char>(rest & 0xFFU);
      }
      trace.arena += entry.data;
    }
    trace.events.push_back(entry.event);
  }
  trace.recorded = trace.events.size();
  return trace;
}

template <typename Entries>
void Append(Entries& to, const Entries& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::int64_t StampAt(double ms) {
  constexpr double kNs = 1'000'000;
  return TraceBuilder::kGoNs + static_cast<std::int64_t>(std::llround(ms * kNs));
}

ActorScript& ActorScript::At(double ms) {
  now_ms_ = ms;
  return *this;
}

ActorScript& ActorScript::Lasting(double ms) {
  lasting_ms_ = ms;
  lasting_set_ = true;
  return *this;
}

ActorScript& ActorScript::Of(std::uint16_t step) {
  step_ = step;
  return *this;
}

ActorScript& ActorScript::On(std::uint8_t socket) {
  socket_ = socket;
  return *this;
}

ActorScript::Entry& ActorScript::Add(Op op, std::uint32_t argument, std::int64_t result,
                                     std::string_view data) {
  Entry entry;
  entry.event.op = op;
  entry.event.actor = actor_;
  entry.event.argument = argument;
  entry.event.step = step_;
  entry.event.socket = socket_;
  entry.event.result = result;
  entry.event.begin_ns = StampAt(now_ms_);
  now_ms_ += std::exchange(lasting_set_, false) ? lasting_ms_ : kCallMs;
  entry.event.end_ns = StampAt(now_ms_);
  entry.data = data;
  entries_.push_back(std::move(entry));
  return entries_.back();
}

ActorScript& ActorScript::Call(Op op, std::uint32_t argument, std::int64_t result,
                               std::string_view data) {
  Add(op, argument, result, data);
  return *this;
}

ActorScript& ActorScript::InFlight(Op op, std::uint32_t argument) {
  Entry& entry = Add(op, argument, 0, {});
  entry.event.end_ns = 0;
  return *this;
}

ActorScript& ActorScript::Names(std::uint16_t port) {
  return Call(Op::kGetSockName, 0, 0, EncodedPort(port));
}
ActorScript& ActorScript::Connects(std::uint16_t port) {
  return Call(Op::kConnect, 0, 0).Names(port);
}
ActorScript& ActorScript::ConnectFails(std::string_view error) {
  return Call(Op::kConnect, 0, Failure(error));
}
ActorScript& ActorScript::BeginsToConnect(std::uint16_t port) {
  return Call(Op::kConnect, 0, Failure("EINPROGRESS")).Names(port);
}
ActorScript& ActorScript::ConcludesConnect(std::string_view error) {
  return Call(Op::kSoError, 0, Failure(error));
}

ActorScript& ActorScript::Sends(std::uint32_t bytes) { return Call(Op::kSend, bytes, bytes); }
ActorScript& ActorScript::SendFails(std::string_view error) {
  return Call(Op::kSend, 1, Failure(error));
}
ActorScript& ActorScript::Receives(std::string_view bytes) {
  return Call(Op::kRecv, 4096, static_cast<std::int64_t>(bytes.size()), bytes);
}
ActorScript& ActorScript::ReceivesUnkept(std::uint32_t bytes) {
  return Call(Op::kRecv, 1U << 20U, bytes);
}
ActorScript& ActorScript::RecvFails(std::string_view error) {
  return Call(Op::kRecv, 4096, Failure(error));
}
ActorScript& ActorScript::ReadsEof() { return Call(Op::kRecv, 4096, 0); }

ActorScript& ActorScript::Sleeps(double wanted_ms, double took_ms) {
  constexpr double kUsPerMs = 1000;
  return Lasting(took_ms).Call(Op::kSleep, static_cast<std::uint32_t>(wanted_ms * kUsPerMs), 0);
}

ActorScript& ActorScript::Step(std::uint16_t step, const Outcome& outcome) {
  const bool failed = outcome.kind == Outcome::Kind::kError;
  const std::int64_t result = failed ? -static_cast<std::int64_t>(outcome.error) : outcome.value;
  step_ = step;
  return Call(Op::kStep, static_cast<std::uint32_t>(outcome.kind), result);
}

ActorScript& ActorScript::Accepts(std::uint16_t port) {
  Add(Op::kAccept, actor_, 0, port == 0 ? std::string() : EncodedPort(port));
  accepts_.push_back(std::move(entries_.back()));
  entries_.pop_back();
  accepts_.back().event.actor = kListenerActor;
  accepts_.back().event.step = kNoStep;
  return *this;
}

ActorScript& ActorScript::Stands(SocketState state, std::uint32_t tcp_state, std::uint16_t port,
                                 std::uint16_t step) {
  Entry entry;
  entry.event.op = Op::kState;
  entry.event.actor = actor_;
  entry.event.argument = tcp_state;
  entry.event.step = step;
  entry.event.result = static_cast<std::int64_t>(state);
  if (port != 0) entry.data = EncodedPort(port);
  states_.push_back(std::move(entry));
  return *this;
}

TraceBuilder::TraceBuilder(std::size_t clients) : listener_(kListenerActor) {
  for (std::size_t i = 0; i < clients; ++i) clients_.emplace_back(static_cast<std::uint32_t>(i));
}

ActorScript& TraceBuilder::Connection(std::uint32_t number) {
  return connections_.try_emplace(number, number).first->second;
}

TraceBuilder& TraceBuilder::FreezeAt(double ms) {
  freeze_ms_ = drain_ms_ = ms;
  return *this;
}

TraceBuilder& TraceBuilder::Drains(std::uint16_t port) {
  drain_ms_ += kDrainMs;
  listener_.At(drain_ms_).Call(Op::kAccept, 0, 0, EncodedPort(port));
  return *this;
}

TraceBuilder& TraceBuilder::QueueHolds(std::uint32_t length, std::uint32_t limit) {
  listener_.At(freeze_ms_ + kCallMs).Call(Op::kQueue, limit, length);
  return *this;
}

TrialTrace TraceBuilder::Build() const {
  TrialTrace trial;
  trial.go_ns = kGoNs;
  AgentTrace server{"server", "monotonic", StampAt(freeze_ms_), {}};
  AgentTrace fleet{"fleet", "monotonic", server.freeze_ns, {}};

  // States are taken one after the other, just after the freeze.
  double look_ms = freeze_ms_ + kCallMs;
  const auto looked_at = [&look_ms](const std::vector<Entry>& states) {
    std::vector<Entry> stamped = states;
    for (Entry& entry : stamped) {
      entry.event.begin_ns = StampAt(look_ms);
      entry.event.end_ns = StampAt(look_ms += kCallMs);
    }
    return stamped;
  };

  std::vector<Entry> snapshot;
  for (const ActorScript& client : clients_) {
    Append(snapshot, looked_at(client.states_));
    fleet.recorders.push_back(Recorded(client.entries_));
  }
  fleet.recorders.insert(fleet.recorders.begin(), Recorded(snapshot));

  std::vector<Entry> main = listener_.entries_;
  std::vector<Entry> acceptor;
  for (const auto& [number, connection] : connections_) {
    Append(acceptor, connection.accepts_);
    Append(main, looked_at(connection.states_));
    server.recorders.push_back(Recorded(connection.entries_));
  }
  server.recorders.push_back(Recorded(acceptor));
  server.recorders.insert(server.recorders.begin(), Recorded(main));
  trial.servers.push_back(std::move(server));
  trial.fleets.push_back(std::move(fleet));
  return trial;
}

Case CaseOf(std::size_t clients, std::string_view client_script, std::string_view server_script) {
  const auto lowered = [](std::string_view text, ScriptRole role) {
    Result<Script> script = LowerScript(nlohmann::json::parse(text), role, 0);
    TCPLAB_CHECK(script.has_value());
    return std::move(*script);
  };
  Case a_case;
  a_case.servers.emplace_back().script = lowered(server_script, ScriptRole::kHandler);
  ClientGroup group;
  group.count = clients;
  group.script = lowered(client_script, ScriptRole::kClient);
  a_case.clients.push_back(std::move(group));
  return a_case;
}

TrialTrace SampleTrace() {
  TraceBuilder trial(3);
  trial.Client(0)
      .At(0.1)
      .Connects(40001)
      .Sends(5)
      .Step(1, Outcome::Bytes(5))
      .At(3)
      .Receives("CIAO\n")
      .Step(2, Outcome::Bytes(5))
      .Stands(SocketState::kEstablished, 1, 40001);
  trial.Client(1)
      .At(50)
      .Connects(40002)
      .Sends(5)
      .InFlight(Op::kRecv, 4096)
      .Stands(SocketState::kEstablished, 1, 40002, 2);
  trial.Client(2)
      .At(100)
      .BeginsToConnect(40003)
      .InFlight(Op::kPoll, 1)
      .Stands(SocketState::kConnecting, 2, 40003, 0);
  trial.Connection(0)
      .At(0.2)
      .Accepts(40001)
      .Receives("ciao\n")
      .Step(0, Outcome::Bytes(5))
      .Sends(5)
      .Step(1, Outcome::Bytes(5))
      .InFlight(Op::kRecv, 1024)
      .Stands(SocketState::kEstablished, 0, 0, 0);
  trial.FreezeAt(1500).QueueHolds(1, 1).Drains(40002);
  return trial.Build();
}

}  // namespace tcplab
