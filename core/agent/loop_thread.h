// A libuv loop on a thread of its own, which the agent's main thread can hand work to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/net/handle.h"

namespace tcplab {

// Made and destroyed by the main thread. Whatever is made on the loop must be destroyed before
// this, after Stop.
class LoopThread {
 public:
  LoopThread();
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  Status Start();

  // Runs `work` on the loop's thread and returns when it is done. Before Start and after Stop it
  // runs here.
  void Run(const std::function<void()>& work);

  void Stop();

  // Whether the caller is the loop's thread.
  [[nodiscard]] bool IsCurrent() const { return std::this_thread::get_id() == id_.load(); }

  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  void OnWake();

  Loop loop_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<const std::function<void()>*> work_;  // guarded by mutex_
  bool stopping_ = false;                           // guarded by mutex_
  std::optional<AsyncWake> wake_;
  std::optional<Thread> thread_;
  std::atomic<std::thread::id> id_;
};

}  // namespace tcplab
