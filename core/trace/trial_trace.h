// All events of a trial, of all its agents.
//
//   TrialTrace
//     servers: AgentTrace...   each: one recorder for the listener and acceptor, others for
//                              handlers' threads
//     fleets: AgentTrace...    one recorder per client thread, or one for a loop; one for the
//                              snapshot
//
// Which client or connection an event belongs to is told by Event::actor, not by the recorder it
// stands in. Connections are numbered by each server for itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/trace/recorder.h"

namespace tcplab {

struct AgentTrace {
  std::string name;   // the server's, or "fleet"
  std::string clock;  // times of agents with different clocks are never subtracted
  std::int64_t freeze_ns =
      0;  // nothing that ended later becomes an observation, save what the freeze itself wrote
  std::vector<RecorderTrace> recorders;

  friend bool operator==(const AgentTrace&, const AgentTrace&) = default;
};

struct TrialTrace {
  std::int64_t go_ns = 0;  // when the clients' schedule began, on the controller's clock
  // At least one, in the scenario's order; without a name where it was a foreign one, of which
  // nothing is known.
  std::vector<AgentTrace> servers;
  std::vector<AgentTrace> fleets;

  friend bool operator==(const TrialTrace&, const TrialTrace&) = default;
};

// Moves all stamps by so many ns, onto another clock. False, and the trace is of no use any more,
// where one of them is no time (before 0, or centuries away).
[[nodiscard]] bool ShiftClock(AgentTrace& trace, std::int64_t ns);

// Checks what any trace must satisfy before something is derived from it: nothing dropped, as many
// events as were recorded, stamps in order, one open call a recorder at most and only at its end,
// known ops.
[[nodiscard]] Status Verify(const AgentTrace& trace);
[[nodiscard]] Status Verify(const TrialTrace& trace);

// Binary form, little endian, closed by a SHA-256 of all that stands before: a trace with an event
// dropped, cut or doubled does not decode. The layout is written down in results/README.md.
[[nodiscard]] std::string Encode(const AgentTrace& trace);
[[nodiscard]] std::string Encode(const TrialTrace& trace);
[[nodiscard]] Result<AgentTrace> DecodeAgentTrace(std::string_view bytes);
[[nodiscard]] Result<TrialTrace> DecodeTrialTrace(std::string_view bytes);

}  // namespace tcplab
