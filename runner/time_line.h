// One trial as the list of what happened in it, in the order of time: who did what, on which side.
// Pure: the same trace gives the same rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

struct TimeLineRow {
  enum class Side { kClients, kServer };

  double ms = 0;  // after "go"
  Side side = Side::kClients;
  std::string who;   // "client 3", "server", "conn 0"
  std::string what;  // "send 5 -> 5"
  // How many like it followed in the same actor's own order, when the last one was, and how long
  // any of them waited at the most (0: nothing to speak of). They have no rows of their own.
  std::size_t more = 0;
  double until_ms = 0;
  std::int64_t longest_ns = 0;
};

// What became of one client.
struct ClientLine {
  std::size_t number = 0;
  std::string outcome;  // its word of connect_outcomes; "accepted as connection 0"
  std::string stood;    // "established; still in recv"
};

struct TimeLine {
  std::vector<TimeLineRow> rows;       // up to the freeze
  double end_ms = 0;                   // when that was
  std::string why_it_ended;            // "window of 1500 ms"
  std::vector<TimeLineRow> last_rows;  // who was in which call, and what the queue held
  std::vector<ClientLine> clients;
};

// `every_event`: a row for each one, nothing put together. `trace` must have been verified.
[[nodiscard]] TimeLine BuildTimeLine(const Case& a_case, const TrialTrace& trace, bool every_event);

}  // namespace tcplab
