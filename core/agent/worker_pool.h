// The worker processes of one server, as its agent sees them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/agent/agent_process.h"
#include "core/agent/loop_thread.h"
#include "core/agent/server_model.h"

namespace tcplab {

// Lives on `thread`'s loop: private parts and callbacks run there. Methods are called by the main
// thread unless they say otherwise. Workers die with their server agent, whose end closes their
// stdin.
class WorkerPool {
 public:
  // `on_idle`, on the loop: a worker has become ready for a connection.
  WorkerPool(ServerContext& context, LoopThread& thread, std::function<void()> on_idle);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts `count` workers, to each of which goes a plan for `spec`, and waits until all are ready.
  Status Start(std::size_t count, const nlohmann::json& server);
  // One more, without waiting. On the loop.
  void StartOne();

  // An idle worker, which is then not idle any more; null when there is none. On the loop.
  struct Worker;
  Worker* TakeIdle();
  [[nodiscard]] static std::uint32_t NumberOf(const Worker& worker);
  // Gives it a socket, whose descriptor here is closed once it is sent. On the loop.
  void Pass(Worker& worker, NativeSocket socket);
  void PutBack(Worker& worker);  // it got none after all; on the loop

  // Passes each worker a listener, in turn, and waits until each has said that it has it.
  Status PassListeners(const std::vector<NativeSocket>& listeners);

  // To all of them, those of later too.
  void Go(const GoMessage& go);
  void Freeze();
  // Waits until all have recorded where their handlers stand: before the clients end, which the
  // handlers would see.
  void AwaitFrozen();
  // What those that got a socket recorded; a fault of the trial if one does not answer. All workers
  // have then ended and been reaped.
  [[nodiscard]] std::vector<RecorderTrace> Take();

 private:
  void Spawn();
  void OnFrame(Worker& worker, const Frame& frame);
  void OnGone(const Worker& worker, const std::string& why);
  void OnSignal(const std::string& name);
  void Tell(const std::string& signal);
  void Count(std::size_t& counted);
  bool AwaitCount(const std::size_t& counted, std::size_t wanted);
  void AwaitEnds();
  void Fail(const std::string& message) const;

  ServerContext& context_;
  LoopThread& thread_;
  std::function<void()> on_idle_;
  std::vector<std::string> command_;
  nlohmann::json server_;             // what workers are sent
  std::string go_;                    // its payload, once there was one
  std::vector<std::string> signals_;  // given so far, for workers that are started later
  const Worker* giving_ = nullptr;    // whose signal is being given just now

  std::vector<std::unique_ptr<Worker>> workers_;
  std::deque<Worker*> idle_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ready_ = 0;             // "ready" frames so far; guarded by mutex_
  std::size_t frozen_ = 0;            // "frozen" frames so far; guarded by mutex_
  std::size_t traces_ = 0;            // traces so far; guarded by mutex_
  std::size_t ended_ = 0;             // workers reaped after the trial; guarded by mutex_
  std::size_t asked_to_freeze_ = 0;   // the main thread only
  bool taking_ = false;               // workers may end now; the loop's thread only
  std::vector<RecorderTrace> taken_;  // guarded by mutex_
};

}  // namespace tcplab
