// `never`, `iterative` and `event_loop` on libuv loops with raw non-blocking sockets: one, or one a
// worker.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/agent/listeners.h"
#include "core/agent/loop_acceptor.h"
#include "core/agent/server_model.h"
#include "core/net/handle.h"

namespace tcplab {

class LoopServer final : public ServerModel {
 public:
  explicit LoopServer(ServerContext& context);

  Result<Address> Open() override;
  Status Go(std::int64_t go_ns) override;
  void Freeze() override;
  void Drain() override;
  void Finish() override;
  [[nodiscard]] std::vector<RecorderTrace> Take() override;

 private:
  Status BeginAccepting(std::int64_t go_ns);
  Status CloseListeners(std::int64_t when_ns);

  ServerContext& context_;
  Listeners listeners_;
  std::vector<std::unique_ptr<LoopAcceptor>> acceptors_;

  Recorder closer_recorder_;
  RecordedCalls closer_calls_;
  std::optional<Thread> closer_;
  std::optional<Thread> opener_;  // waits for the signal after which accepting begins
};

}  // namespace tcplab
