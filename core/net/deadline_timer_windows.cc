// Windows: a waitable timer, of high resolution where there are such (10 1803 and later), that the
// system's thread pool waits for and then wakes the loop.
#include <uv.h>
#include <windows.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/waitable_timer_windows.h"

namespace tcplab {
// Used on the loop's thread, but for the timer's firing.
struct DeadlineTimer::Platform {
  Platform(Loop& loop, std::function<void()> on_fire)
      : callback(std::move(on_fire)), wake(loop, [this] { OnWake(); }), timer(NewWaitableTimer()) {
    TCPLAB_CHECK(timer != nullptr);
    const BOOL registered = RegisterWaitForSingleObject(
        &waiting, timer,
        [](void* self, BOOLEAN /*timed_out*/) { static_cast<Platform*>(self)->wake.Send(); }, this,
        INFINITE, WT_EXECUTEINWAITTHREAD);
    TCPLAB_CHECK(registered != 0);
  }
  ~Platform() {
    UnregisterWaitEx(waiting, INVALID_HANDLE_VALUE);  // and waits for one that is just firing
    CloseHandle(timer);
  }
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  // A wake may be of a deadline that was taken back since, or come a moment early.
  void OnWake() {
    if (due_ns == 0) return;
    if (MonotonicNs() < due_ns) return Arm();
    due_ns = 0;
    callback();
  }

  void Arm() {
    const std::int64_t left_ns = due_ns - MonotonicNs();
    if (left_ns <= 0) return wake.Send();
    TCPLAB_CHECK(StartWaitableTimer(timer, left_ns));
  }

  std::function<void()> callback;
  std::int64_t due_ns = 0;
  AsyncWake wake;
  HANDLE timer;
  HANDLE waiting = nullptr;
};

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> callback)
    : platform_(std::make_unique<Platform>(loop, std::move(callback))) {}
DeadlineTimer::~DeadlineTimer() = default;

void DeadlineTimer::Set(std::int64_t deadline_ns) {
  platform_->due_ns = std::max<std::int64_t>(1, deadline_ns);
  platform_->Arm();
}

void DeadlineTimer::Clear() {
  platform_->due_ns = 0;
  CancelWaitableTimer(platform_->timer);
}

}  // namespace tcplab
