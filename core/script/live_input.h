// What a `send` of standard input sends, as an agent has it: one piece at a time, each asked for by
// the actor and brought by whoever can read it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace tcplab {

// Between the actor that sends it and the thread that hears from the controller. As a piece is
// asked for only when the one before it was sent, there is never more than one in memory: who
// writes into a pipe waits as long as the receiver of the connection does.
class LiveInput {
 public:
  // `ask` passes on that the next piece is wanted.
  explicit LiveInput(std::function<void()> ask) : ask_(std::move(ask)) {}

  // The next piece; an empty one is the end of the file. Any thread.
  void Deliver(std::string piece);

  // Of the actor's host. Asks for the next piece.
  void Ask() { ask_(); }
  // The piece that was asked for, once it has come.
  [[nodiscard]] std::optional<std::string> Take();
  // Blocks until it has.
  void Wait();
  // Calls `wake` at each delivery from now on, and at once if there is a piece already; for loops,
  // which must not block.
  void OnDelivered(std::function<void()> wake);

 private:
  std::function<void()> ask_;
  std::mutex mutex_;
  std::condition_variable delivered_;
  std::optional<std::string> piece_;  // guarded by mutex_
  std::function<void()> wake_;        // guarded by mutex_
};

}  // namespace tcplab
