// What one actor did, call by call, in the words of a time line.
//
// Several events may be one call to whoever looks at them: a connect that was begun, waited for and
// concluded, a poll before its recv. They are put together here, unless every event is wanted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/trial_view.h"
#include "core/scenario/step.h"

namespace tcplab {

// One thing that happened to an actor.
struct Happening {
  std::int64_t at_ns = 0;    // on the trace's clock
  std::string what;          // "recv 1024 -> 5 \"ciao\\n\" (waited 500.1 ms)"
  std::string like;          // equal in calls that differ in nothing but time and payload
  std::int64_t took_ns = 0;  // how long it waited; 0 for a moment
};

// Whose events they are, and how they are to be read.
struct ActorReading {
  const Script* script = nullptr;  // which event.step points into
  std::int64_t from_ns = 0;        // when it began: nothing it waited lies before
  bool every_event = false;        // nothing is put together, nothing left out
  // What an accept brought: "connection 0 (client 2)". Only the listener's has one.
  std::function<std::string(const EventRef&)> accepted;
};

// `events` in their order; `open`: the call that was in flight when they ended. What is sent or
// asked for stands where the call began, what was waited for where it ended; a call that began
// something and took long stands at both.
[[nodiscard]] std::vector<Happening> ReadCalls(const ActorReading& reading,
                                               std::span<const EventRef> events,
                                               const std::optional<EventRef>& open);

// What a step is called: "recv", "awaiting signal x"; "step" for one that the script does not have.
[[nodiscard]] std::string StepInWords(const Script& script, std::uint16_t step);

// "recv" for a call in flight; what a poll waits for is told by its step.
[[nodiscard]] std::string OpenCallInWords(const Script& script, const EventRef& open);

// "0.052 ms", "5.07 ms", "1503.2 ms".
[[nodiscard]] std::string DurationInWords(std::int64_t ns);

}  // namespace tcplab
