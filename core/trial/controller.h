// The controller: runs every trial of a scenario, several side by side where timing allows, and
// hands on what each one left. It touches no measured socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/address.h"
#include "core/scenario/scenario.h"
#include "core/trial/trial_record.h"

namespace tcplab {

struct ControllerOptions {
  std::vector<std::string>
      agent_command;  // program and arguments that make an agent: {"/path/to/runner", "agent"}
  std::vector<std::string> server_agent;  // the same of servers' agents; empty: as agent_command
  // Whether these commands start them on other machines: their clocks are not ours then.
  bool servers_elsewhere = false;
  bool clients_elsewhere = false;
  bool share_one_clock = false;  // both of them, on the same one
  // Where servers listen, and are reached, that would otherwise listen at the loopback. IPv4.
  std::optional<Address> server_address;
  std::size_t jobs = 0;    // trials side by side; 0: DefaultJobs(). Sensitive scenarios run alone.
  std::uint64_t seed = 0;  // of the order of cases within each round
  // How long an agent may be silent while something is awaited of it, in ms. Generous: a machine
  // that is slower than this gives an error, not a wrong fact.
  double patience_ms = 30'000;
  // A server that somebody else runs, and against which the clients are run; no server of ours is
  // started then.
  std::optional<Address> target;
  // What a client sends for standard input, in each trial; nothing: standard input itself is read.
  std::optional<std::string> input;
};

// How a run ended.
struct RunEnd {
  std::optional<int> interrupted_by;  // SIGINT (2) or SIGTERM (15)
};

// What becomes of a trial that is over.
enum class Verdict {
  kStands,  // measured, or a fault that counts as one
  kRepeat,  // the machine stood still in it: it is run again, at the end
};

// Called on the controller's thread, as soon as a trial is over, in the order in which trials end.
// kRepeat is heeded as long as the record's `may_repeat` says so.
using OnTrial = std::function<Verdict(TrialRecord record)>;

// Runs scenario.trials rounds of all cases; round r runs trial r of each, in an order drawn from
// the seed. A trial whose agents die, hang or lose an event has an error, and the run goes on. An
// error here means that nothing could be run at all (descriptors, a program that cannot be
// started).
//
// SIGINT and SIGTERM end it: agents are gone when this returns. A second one ends the process at
// once.
[[nodiscard]] Result<RunEnd> RunTrials(const Scenario& scenario, const ControllerOptions& options,
                                       const OnTrial& on_trial);

// Side by side without the trials disturbing each other: they mostly wait. Eight a processor, at
// most 32.
[[nodiscard]] std::size_t DefaultJobs();

// Whether trials run alone and each actor of one, a server counting as one, can have a processor of
// its own. Only then may they be in a realtime class: actors that share a processor there would
// take turns in another way than programs do.
[[nodiscard]] bool MayBeRealtime(const Scenario& scenario);

// How many trials RunTrials would run side by side.
[[nodiscard]] std::size_t EffectiveJobs(const Scenario& scenario, const ControllerOptions& options);

// The order of trials: (round, case index) pairs.
struct PlannedTrial {
  std::size_t round = 0;
  std::size_t case_index = 0;
};
[[nodiscard]] std::vector<PlannedTrial> PlanTrials(std::size_t cases, std::size_t rounds,
                                                   std::uint64_t seed);

// By how many ns the "go" of the run's trial `index` is delayed: from 0 to 80 ms, drawn from the
// seed. See Trial::Setup::phase_ns.
[[nodiscard]] std::int64_t PhaseNs(std::uint64_t seed, std::size_t index);

// On which processor the run's trial `index` begins to place its actors, drawn from the seed; taken
// modulo as many as there are. With the same placement in every trial a race that two processors'
// timers decide would be decided by which of the two is ahead, which lasts longer than a run.
[[nodiscard]] std::size_t FirstProcessorOf(std::uint64_t seed, std::size_t index);

}  // namespace tcplab
