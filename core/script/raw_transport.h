// A socket of our own: every method is one recorded system call (design: system calls are ours).
#pragma once

#include "core/net/recorded_calls.h"
#include "core/net/socket_watchers.h"
#include "core/script/actor_view.h"
#include "core/script/transport.h"

namespace tcplab {

// Blocking without a loop, non-blocking with one. Does not close its socket when it is destroyed: a
// client's stays open until its agent ends, and a handler's is closed by its host.
class RawTransport final : public Transport, private ReadyListener {
 public:
  // `watchers` of the loop that it lives on; null: blocking calls. None of the arguments is owned.
  RawTransport(RecordedCalls& calls, SocketView& view, SocketWatchers* watchers)
      : calls_(calls), view_(view), watchers_(watchers) {}
  ~RawTransport() override { Disarm(); }
  RawTransport(const RawTransport&) = delete;
  RawTransport& operator=(const RawTransport&) = delete;

  void Adopt(NativeSocket socket) override;

  [[nodiscard]] bool is_open() const override { return socket_ != kNoSocket; }
  [[nodiscard]] bool blocking() const override { return watchers_ == nullptr; }
  [[nodiscard]] bool waits_before_recv() const override { return watchers_ != nullptr; }

  CallResult Open(const EventContext& at, bool ipv6) override;
  CallResult Connect(const EventContext& at, const Address& target, bool bounded) override;
  CallResult ConcludeConnect(const EventContext& at) override;
  void Established(const EventContext& at) override;
  CallResult Bind(const EventContext& at, const Address& address) override;
  CallResult Listen(const EventContext& at, int backlog) override;
  CallResult Accept(const EventContext& at, Transport& into, std::uint32_t number) override;
  CallResult LocalAddress(const EventContext& at, Address& address) override;
  CallResult Recv(const EventContext& at, std::span<char> buffer, const MessageMode& mode) override;
  CallResult Send(const EventContext& at, std::string_view bytes, const MessageMode& mode) override;
  CallResult Shutdown(const EventContext& at, ShutdownSide side) override;
  CallResult Close(const EventContext& at) override;
  CallResult LingerZero(const EventContext& at) override;
  Result<CallResult> SetOption(const EventContext& at, std::string_view name,
                               std::int64_t value) override;
  Result<CallResult> SetTextOption(const EventContext& at, std::string_view name,
                                   std::string_view text) override;
  Result<OptionValue> GetOption(const EventContext& at, std::string_view name) override;
  Result<CallResult> Sample(const EventContext& at, std::string_view field) override;
  CallResult WaitReady(const EventContext& at, Ready ready, std::int64_t deadline_ns) override;
  void Arm(Ready ready) override;
  void Disarm() override;

 private:
  void OnSocketReady() override { CallReady(); }
  void SetSocket(NativeSocket socket);
  CallResult EnsureNonBlocking(const EventContext& at);

  RecordedCalls& calls_;
  SocketView& view_;
  SocketWatchers* watchers_;
  NativeSocket socket_ = kNoSocket;
  bool non_blocking_ = false;
  bool named_ = false;  // the trace has the local address
};

}  // namespace tcplab
