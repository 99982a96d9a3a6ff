// A thread that polls the descriptor beside a pipe of ours, over which it is told what to do.
#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>

#include "core/net/errors.h"
#include "core/net/input_reader.h"

namespace tcplab {
namespace {

constexpr char kRead = 'r';
constexpr char kEnd = 'e';

#if TCPLAB_SELECTS_DEVICES
// poll(2) of macOS knows no devices, and a terminal is one (its BUGS); select(2) does.
int AwaitEither(std::array<pollfd, 2>& watched) {
  fd_set readable;
  FD_ZERO(&readable);
  for (const pollfd& one : watched) {
    if (one.fd >= FD_SETSIZE) return poll(watched.data(), watched.size(), -1);
    FD_SET(one.fd, &readable);
  }
  const int highest = std::max(watched[0].fd, watched[1].fd);
  const int count = select(highest + 1, &readable, nullptr, nullptr, nullptr);
  for (pollfd& one : watched) {
    one.revents = count > 0 && FD_ISSET(one.fd, &readable) ? POLLIN : 0;
  }
  return count;
}
#else
int AwaitEither(std::array<pollfd, 2>& watched) { return poll(watched.data(), watched.size(), -1); }
#endif

class PolledInput final : public InputReader {
 public:
  PolledInput(Loop& loop, int descriptor)
      : descriptor_(descriptor), arrived_(loop, [this] { OnArrived(); }) {}

  ~PolledInput() override {
    if (thread_) {
      Tell(kEnd);
      thread_->Join();
    }
    for (const int end : orders_) {
      if (end >= 0) close(end);
    }
  }
  PolledInput(const PolledInput&) = delete;
  PolledInput& operator=(const PolledInput&) = delete;

  Status StartThread() {
    if (pipe(orders_.data()) != 0) return Failed("a pipe cannot be made");
    for (const int end : orders_) fcntl(end, F_SETFD, FD_CLOEXEC);
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
    Tell(kRead);
  }

  void Forget() override { on_piece_ = {}; }

 private:
  static tl::unexpected<Error> Failed(const std::string& what) {
    return HarnessFault(what + ": " + std::string(ErrorName(ErrorFromSystem(errno))));
  }

  void Tell(char order) const {
    while (write(orders_[1], &order, 1) < 0 && errno == EINTR) {
    }
  }

  // On the thread.
  void Run() {
    for (;;) {
      char order = kEnd;
      const ssize_t got = read(orders_[0], &order, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || order == kEnd) return;
      if (!WaitUntilReadable()) return;
      Result<std::string> piece = ReadOnce();
      {
        const std::lock_guard lock(mutex_);
        piece_ = std::move(piece);
      }
      arrived_.Send();
    }
  }

  // False when it was told to end before anything came: no other order is given meanwhile.
  bool WaitUntilReadable() const {
    for (;;) {
      std::array<pollfd, 2> watched = {pollfd{descriptor_, POLLIN, 0},
                                       pollfd{orders_[0], POLLIN, 0}};
      if (AwaitEither(watched) < 0 && errno == EINTR) continue;
      return watched[1].revents == 0;
    }
  }

  Result<std::string> ReadOnce() {
    std::string bytes;
    {
      const std::lock_guard lock(mutex_);
      bytes.resize(most_bytes_);
    }
    for (;;) {
      const ssize_t got = read(descriptor_, bytes.data(), bytes.size());
      if (got >= 0) {
        bytes.resize(static_cast<std::size_t>(got));
        return bytes;
      }
      // Somebody else who reads it was faster, or made it non-blocking.
      if (errno == EAGAIN && !WaitUntilReadable()) return std::string();
      if (errno != EINTR && errno != EAGAIN) return Failed("standard input cannot be read");
    }
  }

  void OnArrived() {
    std::optional<Result<std::string>> piece;
    {
      const std::lock_guard lock(mutex_);
      piece = std::exchange(piece_, std::nullopt);
    }
    if (piece && on_piece_) std::exchange(on_piece_, {})(std::move(*piece));
  }

  int descriptor_;
  std::array<int, 2> orders_ = {-1, -1};
  OnPiece on_piece_;
  std::mutex mutex_;
  std::size_t most_bytes_ = 0;                // guarded by mutex_
  std::optional<Result<std::string>> piece_;  // guarded by mutex_
  AsyncWake arrived_;
  std::optional<Thread> thread_;
};

}  // namespace

Result<std::unique_ptr<InputReader>> InputReader::Start(Loop& loop, int descriptor) {
  auto reader = std::make_unique<PolledInput>(loop, descriptor);
  if (Status started = reader->StartThread(); !started) return Forward(started);
  return reader;
}

}  // namespace tcplab
