#include "core/trial/remote_clocks.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/clock.h"

namespace tcplab {
namespace {

// Of each agent, each time: the narrowest counts, and the first ones find both sides asleep.
constexpr std::size_t kExchanges = 8;

}  // namespace

void RemoteClocks::Ask(std::function<void()> then) {
  if (agents_.empty()) return then();
  for (auto& [place, offset] : offsets_) offset.NextSeries();
  then_ = std::move(then);
  turn_ = 0;
  heard_ = 0;
  AskNext();
}

void RemoteClocks::AskNext() {
  asked_ns_ = MonotonicNs();
  agents_[turn_].process->Send(FrameKind::kClock);
}

bool RemoteClocks::TakeAnswer(const AgentProcess* from, const std::string& payload) {
  const std::int64_t heard_ns = MonotonicNs();
  if (!then_ || agents_[turn_].process != from) return false;
  std::int64_t there_ns = 0;
  const char* const end = payload.data() + payload.size();
  const auto [rest, error] = std::from_chars(payload.data(), end, there_ns);
  // What could overflow a difference is no clock.
  constexpr std::int64_t kMostNs = std::int64_t{1} << 61U;
  if (error != std::errc() || rest != end || there_ns < 0 || there_ns > kMostNs) return false;
  offsets_[agents_[turn_].place].Add(asked_ns_, there_ns, heard_ns);
  if (++heard_ == kExchanges) {
    heard_ = 0;
    ++turn_;
  }
  if (turn_ < agents_.size()) {
    AskNext();
  } else {
    std::exchange(then_, {})();
  }
  return true;
}

std::int64_t RemoteClocks::Ahead(const AgentProcess* agent) const {
  const auto found = std::find_if(agents_.begin(), agents_.end(), [agent](const Agent& another) {
    return another.process == agent;
  });
  if (found == agents_.end()) return 0;
  const auto offset = offsets_.find(found->place);
  return offset == offsets_.end() ? 0 : offset->second.ahead_ns();
}

std::int64_t RemoteClocks::There(const AgentProcess* agent, std::int64_t ns) const {
  return ns + Ahead(agent);
}

std::int64_t RemoteClocks::Here(const AgentProcess* agent, std::int64_t ns) const {
  return ns - Ahead(agent);
}

std::int64_t RemoteClocks::slowest_ns() const {
  std::int64_t slowest = 0;
  for (const auto& [place, offset] : offsets_) slowest = std::max(slowest, offset.slowest_ns());
  return slowest;
}

// Two places may be off in opposite directions; ours is not off.
std::int64_t RemoteClocks::bound_ns(bool beside_ours) const {
  if (offsets_.size() < 2 && !beside_ours) return 0;
  std::int64_t sum = 0;
  for (const auto& [place, offset] : offsets_) sum += offset.bound_ns();
  return sum;
}

}  // namespace tcplab
