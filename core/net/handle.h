// RAII over libuv: a handle is owned by one of these types, whose destructor detaches the owner and
// calls uv_close; libuv's memory is freed in the close callback and nowhere else.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/check.h"
#include "core/net/syscalls.h"

namespace tcplab {

// One uv_loop_t. Everything made on it must be destroyed before it; its destructor then runs the
// loop until the close callbacks are through, and checks that nothing is left.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Run();   // until Stop, or until nothing is left to wait for
  void Stop();  // from a callback of this loop
  [[nodiscard]] uv_loop_t* get() { return &loop_; }

 private:
  uv_loop_t loop_{};
};

// The common part: a libuv handle of type H on the heap, closed and then freed.
template <typename H>
class Handle {
 public:
  Handle() : handle_(new H{}) {}
  ~Handle() { Close(); }
  Handle(Handle&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), open_(other.open_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;

  [[nodiscard]] H* get() { return handle_; }
  // libuv's casts between its handle types are the documented way (uv_handle_t is every handle's
  // base).
  [[nodiscard]] uv_handle_t* base() {
    return reinterpret_cast<uv_handle_t*>(
        handle_);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  }
  void set_owner(void* owner) { handle_->data = owner; }
  // Called once the handle was initialised on a loop; before that there is nothing to close.
  void set_open() { open_ = true; }

  // Detaches the owner and lets go of what the handle watches; the destructor does the same if
  // nobody else has.
  void Close() {
    if (handle_ == nullptr) return;
    handle_->data = nullptr;
    if (open_) {
      uv_close(base(), [](uv_handle_t* handle) {
        delete reinterpret_cast<H*>(handle);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
      });
    } else {
      delete handle_;
    }
    handle_ = nullptr;
  }

 private:
  H* handle_;
  bool open_ = false;
};

// The socket that libuv holds in a handle (uv_fileno(), a HANDLE on Windows); kNoSocket where it
// holds none.
[[nodiscard]] inline NativeSocket SocketOf(Handle<uv_tcp_t>& handle) {
  uv_os_fd_t descriptor{};
  if (uv_fileno(handle.base(), &descriptor) != 0) return kNoSocket;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same number, by another type
  return reinterpret_cast<NativeSocket>(descriptor);
}

// Wakes `callback` on the loop's thread; Send may be called from any thread, and several calls may
// become one.
class AsyncWake {
 public:
  AsyncWake(Loop& loop, std::function<void()> callback);
  void Send();

 private:
  std::function<void()> callback_;
  Handle<uv_async_t> handle_;
};

// Watches a socket for readiness, level-triggered, and stays armed until told otherwise.
class SocketWatcher {
 public:
  enum Interest : unsigned { kReadable = UV_READABLE, kWritable = UV_WRITABLE };

  // `callback` gets nothing: any wake, an error too, means "make the call again" (uv_poll reports
  // POLLERR as UV_EBADF and stops itself).
  SocketWatcher(Loop& loop, NativeSocket socket, std::function<void()> callback);
  void Arm(Interest interest);  // no call when it is armed so already
  void Disarm();  // and lets go of the socket, which must happen before that is closed

 private:
  std::function<void()> callback_;
  Handle<uv_poll_t> handle_;
  unsigned armed_ = 0;
};

// Milliseconds are enough: time limits of the controller and of agents, never a pause that a script
// measures.
class CoarseTimer {
 public:
  CoarseTimer(Loop& loop, std::function<void()> callback);
  void Start(std::uint64_t after_ms);
  void Stop();

 private:
  std::function<void()> callback_;
  Handle<uv_timer_t> handle_;
};

// Fires once when the monotonic clock has passed a deadline, never before it. uv_timer counts whole
// milliseconds from a time the loop took earlier (a 1 ms pause became about 0), so Linux uses a
// timerfd, macOS and FreeBSD a thread that sleeps, and elsewhere the timer is armed again until the
// clock is past.
class DeadlineTimer {
 public:
  DeadlineTimer(Loop& loop, std::function<void()> callback);
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  void Set(std::int64_t deadline_ns);
  void Clear();

 private:
  struct Platform;
  std::unique_ptr<Platform> platform_;
};

// A thread that is joined by its owner, or left behind when the process ends with SysExitNow.
class Thread {
 public:
  static Result<Thread> Start(std::function<void()> body);
  Thread(Thread&& other) noexcept
      : thread_(other.thread_), joinable_(std::exchange(other.joinable_, false)) {}
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  Thread& operator=(Thread&&) = delete;
  ~Thread() = default;  // an agent's threads may sit in a call for ever; it ends without them
  void Join();
  // See SysInterrupt. Not when it was joined.
  void Interrupt(NativeSocket socket) { SysInterrupt(thread_, socket); }

 private:
  explicit Thread(uv_thread_t thread) : thread_(thread), joinable_(true) {}
  uv_thread_t thread_;
  bool joinable_;
};

}  // namespace tcplab
