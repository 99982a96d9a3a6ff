// A trial that never was, with a trace as agents leave it: for measuring what is done with traces
// afterwards, at any size and always the same.
//
// Every client connects, sends `sends` bytes one by one and shuts down; the server receives them in
// the pieces that `cut` says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/net/address.h"
#include "core/scenario/loader.h"
#include "core/trace/recorder.h"
#include "core/trace/trial_trace.h"

namespace tcplab::bench {

struct MadeUpTrial {
  std::uint32_t clients = 1;
  std::size_t sends = 100;
  // How many bytes the next recv of a connection returns, of those that are left.
  std::function<std::size_t(std::size_t left)> cut = [](std::size_t) { return 1; };
};

inline Scenario MadeUpScenario(const MadeUpTrial& trial, std::uint32_t trials) {
  using nlohmann::json;
  const json steps =
      json::array({{{"connect", json::object()}},
                   {{"send", {{"bytes", trial.sends}, {"each", 1}, {"label", "sent"}}}},
                   {{"shutdown", "write"}}});
  const json recv = {{"recv", {{"until", "eof"}, {"buffer", 2048}}}};
  const json document = {
      {"name", "made-up"},
      {"summary", "a trial that never was"},
      {"trials", trials},
      {"server",
       {{"listen", {{"address", "127.0.0.1"}, {"port", 0}, {"backlog", 128}}},
        {"accept", {{"model", "event_loop"}}},
        {"script", json::array({recv})}}},
      {"clients", json::array({{{"count", trial.clients}, {"every_ms", 10}, {"script", steps}}})}};
  LoadedScenario loaded = LoadScenarioText(document.dump(), "made-up.json", {});
  TCPLAB_CHECK(loaded.scenario.has_value());
  return std::move(*loaded.scenario);
}

// Writes events one after the other, each a microsecond long.
class MadeUpRecorder {
 public:
  MadeUpRecorder(const Recorder::Capacity& capacity, std::int64_t start_ns)
      : recorder_(capacity), now_ns_(start_ns) {}

  void Call(Op op, const EventContext& at, std::uint32_t argument, std::int64_t result,
            const Address* address = nullptr) {
    constexpr std::int64_t kCallNs = 1000;
    const std::uint32_t kept = address == nullptr ? 0 : recorder_.KeepAddress(address->Encoded());
    recorder_.Add(op, at, argument, now_ns_, now_ns_ + kCallNs, result, kept);
    now_ns_ += kCallNs;
  }
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }
  [[nodiscard]] RecorderTrace Take() const { return recorder_.Take(); }

 private:
  Recorder recorder_;
  std::int64_t now_ns_;
};

inline Address MadeUpAddress(std::uint32_t client) {
  constexpr std::uint32_t kFirstPort = 20'000;
  const auto port = static_cast<std::uint16_t>(kFirstPort + client % kFirstPort);
  return *Address::Parse("127.0.0.1", port);
}

inline RecorderTrace MadeUpClient(const MadeUpTrial& trial, std::uint32_t number,
                                  std::int64_t start_ns) {
  constexpr std::size_t kOtherEvents = 8;
  MadeUpRecorder out({trial.sends + kOtherEvents, 2, 0}, start_ns);
  const Address local = MadeUpAddress(number);
  constexpr auto kOk = static_cast<std::uint32_t>(Outcome::Kind::kOk);
  constexpr auto kBytes = static_cast<std::uint32_t>(Outcome::Kind::kBytes);
  out.Call(Op::kSocket, {number, 0, 0}, 0, 5);
  out.Call(Op::kConnect, {number, 0, 0}, 0, 0);
  out.Call(Op::kGetSockName, {number, 0, 0}, 0, 0, &local);
  out.Call(Op::kStep, {number, 0, 0}, kOk, 0);
  for (std::size_t i = 0; i < trial.sends; ++i) out.Call(Op::kSend, {number, 1, 0}, 1, 1);
  out.Call(Op::kStep, {number, 1, 0}, kBytes, static_cast<std::int64_t>(trial.sends));
  out.Call(Op::kShutdown, {number, 2, 0}, 1, 0);
  out.Call(Op::kStep, {number, 2, 0}, kOk, 0);
  return out.Take();
}

inline void MadeUpConnection(const MadeUpTrial& trial, std::uint32_t number, MadeUpRecorder& out) {
  constexpr std::uint32_t kBuffer = 2048;
  const Address peer = MadeUpAddress(number);
  out.Call(Op::kAccept, {}, number, 6, &peer);
  for (std::size_t left = trial.sends; left > 0;) {
    const std::size_t size = std::clamp<std::size_t>(trial.cut(left), 1, left);
    out.Call(Op::kRecv, {number, 0, 0}, kBuffer, static_cast<std::int64_t>(size));
    left -= size;
  }
  out.Call(Op::kRecv, {number, 0, 0}, kBuffer, 0);
  out.Call(Op::kStep, {number, 0, 0}, static_cast<std::uint32_t>(Outcome::Kind::kBytes),
           static_cast<std::int64_t>(trial.sends));
  out.Call(Op::kClose, {number, kNoStep, 0}, 0, 0);
}

inline TrialTrace MadeUpTrace(const MadeUpTrial& trial) {
  constexpr std::int64_t kStartNs = 1'000'000'000;
  constexpr std::size_t kOtherEvents = 8;
  const std::size_t per_connection = trial.sends + kOtherEvents;
  MadeUpRecorder server({per_connection * trial.clients, trial.clients, 0}, kStartNs);
  AgentTrace fleet{"fleet", "monotonic", 0, {}};
  for (std::uint32_t number = 0; number < trial.clients; ++number) {
    fleet.recorders.push_back(MadeUpClient(trial, number, server.now_ns()));
    MadeUpConnection(trial, number, server);
  }
  TrialTrace trace;
  trace.go_ns = kStartNs;
  fleet.freeze_ns = server.now_ns() + kStartNs;
  trace.servers = {{"server", "monotonic", fleet.freeze_ns, {server.Take()}}};
  trace.fleets.push_back(std::move(fleet));
  return trace;
}

inline std::size_t CountEvents(const TrialTrace& trace) {
  std::size_t count = 0;
  const auto add = [&count](const AgentTrace& agent) {
    for (const RecorderTrace& recorder : agent.recorders) count += recorder.events.size();
  };
  add(trace.servers.front());
  for (const AgentTrace& fleet : trace.fleets) add(fleet);
  return count;
}

}  // namespace tcplab::bench
