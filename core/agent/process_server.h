// Servers of several processes: `process_per_connection`, and workers that are processes.
//
// The agent opens the listener. With process_per_connection it accepts, on a loop, and passes each
// connection to a worker that was started before (uv_write2; its own descriptor is closed once the
// connection is sent). Workers of the other models are passed the listener and accept themselves.
#pragma once

#include <optional>

#include "core/agent/listeners.h"
#include "core/agent/loop_thread.h"
#include "core/agent/server_model.h"
#include "core/agent/worker_pool.h"

namespace tcplab {

class ProcessServer final : public ServerModel {
 public:
  explicit ProcessServer(ServerContext& context);

  Result<Address> Open() override;
  Status Go(std::int64_t go_ns) override;
  void Freeze() override;
  void Drain() override;
  void Finish() override;
  [[nodiscard]] std::vector<RecorderTrace> Take() override;

 private:
  [[nodiscard]] bool AcceptsItself() const;
  [[nodiscard]] nlohmann::json WorkersSpec() const;
  void BeginAccepting();
  void OnListenerReadable();
  void CloseListeners();
  Status AwaitSignal();

  ServerContext& context_;
  Listeners listeners_;
  Recorder recorder_;
  RecordedCalls calls_;
  bool accepting_ = false;  // its time has come; the loop's thread only
  std::optional<Thread> opener_;
  LoopThread thread_;
  WorkerPool pool_;

  // On the loop.
  std::optional<SocketWatcher> watcher_;
  std::optional<DeadlineTimer> accept_timer_;
  std::optional<DeadlineTimer> close_timer_;
};

}  // namespace tcplab
