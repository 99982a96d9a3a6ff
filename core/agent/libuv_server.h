// `never`, `iterative` and `event_loop` as a libuv application has them: uv_listen, uv_accept,
// uv_read_start.
//
// uv_listen accepts one connection before it is asked and keeps it for the next uv_accept, so this
// server's queue holds one more than the kernel's (libuv src/unix/stream.c, uv__server_io). That is
// what it is for.
#pragma once

#include <memory>
#include <optional>

#include "core/agent/loop_handlers.h"
#include "core/agent/loop_thread.h"
#include "core/agent/server_model.h"
#include "core/script/uv_transport.h"

namespace tcplab {

class LibuvServer final : public ServerModel {
 public:
  explicit LibuvServer(ServerContext& context);
  ~LibuvServer() override;

  Result<Address> Open() override;
  Status Go(std::int64_t go_ns) override;
  void Freeze() override;
  void Drain() override;
  void Finish() override;
  [[nodiscard]] std::vector<RecorderTrace> Take() override;

 private:
  Result<Address> Listen();
  void OnConnection(int status);
  void AcceptHeld();
  bool AcceptOneHeld();  // false when none may be taken now
  void CloseListener();
  void DrainOnLoop();

  ServerContext& context_;
  Recorder recorder_;
  RecordedCalls calls_;
  std::uint32_t next_number_ = 0;
  // Of which libuv has told, and which were not taken: at most one where it accepts by accept(2),
  // as many as there are where it has asked for them beforehand (AcceptEx).
  std::size_t held_ = 0;
  bool accepting_ = false;
  std::optional<Thread> opener_;  // waits for the signal after which accepting begins
  LoopThread thread_;

  // On the loop; destroyed before it. Used on its thread only once that runs.
  std::optional<LoopHost> host_;
  std::optional<LoopHandlers> handlers_;
  std::unique_ptr<Handle<uv_tcp_t>> listener_;
  std::optional<DeadlineTimer> accept_timer_;
  std::optional<DeadlineTimer> close_timer_;
  std::vector<std::unique_ptr<UvTransport>> drained_;
};

}  // namespace tcplab
