#include "core/trial/remote_clocks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/base/clock.h"

namespace tcplab {
namespace {

// Of each agent, each time: the narrowest counts, and the first ones find both sides asleep.
constexpr std::size_t kExchanges = 8;

}  // namespace

void RemoteClocks::Ask(std::function<void()> then) {
  if (clocks_.empty()) return then();
  for (Clock& clock : clocks_) clock.offset.NextSeries();
  then_ = std::move(then);
  turn_ = 0;
  heard_ = 0;
  AskNext();
}

void RemoteClocks::AskNext() {
  asked_ns_ = MonotonicNs();
  clocks_[turn_].agent->Send(FrameKind::kClock);
}

bool RemoteClocks::TakeAnswer(const AgentProcess* from, const std::string& payload) {
  const std::int64_t heard_ns = MonotonicNs();
  if (!then_ || clocks_[turn_].agent != from) return false;
  std::int64_t there_ns = 0;
  const char* const end = payload.data() + payload.size();
  const auto [rest, error] = std::from_chars(payload.data(), end, there_ns);
  // What could overflow a difference is no clock.
  constexpr std::int64_t kMostNs = std::int64_t{1} << 62U;
  if (error != std::errc() || rest != end || there_ns < 0 || there_ns > kMostNs) return false;
  clocks_[turn_].offset.Add(asked_ns_, there_ns, heard_ns);
  if (++heard_ == kExchanges) {
    heard_ = 0;
    ++turn_;
  }
  if (turn_ < clocks_.size()) {
    AskNext();
  } else {
    std::exchange(then_, {})();
  }
  return true;
}

std::int64_t RemoteClocks::Ahead(const AgentProcess* agent) const {
  const auto found = std::find_if(clocks_.begin(), clocks_.end(),
                                  [agent](const Clock& clock) { return clock.agent == agent; });
  return found == clocks_.end() ? 0 : found->offset.ahead_ns();
}

std::int64_t RemoteClocks::There(const AgentProcess* agent, std::int64_t ns) const {
  return ns + Ahead(agent);
}

std::int64_t RemoteClocks::Here(const AgentProcess* agent, std::int64_t ns) const {
  return ns - Ahead(agent);
}

std::int64_t RemoteClocks::slowest_ns() const {
  std::int64_t slowest = 0;
  for (const Clock& clock : clocks_) slowest = std::max(slowest, clock.offset.slowest_ns());
  return slowest;
}

// Two of them may be off in opposite directions; an agent that is not among them is not off.
std::int64_t RemoteClocks::bound_ns() const {
  std::array<std::int64_t, 2> largest{};
  for (const Clock& clock : clocks_) {
    const std::int64_t bound = clock.offset.bound_ns();
    if (bound > largest[0]) {
      largest = {bound, largest[0]};
    } else {
      largest[1] = std::max(largest[1], bound);
    }
  }
  return largest[0] + largest[1];
}

}  // namespace tcplab
