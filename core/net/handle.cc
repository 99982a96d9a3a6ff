#include "core/net/handle.h"

#include <memory>

namespace tcplab {
namespace {

// Every callback: recover the owner, return if it is gone, call one function.
template <typename H>
std::function<void()>* OwnerOf(H* handle) {
  return static_cast<std::function<void()>*>(handle->data);
}

// Actors keep their buffers on the heap, so that a small stack is enough and a thousand threads
// stay cheap.
constexpr std::size_t kThreadStackBytes = 256UL * 1024;

}  // namespace

Loop::Loop() { TCPLAB_CHECK(uv_loop_init(&loop_) == 0); }

Loop::~Loop() {
  // The close callbacks of what was destroyed. A run that was told to stop beforehand returns at
  // once, so once more.
  while (uv_loop_alive(&loop_) != 0) uv_run(&loop_, UV_RUN_DEFAULT);
  TCPLAB_CHECK(uv_loop_close(&loop_) == 0);
}

void Loop::Run() { uv_run(&loop_, UV_RUN_DEFAULT); }
void Loop::Stop() { uv_stop(&loop_); }

AsyncWake::AsyncWake(Loop& loop, std::function<void()> callback) : callback_(std::move(callback)) {
  const int status = uv_async_init(loop.get(), handle_.get(), [](uv_async_t* handle) {
    if (auto* owner = OwnerOf(handle)) (*owner)();
  });
  TCPLAB_CHECK(status == 0);
  handle_.set_open();
  handle_.set_owner(&callback_);
}

void AsyncWake::Send() { uv_async_send(handle_.get()); }

SocketWatcher::SocketWatcher(Loop& loop, NativeSocket socket, std::function<void()> callback)
    : callback_(std::move(callback)) {
  TCPLAB_CHECK(uv_poll_init_socket(loop.get(), handle_.get(), socket) == 0);
  handle_.set_open();
  handle_.set_owner(this);
}

void SocketWatcher::Arm(Interest interest) {
  if (armed_ == interest) return;
  armed_ = interest;
  uv_poll_start(handle_.get(), static_cast<int>(interest), [](uv_poll_t* handle, int status, int) {
    auto* owner = static_cast<SocketWatcher*>(handle->data);
    if (owner == nullptr) return;
    if (status < 0) owner->armed_ = 0;  // it has stopped itself
    owner->callback_();
  });
}

void SocketWatcher::Disarm() {
  if (armed_ == 0) return;
  armed_ = 0;
  uv_poll_stop(handle_.get());
}

CoarseTimer::CoarseTimer(Loop& loop, std::function<void()> callback)
    : callback_(std::move(callback)) {
  uv_timer_init(loop.get(), handle_.get());
  handle_.set_open();
  handle_.set_owner(&callback_);
}

void CoarseTimer::Start(std::uint64_t after_ms) {
  uv_update_time(handle_.get()->loop);
  uv_timer_start(
      handle_.get(),
      [](uv_timer_t* handle) {
        if (auto* owner = OwnerOf(handle)) (*owner)();
      },
      after_ms, 0);
}

void CoarseTimer::Stop() { uv_timer_stop(handle_.get()); }

Result<Thread> Thread::Start(std::function<void()> body) {
  auto owned = std::make_unique<std::function<void()>>(std::move(body));
  uv_thread_options_t options{};
  options.flags = UV_THREAD_HAS_STACK_SIZE;
  options.stack_size = kThreadStackBytes;
  uv_thread_t thread{};
  const int status = uv_thread_create_ex(
      &thread, &options,
      [](void* argument) {
        const std::unique_ptr<std::function<void()>> run(
            static_cast<std::function<void()>*>(argument));
        (*run)();
      },
      owned.get());
  if (status != 0)
    return HarnessFault(std::string("no thread could be started: ") + uv_err_name(status));
  static_cast<void>(owned.release());  // the thread frees it
  return Thread(thread);
}

void Thread::Join() {
  if (!joinable_) return;
  uv_thread_join(&thread_);
  joinable_ = false;
}

}  // namespace tcplab
