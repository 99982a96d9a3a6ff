// Windows: a thread that reads when it is told to. A read that waits is ended by
// CancelSynchronousIo().
#include <windows.h>
// after windows.h
#include <io.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/clock.h"
#include "core/net/errors.h"
#include "core/net/input_reader.h"

namespace tcplab {
namespace {

class ThreadInput final : public InputReader {
 public:
  ThreadInput(Loop& loop, HANDLE input) : input_(input), arrived_(loop, [this] { OnArrived(); }) {}

  ~ThreadInput() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    if (!thread_) return;
    // Again and again: it may be just about to begin its read.
    constexpr std::int64_t kLookNs = kNsPerMs;
    while (!IsOut()) {
      if (const HANDLE reading = Reading(); reading != nullptr) CancelSynchronousIo(reading);
      SysSleepUntil(MonotonicNs() + kLookNs);
    }
    thread_->Join();
    if (own_handle_ != nullptr) CloseHandle(own_handle_);
  }
  ThreadInput(const ThreadInput&) = delete;
  ThreadInput& operator=(const ThreadInput&) = delete;

  Status StartThread() {
    Result<Thread> thread = Thread::Start([this] { Run(); });
    if (!thread) return Forward(thread);
    thread_.emplace(std::move(*thread));
    return {};
  }

  void Ask(std::size_t most_bytes, OnPiece on_piece) override {
    on_piece_ = std::move(on_piece);
    {
      const std::lock_guard lock(mutex_);
      most_bytes_ = most_bytes;
    }
    changed_.notify_all();
  }

  void Forget() override { on_piece_ = {}; }

 private:
  bool IsOut() {
    const std::lock_guard lock(mutex_);
    return out_;
  }
  HANDLE Reading() {
    const std::lock_guard lock(mutex_);
    return own_handle_;
  }

  // On the thread.
  void Run() {
    HANDLE self = nullptr;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    std::unique_lock lock(mutex_);
    own_handle_ = self;
    for (;;) {
      changed_.wait(lock, [this] { return over_ || most_bytes_ > 0; });
      if (over_) break;
      std::string bytes(std::exchange(most_bytes_, 0), '\0');
      lock.unlock();
      Result<std::string> piece = ReadOnce(std::move(bytes));
      lock.lock();
      if (over_) break;
      piece_ = std::move(piece);
      arrived_.Send();
    }
    out_ = true;
  }

  // The end of a pipe is an error there.
  [[nodiscard]] Result<std::string> ReadOnce(std::string bytes) const {
    DWORD got = 0;
    if (ReadFile(input_, bytes.data(), static_cast<DWORD>(bytes.size()), &got, nullptr) == 0) {
      const DWORD error = GetLastError();
      if (error != ERROR_BROKEN_PIPE && error != ERROR_HANDLE_EOF) {
        const ErrorCode code = ErrorFromSystem(static_cast<int>(error));
        return HarnessFault("standard input cannot be read: " + std::string(ErrorName(code)));
      }
    }
    bytes.resize(got);
    return bytes;
  }

  void OnArrived() {
    std::optional<Result<std::string>> piece;
    {
      const std::lock_guard lock(mutex_);
      piece = std::exchange(piece_, std::nullopt);
    }
    if (piece && on_piece_) std::exchange(on_piece_, {})(std::move(*piece));
  }

  HANDLE input_;  // not owned
  OnPiece on_piece_;
  std::mutex mutex_;
  std::condition_variable changed_;
  HANDLE own_handle_ = nullptr;               // of the thread; guarded by mutex_ until it is out
  bool over_ = false;                         // guarded by mutex_
  bool out_ = false;                          // guarded by mutex_
  std::size_t most_bytes_ = 0;                // asked for; guarded by mutex_
  std::optional<Result<std::string>> piece_;  // guarded by mutex_
  AsyncWake arrived_;
  std::optional<Thread> thread_;
};

}  // namespace

Result<std::unique_ptr<InputReader>> InputReader::Start(Loop& loop, int descriptor) {
  const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(descriptor));
  auto reader = std::make_unique<ThreadInput>(loop, handle);
  if (Status started = reader->StartThread(); !started) return Forward(started);
  return reader;
}

}  // namespace tcplab
