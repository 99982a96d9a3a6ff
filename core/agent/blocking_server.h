// `never` and `iterative` with blocking calls: one thread that accepts, serves, and accepts the
// next.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "core/agent/server_model.h"
#include "core/net/handle.h"
#include "core/script/actor.h"
#include "core/script/actor_view.h"

namespace tcplab {

class BlockingServer final : public ServerModel {
 public:
  explicit BlockingServer(ServerContext& context);

  Result<Address> Open() override;
  Status Go(std::int64_t go_ns) override;
  void Freeze() override;
  void Drain() override;
  void Finish() override;
  [[nodiscard]] std::vector<RecorderTrace> Take() override;

 private:
  struct Service;

  void AcceptLoop();
  void AwaitItsTime();
  void Serve(Service& service, NativeSocket socket);
  Actor::Setup SetupFor(Service& service);
  void CloseListenerAt(std::int64_t when_ns);

  ServerContext& context_;
  Listener listener_;
  Recorder acceptor_recorder_;
  RecordedCalls acceptor_calls_;
  Recorder closer_recorder_;
  RecordedCalls closer_calls_;
  std::optional<Thread> acceptor_;
  std::optional<Thread> closer_;

  std::atomic<bool> in_accept_{false};
  std::atomic<bool> acceptor_over_{false};
  std::atomic<std::uint32_t> next_number_{0};

  std::mutex go_mutex_;
  std::condition_variable gone_;
  std::int64_t go_ns_ = 0;  // guarded by go_mutex_

  std::mutex current_mutex_;
  std::shared_ptr<ActorView> current_;  // of the connection being served; guarded by current_mutex_
  std::uint32_t current_number_ = 0;
};

}  // namespace tcplab
