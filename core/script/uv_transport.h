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
#include "core/script/actor_view.h"
#include "core/script/program.h"
#include "core/script/transport.h"

namespace tcplab {

// How many bytes a script's reads offer: those of its recv steps, or what libuv suggests.
[[nodiscard]] inline std::size_t UvReadBuffer(const Program& program) {
  constexpr std::size_t kSuggestedByLibuv = 65536;
  return program.recv_buffer() == 0 ? kSuggestedByLibuv : program.recv_buffer();
}

// Lives on the loop's thread. Listening and flags of calls are not offered.
class UvTransport final : public Transport {
 public:
  // `buffer` bytes are offered to every read. `view` shows a client's descriptor to other threads;
  // null for a server's connection. Nothing is owned.
  UvTransport(Loop& loop, RecordedCalls& calls, std::size_t buffer, SocketView* view = nullptr);
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
  void Adopt(NativeSocket socket) override;
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

  CallResult Record(Op op, const EventContext& at, std::uint32_t argument, std::int64_t begin_ns,
                    int status);
  void Show(NativeSocket socket);
  void OnConnected(int status);
  void OnRead(ssize_t nread);
  void OnWritten(const Write& write, int status);
  [[nodiscard]] uv_stream_t* stream();
  [[nodiscard]] NativeSocket native();

  Loop& loop_;
  RecordedCalls& calls_;
  SocketView* view_;
  std::unique_ptr<Handle<uv_tcp_t>> handle_;
  std::uint32_t number_ = 0;
  std::string read_buffer_;
  std::deque<Chunk> chunks_;
  bool reading_ = false;
  std::optional<Ready> armed_;

  // libuv owns the request until its callback, which may come when the transport is gone.
  struct Connecting;
  Connecting* connecting_ = nullptr;
  CallResult connected_;

  Write* writing_ = nullptr;
  std::optional<CallResult> written_;
};

}  // namespace tcplab
