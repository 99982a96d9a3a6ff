// The signals of a trial, as one agent knows them: how often each was given, by whichever actor.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tcplab {

// Shared by all actors of an agent; every method may be called from any thread.
class SignalBoard {
 public:
  // `outward` is told of each signal that an actor of this agent gives, so that other agents hear
  // of it.
  explicit SignalBoard(std::function<void(const std::string&)> outward)
      : outward_(std::move(outward)) {}

  // An actor of this agent gives the signal.
  void Give(const std::string& name);
  // An actor of another agent gave it.
  void Receive(const std::string& name);
  // Calls `heard` with every signal from now on, on the thread that gives or receives it.
  void OnSignal(std::function<void(const std::string&)> heard);

  [[nodiscard]] std::uint64_t Count(const std::string& name) const;

  // Blocks until `name` was given `count` times, or the deadline passed (0: none). Returns whether
  // it was given.
  bool WaitUntil(const std::string& name, std::uint64_t count, std::int64_t deadline_ns);

  // Calls `wake` at every change from now on; for loops, which must not block. `wake` must be
  // callable until the board is gone.
  void OnChange(std::function<void()> wake);

 private:
  void Raise(const std::string& name);

  std::function<void(const std::string&)> outward_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::uint64_t> counts_;
  std::vector<std::function<void()>> wakes_;
  std::vector<std::function<void(const std::string&)>> listeners_;
};

}  // namespace tcplab
