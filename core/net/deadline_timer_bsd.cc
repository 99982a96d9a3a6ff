// Without a timerfd: a thread that sleeps until the deadline and then wakes the loop.
//
// uv_timer counts whole milliseconds. kqueue's timers would do without a thread, but can only be
// tried out where there is kqueue; this can be anywhere.
#include <uv.h>

#include <algorithm>
#include <optional>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/net/handle.h"

namespace tcplab {

// The thread of a timer. Started when a deadline lies ahead for the first time.
class TimerThread {
 public:
  explicit TimerThread(AsyncWake& wake) : wake_(wake) {
    TCPLAB_CHECK(uv_mutex_init(&mutex_) == 0);
    TCPLAB_CHECK(uv_cond_init(&changed_) == 0);
  }
  ~TimerThread() {
    Change([this] { over_ = true; });
    if (thread_) thread_->Join();
    uv_cond_destroy(&changed_);
    uv_mutex_destroy(&mutex_);
  }
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

  // 0: until it is told another one.
  void SleepUntil(std::int64_t deadline_ns) {
    Change([&] { deadline_ns_ = deadline_ns; });
    if (thread_ || deadline_ns == 0) return;
    Result<Thread> thread = Thread::Start([this] { Run(); });
    TCPLAB_CHECK(thread.has_value());
    thread_.emplace(std::move(*thread));
  }

 private:
  template <typename Do>
  void Change(Do&& change) {
    uv_mutex_lock(&mutex_);
    change();
    uv_cond_signal(&changed_);
    uv_mutex_unlock(&mutex_);
  }

  void Run() {
    SysMinimiseTimerSlack();
    uv_mutex_lock(&mutex_);
    while (!over_) {
      const std::int64_t left_ns = deadline_ns_ - MonotonicNs();
      if (deadline_ns_ == 0) {
        uv_cond_wait(&changed_, &mutex_);
      } else if (left_ns > 0) {
        uv_cond_timedwait(&changed_, &mutex_, static_cast<std::uint64_t>(StepOf(left_ns)));
      } else {
        deadline_ns_ = 0;
        wake_.Send();
      }
    }
    uv_mutex_unlock(&mutex_);
  }

  // As SysSleepUntil does it, for the same reason.
  static std::int64_t StepOf(std::int64_t left_ns) {
    constexpr std::int64_t kWholeNs = 2 * kNsPerMs;
    return left_ns > kWholeNs ? left_ns - left_ns / 8 : left_ns;
  }

  AsyncWake& wake_;
  uv_mutex_t mutex_{};
  uv_cond_t changed_{};
  std::int64_t deadline_ns_ = 0;  // guarded by mutex_
  bool over_ = false;             // guarded by mutex_
  std::optional<Thread> thread_;
};

// Used on the loop's thread.
struct DeadlineTimer::Platform {
  Platform(Loop& loop, std::function<void()> on_fire)
      : callback(std::move(on_fire)), wake(loop, [this] { OnWake(); }), sleeper(wake) {}

  // A wake may be of a deadline that was taken back since.
  void OnWake() {
    if (due_ns == 0 || MonotonicNs() < due_ns) return;
    due_ns = 0;
    callback();
  }

  void Set(std::int64_t deadline_ns) {
    due_ns = std::max<std::int64_t>(1, deadline_ns);
    const bool is_due = MonotonicNs() >= due_ns;
    sleeper.SleepUntil(is_due ? 0 : due_ns);
    if (is_due) wake.Send();
  }

  void Clear() {
    due_ns = 0;
    sleeper.SleepUntil(0);
  }

  std::function<void()> callback;
  std::int64_t due_ns = 0;
  AsyncWake wake;
  TimerThread sleeper;
};

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> callback)
    : platform_(std::make_unique<Platform>(loop, std::move(callback))) {}
DeadlineTimer::~DeadlineTimer() = default;

void DeadlineTimer::Set(std::int64_t deadline_ns) { platform_->Set(deadline_ns); }
void DeadlineTimer::Clear() { platform_->Clear(); }

}  // namespace tcplab
