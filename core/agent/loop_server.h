// `never`, `iterative` and `event_loop` on one libuv loop with raw non-blocking sockets.
#pragma once

#include <optional>

#include "core/agent/loop_handlers.h"
#include "core/agent/loop_thread.h"
#include "core/agent/server_model.h"

namespace tcplab {

class LoopServer final : public ServerModel {
 public:
  explicit LoopServer(ServerContext& context);
  ~LoopServer() override;

  Result<Address> Open() override;
  Status Go(std::int64_t go_ns) override;
  void Freeze() override;
  void Drain() override;
  void Finish() override;
  [[nodiscard]] std::vector<RecorderTrace> Take() override;

 private:
  void BeginAccepting();
  void OnListenerReadable();
  void OnHandlerFree();
  void CloseListener();

  ServerContext& context_;
  Listener listener_;
  Recorder recorder_;
  RecordedCalls calls_;
  std::uint32_t next_number_ = 0;  // the loop's thread only
  LoopThread thread_;

  // On the loop; destroyed before it.
  std::optional<LoopHost> host_;
  std::optional<LoopHandlers> handlers_;
  std::optional<SocketWatcher> watcher_;
  std::optional<DeadlineTimer> accept_timer_;
  std::optional<DeadlineTimer> close_timer_;
};

}  // namespace tcplab
