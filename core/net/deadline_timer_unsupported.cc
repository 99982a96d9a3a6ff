// Where there is no timerfd: a uv_timer, armed again until the monotonic clock is past the
// deadline.
#include <algorithm>

#include "core/base/clock.h"
#include "core/net/handle.h"

namespace tcplab {

struct DeadlineTimer::Platform {
  Platform(Loop& loop, std::function<void()> on_fire)
      : callback(std::move(on_fire)), timer(loop, [this] { OnTimer(); }) {}

  void OnTimer() {
    if (deadline_ns == 0) return;
    const std::int64_t left_ns = deadline_ns - MonotonicNs();
    if (left_ns > 0) {
      timer.Start(static_cast<std::uint64_t>((left_ns + kNsPerMs - 1) / kNsPerMs));
      return;
    }
    deadline_ns = 0;
    callback();
  }

  std::function<void()> callback;
  std::int64_t deadline_ns = 0;
  CoarseTimer timer;
};

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> callback)
    : platform_(std::make_unique<Platform>(loop, std::move(callback))) {}
DeadlineTimer::~DeadlineTimer() = default;

void DeadlineTimer::Set(std::int64_t deadline_ns) {
  platform_->deadline_ns = std::max<std::int64_t>(1, deadline_ns);
  const std::int64_t left_ns = std::max<std::int64_t>(0, deadline_ns - MonotonicNs());
  platform_->timer.Start(static_cast<std::uint64_t>((left_ns + kNsPerMs - 1) / kNsPerMs));
}
void DeadlineTimer::Clear() {
  platform_->deadline_ns = 0;
  platform_->timer.Stop();
}

}  // namespace tcplab
