// A timerfd on the monotonic clock, watched by the loop: exact to the system's timer, not to the
// millisecond.
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/net/handle.h"

namespace tcplab {

struct DeadlineTimer::Platform {
  Platform(Loop& loop, std::function<void()> on_fire)
      : callback(std::move(on_fire)),
        fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    TCPLAB_CHECK(fd >= 0);
    TCPLAB_CHECK(uv_poll_init(loop.get(), watcher.get(), fd) == 0);
    watcher.set_open();
    watcher.set_owner(this);
    uv_poll_start(watcher.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
      auto* owner = static_cast<Platform*>(handle->data);
      if (owner != nullptr) owner->OnReadable();
    });
  }
  ~Platform() {
    uv_poll_stop(watcher.get());
    close(fd);
  }
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  void OnReadable() {
    std::array<char, sizeof(std::uint64_t)> expirations{};
    if (read(fd, expirations.data(), expirations.size()) <= 0) return;
    while (MonotonicNs() < due_ns) {  // by the processor's counter: a microsecond, if at all
    }
    callback();
  }

  void Arm(std::int64_t deadline_ns) {
    due_ns = deadline_ns;
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(deadline_ns / kNsPerSecond);
    when.it_value.tv_nsec = static_cast<long>(deadline_ns % kNsPerSecond);
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  std::function<void()> callback;
  int fd;
  std::int64_t due_ns = 0;
  Handle<uv_poll_t> watcher;
};

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> callback)
    : platform_(std::make_unique<Platform>(loop, std::move(callback))) {}
DeadlineTimer::~DeadlineTimer() = default;

// A timerfd set to zero is disarmed, so a deadline in the past becomes the first instant there is.
void DeadlineTimer::Set(std::int64_t deadline_ns) {
  platform_->Arm(std::max<std::int64_t>(1, deadline_ns));
}
void DeadlineTimer::Clear() { platform_->Arm(0); }

}  // namespace tcplab
