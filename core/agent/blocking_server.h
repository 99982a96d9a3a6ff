// `never`, `iterative` and `thread_per_connection` with blocking calls: one acceptor, or several
// workers.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/agent/acceptor.h"
#include "core/agent/listeners.h"
#include "core/agent/server_model.h"
#include "core/agent/start_gate.h"

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
  Status StartAcceptors();
  void CloseListenersAt(std::int64_t when_ns);
  [[nodiscard]] bool AnyInAccept() const;
  void InterruptAcceptors();

  ServerContext& context_;
  Listeners listeners_;
  StartGate gate_;
  LiveConnections live_;
  std::optional<ConnectionThreads> threads_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;

  Recorder closer_recorder_;
  RecordedCalls closer_calls_;
  std::optional<Thread> closer_;
};

}  // namespace tcplab
