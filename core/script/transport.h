// What an actor makes its calls on: one connection's worth of socket, raw or libuv's.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "core/net/recorded_calls.h"
#include "core/net/syscalls.h"
#include "core/trace/recorder.h"

namespace tcplab {

// Owned by its actor's host (a thread or a loop), used by that host's thread only. Calls return at
// once with EAGAIN where an endpoint does not block.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] virtual bool is_open() const = 0;

  // Whether this endpoint's calls block, so that only a deadline makes a wait before them
  // necessary.
  [[nodiscard]] virtual bool blocking() const = 0;
  // Whether a recv is made only once the socket was found readable (one call a wake).
  [[nodiscard]] virtual bool waits_before_recv() const = 0;

  virtual CallResult Open(const EventContext& at, bool ipv6) = 0;
  // One connect(2). `bounded`: the caller has a deadline, so it must not block; then EINPROGRESS is
  // the answer, and ConcludeConnect follows once the socket is writable.
  virtual CallResult Connect(const EventContext& at, const Address& target, bool bounded) = 0;
  virtual CallResult ConcludeConnect(const EventContext& at) = 0;
  // The local address becomes known to the trace, and calls block again where they should.
  virtual void Established(const EventContext& at) = 0;

  virtual CallResult Bind(const EventContext& at, const Address& address) = 0;
  virtual CallResult Listen(const EventContext& at, int backlog) = 0;
  // The connection becomes `into`'s, which is of this one's kind and not open. `number`: the
  // socket's, for the trace.
  virtual CallResult Accept(const EventContext& at, Transport& into, std::uint32_t number) = 0;
  // The address that the socket has itself.
  virtual CallResult LocalAddress(const EventContext& at, Address& address) = 0;

  virtual CallResult Recv(const EventContext& at, std::span<char> buffer,
                          const MessageMode& mode) = 0;
  virtual CallResult Send(const EventContext& at, std::string_view bytes,
                          const MessageMode& mode) = 0;
  virtual CallResult Shutdown(const EventContext& at, ShutdownSide side) = 0;
  virtual CallResult Close(const EventContext& at) = 0;
  virtual CallResult LingerZero(const EventContext& at) = 0;
  virtual Result<CallResult> SetOption(const EventContext& at, std::string_view name,
                                       std::int64_t value) = 0;
  virtual Result<CallResult> SetTextOption(const EventContext& at, std::string_view name,
                                           std::string_view text) = 0;
  virtual Result<OptionValue> GetOption(const EventContext& at, std::string_view name) = 0;
  virtual Result<CallResult> Sample(const EventContext& at, std::string_view field) = 0;

  // Takes a connected socket, which is non-blocking exactly when the transport does not block.
  virtual void Adopt(NativeSocket socket) = 0;

  // Blocking endpoints: waits for readiness or the deadline, as SysPoll.
  virtual CallResult WaitReady(const EventContext& at, Ready ready, std::int64_t deadline_ns) = 0;
  // Loop endpoints: calls the ready callback, on the loop's thread, at every wake until disarmed.
  virtual void Arm(Ready ready) = 0;
  virtual void Disarm() = 0;
  void OnReady(std::function<void()> callback) { on_ready_ = std::move(callback); }

 protected:
  void CallReady() const {
    if (on_ready_) on_ready_();
  }

 private:
  std::function<void()> on_ready_;
};

}  // namespace tcplab
