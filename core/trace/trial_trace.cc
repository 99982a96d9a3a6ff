#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

std::string Where(const AgentTrace& trace, std::size_t recorder) {
  return "trace of " + trace.name + ", recorder " + std::to_string(recorder) + ": ";
}

bool HasKnownResult(const Event& event) {
  if (event.op == Op::kStep) {
    if (event.argument > static_cast<std::uint32_t>(Outcome::kLastKind)) return false;
    // The value of a socket option may be any number: SO_LINGER that is off is -1.
    if (event.argument == static_cast<std::uint32_t>(Outcome::Kind::kBytes)) return true;
  }
  return event.result > -static_cast<std::int64_t>(ErrorCodeCount());
}

Status VerifyRecorder(const RecorderTrace& recorder, const std::string& where) {
  if (recorder.dropped != 0) {
    return HarnessFault(where + std::to_string(recorder.dropped) +
                        " events were lost, the trace is not whole");
  }
  if (recorder.recorded != recorder.events.size()) {
    return HarnessFault(where + std::to_string(recorder.recorded) + " events were recorded, " +
                        std::to_string(recorder.events.size()) + " are there");
  }
  std::int64_t last_ns = 0;
  for (std::size_t i = 0; i < recorder.events.size(); ++i) {
    const Event& event = recorder.events[i];
    const std::string at = where + "event " + std::to_string(i) + ": ";
    if (static_cast<std::uint8_t>(event.op) >= kOpCount)
      return HarnessFault(at + "unknown operation");
    if (!event.finished() && i + 1 != recorder.events.size()) {
      return HarnessFault(at + "has no end, and others follow");
    }
    if (event.finished() && event.end_ns < event.begin_ns)
      return HarnessFault(at + "ends before it begins");
    if (event.finished() && event.end_ns < last_ns)
      return HarnessFault(at + "ends before the one before it");
    if (!recorder.HasData(event)) {
      return HarnessFault(at + "its data lies outside of what was kept");
    }
    if (!HasKnownResult(event)) return HarnessFault(at + "its result is none that there is");
    if (event.finished()) last_ns = event.end_ns;
  }
  return {};
}

}  // namespace

bool ShiftClock(AgentTrace& trace, std::int64_t ns) {
  constexpr std::int64_t kLatestNs = std::int64_t{1} << 61U;
  bool all = true;
  const auto shift = [&](std::int64_t& stamp_ns) {
    all = all && stamp_ns >= 0 && stamp_ns <= kLatestNs;
    if (all) stamp_ns += ns;
  };
  shift(trace.freeze_ns);
  for (RecorderTrace& recorder : trace.recorders) {
    for (Event& event : recorder.events) {
      shift(event.begin_ns);
      if (event.finished()) shift(event.end_ns);
    }
  }
  return all;
}

Status Verify(const AgentTrace& trace) {
  for (std::size_t i = 0; i < trace.recorders.size(); ++i) {
    Status verified = VerifyRecorder(trace.recorders[i], Where(trace, i));
    if (!verified) return verified;
  }
  return {};
}

Status Verify(const TrialTrace& trace) {
  if (trace.servers.empty()) return HarnessFault("the trace has no server");
  for (const std::vector<AgentTrace>* agents : {&trace.servers, &trace.fleets}) {
    for (const AgentTrace& agent : *agents) {
      if (Status verified = Verify(agent); !verified) return verified;
      if (agent.clock != trace.servers.front().clock) {
        return HarnessFault("the agents' clocks differ: their times cannot be compared");
      }
    }
  }
  return {};
}

}  // namespace tcplab
