// Facts computed from a trace, by pure functions: the same trace gives the same bytes, today and
// from a kept file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>  // observed values are JSON
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

// How an observation is compared (design: comparing).
enum class ObservationClass { kSet, kOrder, kDistribution, kExact, kTiming };
[[nodiscard]] std::string_view ObservationClassName(ObservationClass observation_class);

struct ObservationKind {
  std::string_view name;
  ObservationClass observation_class;
};

// Every observation there is, in the order in which people read them.
[[nodiscard]] std::span<const ObservationKind> ObservationKinds();

// Whether it is about what a server of ours saw, so that there is none with a foreign server.
[[nodiscard]] bool NeedsServer(std::string_view observation);

// Whether it says something only where a scenario has several servers.
[[nodiscard]] bool NeedsSeveralServers(std::string_view observation);

// How far one trial may be believed.
struct TrialHealth {
  // The longest that something happened later than it was due: a client's start, the end of a
  // pause, the begin of accepting, the closing of the listener, the end of the window.
  double max_delay_ms = 0;
  double freeze_gap_ms = 0;     // from the server's freeze stamp to the end of the drain
  std::uint64_t late = 0;       // clients pending at the snapshot that turned up at the drain
  std::uint64_t strangers = 0;  // connections that belong to none of our clients
  std::uint64_t nameless = 0;   // connections that accept returned without their peer's address
  std::uint64_t queue_mismatches = 0;  // 1 when the kernel's queue length and the drain disagree
  // How far times of two agents may be off against each other: 0 where all read one clock.
  double clock_bound_ms = 0;
  bool bytes_conserved = true;  // nothing was received that had not been sent, in order and number
};

struct TrialObservations {
  std::map<std::string, nlohmann::json>
      values;  // by name; every name of ObservationKinds() is there
  TrialHealth health;
  nlohmann::json
      evidence;  // object: "queue_length" (or null)...; beside the observations, not compared
};

// Whether the machine stood still in a trial for so long that it was not the experiment asked for:
// a delay of half the time between two clients, and of 25 to 100 ms in any case; where the scenario
// is sensitive to timing, of 25 ms. Such a trial is run again. The criterion looks at the clock
// only, never at what was observed.
[[nodiscard]] bool WasDisturbed(const Case& a_case, bool sensitive, const TrialHealth& health);

// A harness fault that the trace itself shows (out of descriptors, an address that could not be
// had), unless the scenario makes local errors data.
struct LocalFault {
  std::string code;  // "descriptors", "memory", "local_address"
  std::string message;
};

// Everything that is known of one trial. An error when the trace is not whole: never another
// observation.
[[nodiscard]] Result<TrialObservations> Observe(const Case& a_case, const TrialTrace& trace);

[[nodiscard]] std::optional<LocalFault> FindLocalFault(const TrialTrace& trace);

}  // namespace tcplab
