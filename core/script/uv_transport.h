// A connection of libuv's own streams: what a libuv application sees. For contrast only:
// uv_read_start reads up to 32 times a wake, and the calls it makes cannot be seen, so that an
// event here is a callback and not a call.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "core/net/handle.h"
#include "core/net/recorded_calls.h"
#include "core/script/transport.h"

namespace tcplab {

// Lives on the loop's thread. Only a server's connections: connecting is not offered.
class UvTransport final : public Transport {
 public:
  // `buffer` bytes are offered to every read. Nothing is owned.
  UvTransport(Loop& loop, RecordedCalls& calls, std::size_t buffer);
  ~UvTransport() override;
  UvTransport(const UvTransport&) = delete;
  UvTransport& operator=(const UvTransport&) = delete;

  // uv_accept on a listening stream. Records the accept with the peer's address.
  CallResult AcceptFrom(uv_tcp_t* listener, std::uint32_t number);

  [[nodiscard]] bool is_open() const override { return handle_ != nullptr; }
  [[nodiscard]] bool blocking() const override { return false; }
  [[nodiscard]] bool waits_before_recv() const override { return false; }

  CallResult Open(const EventContext& at, bool ipv6) override;
  CallResult Connect(const EventContext& at, const Address& target, bool bounded) override;
  CallResult ConcludeConnect(const EventContext& at) override;
  void Established(const EventContext& at) override;
  CallResult Recv(const EventContext& at, std::span<char> buffer) override;
  CallResult Send(const EventContext& at, std::string_view bytes) override;
  CallResult Shutdown(const EventContext& at, ShutdownSide side) override;
  CallResult Close(const EventContext& at) override;
  CallResult LingerZero(const EventContext& at) override;
  Result<CallResult> SetOption(const EventContext& at, std::string_view name,
                               std::int64_t value) override;
  CallResult WaitReady(const EventContext& at, Ready ready, std::int64_t deadline_ns) override;
  void Arm(Ready ready) override;
  void Disarm() override;

 private:
  // What a read callback brought and no recv step has taken.
  struct Chunk {
    std::string bytes;
    CallResult end;  // for an empty chunk: eof (value 0) or an error
  };

  // A write that uv_try_write could not make at once. libuv owns it until its callback, which may
  // come when the transport is gone.
  struct Write;

  void OnRead(ssize_t nread);
  void OnWritten(const Write& write, int status);
  [[nodiscard]] uv_stream_t* stream();
  [[nodiscard]] NativeSocket native();

  Loop& loop_;
  RecordedCalls& calls_;
  std::unique_ptr<Handle<uv_tcp_t>> handle_;
  std::uint32_t number_ = 0;
  std::string read_buffer_;
  std::deque<Chunk> chunks_;
  bool reading_ = false;
  std::optional<Ready> armed_;

  Write* writing_ = nullptr;
  std::optional<CallResult> written_;
};

}  // namespace tcplab
