#include "core/observe/delays.h"

#include <algorithm>

#include "core/base/clock.h"
#include "core/observe/observe.h"

namespace tcplab {
namespace {

// The longest delay seen so far.
class Longest {
 public:
  explicit Longest(std::int64_t go_ns) : go_ns_(go_ns) {}

  void Add(std::int64_t delay_ns) { longest_ns_ = std::max(longest_ns_, delay_ns); }
  // What was due so many milliseconds after "go".
  void Due(double due_ms, std::int64_t happened_ns) { Add(happened_ns - go_ns_ - MsToNs(due_ms)); }
  [[nodiscard]] double ms() const { return NsToMs(longest_ns_); }

 private:
  std::int64_t go_ns_;
  std::int64_t longest_ns_ = 0;
};

void AddPauses(Longest& longest, const std::vector<EventRef>& events) {
  constexpr std::int64_t kNsPerUs = 1000;
  for (const EventRef& ref : events) {
    if (ref->op != Op::kSleep) continue;
    longest.Add(ref->end_ns - ref->begin_ns - std::int64_t{ref->argument} * kNsPerUs);
  }
}

void AddListener(Longest& longest, const ServerSpec& server, const ServerFacts& facts,
                 std::int64_t freeze_ns) {
  // A loop calls accept only once a client has come, which is no delay.
  const double after_ms = server.accept.after_ms;
  const bool accepts_at_once = server.io == Io::kBlocking && after_ms > 0;
  if (facts.first_accept_ns && accepts_at_once) longest.Due(after_ms, *facts.first_accept_ns);
  const std::optional<double> close_after_ms = server.listen.close_after_ms;
  if (close_after_ms) longest.Due(*close_after_ms, facts.closed_ns.value_or(freeze_ns));
}

}  // namespace

double MaxDelayMs(const Case& a_case, const TrialView& view) {
  Longest longest(view.go_ns);
  const std::vector<ScheduledClient> schedule = Schedule(a_case);
  for (std::size_t i = 0; i < view.clients.size(); ++i) {
    const ClientFacts& client = view.clients[i];
    AddPauses(longest, client.events);
    // When its signal is given is no matter of the clock.
    if (a_case.clients[schedule[i].group].start_signal) continue;
    if (client.first_begin_ns) {
      longest.Due(schedule[i].start_ms, std::min(*client.first_begin_ns, view.freeze_ns));
    } else {
      longest.Due(schedule[i].start_ms, view.freeze_ns);  // its turn had come, and it was not seen
    }
  }
  for (const ConnectionFacts& connection : view.connections) AddPauses(longest, connection.events);

  longest.Due(a_case.window_ms, view.freeze_ns);
  if (view.foreign_server) return longest.ms();
  for (std::size_t i = 0; i < view.servers.size(); ++i) {
    AddListener(longest, a_case.servers[i], view.servers[i], view.freeze_ns);
  }
  return longest.ms();
}

bool WasDisturbed(const Case& a_case, bool sensitive, const TrialHealth& health) {
  // Its times are those of a person or another program, and it cannot be run again.
  if (SendsStdin(a_case)) return false;
  constexpr double kAllowedWhereSensitiveMs = 25;
  if (sensitive) return health.max_delay_ms > kAllowedWhereSensitiveMs;
  constexpr double kAlwaysAllowedMs = 25;
  constexpr double kNeverAllowedMs = 100;
  double closest_ms = kNeverAllowedMs * 2;
  for (const ClientGroup& group : a_case.clients) {
    if (group.count > 1) closest_ms = std::min(closest_ms, group.every_ms);
  }
  return health.max_delay_ms > std::clamp(closest_ms / 2, kAlwaysAllowedMs, kNeverAllowedMs);
}

}  // namespace tcplab
