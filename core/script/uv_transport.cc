#include "core/script/uv_transport.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/net/errors.h"

namespace tcplab {
namespace {

CallResult FromUv(std::int64_t status) {
  if (status >= 0) return {status, ErrorCode::kNone};
  return {-1, ErrorFromUv(static_cast<int>(status))};
}

CallResult NotOffered() { return {-1, ErrorCodeOf("ENOTSUP")}; }

uv_buf_t BufferOf(std::string& bytes) {
  return uv_buf_init(bytes.data(), static_cast<unsigned int>(bytes.size()));
}

}  // namespace

// What libuv keeps of a write, with the bytes that it writes.
struct UvTransport::Write {
  uv_write_t request{};
  std::string bytes;
  EventContext at;
  UvTransport* owner = nullptr;  // null once that is gone
};

struct UvTransport::Connecting {
  uv_connect_t request{};
  UvTransport* owner = nullptr;  // null once that is gone
};

UvTransport::UvTransport(Loop& loop, RecordedCalls& calls, std::size_t buffer, SocketView* view)
    : loop_(loop), calls_(calls), view_(view), read_buffer_(buffer, '\1') {}

UvTransport::~UvTransport() {
  if (writing_ != nullptr) writing_->owner = nullptr;
  if (connecting_ != nullptr) connecting_->owner = nullptr;
}

uv_stream_t* UvTransport::stream() {
  // libuv's documented upcast.
  return reinterpret_cast<uv_stream_t*>(
      handle_->get());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

CallResult UvTransport::AcceptFrom(uv_tcp_t* listener, std::uint32_t number) {
  number_ = number;
  handle_ = std::make_unique<Handle<uv_tcp_t>>();
  uv_tcp_init(loop_.get(), handle_->get());
  handle_->set_open();
  handle_->set_owner(this);
  const std::int64_t begin_ns = MonotonicNs();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libuv's documented upcast
  const CallResult result = FromUv(uv_accept(reinterpret_cast<uv_stream_t*>(listener), stream()));
  const std::int64_t end_ns = MonotonicNs();
  std::uint32_t kept = 0;
  if (result.ok()) {
    sockaddr_storage storage{};
    int length = sizeof storage;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface
    if (uv_tcp_getpeername(handle_->get(), reinterpret_cast<sockaddr*>(&storage), &length) == 0) {
      kept = calls_.recorder().KeepAddress(Address::FromSockaddr(storage).Encoded());
    }
  }
  calls_.recorder().Add(Op::kAccept, {}, number, begin_ns, end_ns, result.encoded(), kept);
  if (!result.ok()) handle_.reset();
  return result;
}

CallResult UvTransport::Record(Op op, const EventContext& at, std::uint32_t argument,
                               std::int64_t begin_ns, int status) {
  const CallResult result = FromUv(status);
  calls_.recorder().Add(op, at, argument, begin_ns, MonotonicNs(), result.encoded());
  return result;
}

void UvTransport::Show(NativeSocket socket) {
  if (view_ == nullptr) return;
  const std::lock_guard lock(view_->mutex);
  view_->socket = socket;
}

CallResult UvTransport::Open(const EventContext& at, bool ipv6) {
  handle_ = std::make_unique<Handle<uv_tcp_t>>();
  const std::int64_t begin_ns = MonotonicNs();
  const int status = uv_tcp_init_ex(loop_.get(), handle_->get(), ipv6 ? AF_INET6 : AF_INET);
  if (status == 0) handle_->set_open();  // else libuv has let go of it already
  handle_->set_owner(this);
  number_ = at.actor;
  const CallResult result = Record(Op::kSocket, at, 0, begin_ns, status);
  if (result.ok()) {
    Show(native());
  } else {
    handle_.reset();
  }
  return result;
}

CallResult UvTransport::Bind(const EventContext& at, const Address& address) {
  sockaddr_storage storage{};
  address.ToSockaddr(storage);
  const std::int64_t begin_ns = MonotonicNs();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface
  const auto* const name = reinterpret_cast<const sockaddr*>(&storage);
  return Record(Op::kBind, at, 0, begin_ns, uv_tcp_bind(handle_->get(), name, 0));
}

CallResult UvTransport::Connect(const EventContext& at, const Address& target, bool) {
  sockaddr_storage storage{};
  target.ToSockaddr(storage);
  auto connecting = std::make_unique<Connecting>();
  connecting->owner = this;
  connecting->request.data = connecting.get();
  const std::int64_t begin_ns = MonotonicNs();
  const int status = uv_tcp_connect(
      &connecting->request, handle_->get(),
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface
      reinterpret_cast<const sockaddr*>(&storage), [](uv_connect_t* request, int connected) {
        const std::unique_ptr<Connecting> done(static_cast<Connecting*>(request->data));
        if (done->owner != nullptr) done->owner->OnConnected(connected);
      });
  const std::int64_t end_ns = MonotonicNs();
  // libuv tells of success and of a refusal in its callback only.
  const CallResult result = status == 0 ? CallResult{-1, errors::kInProgress} : FromUv(status);
  calls_.recorder().Add(Op::kConnect, at, 0, begin_ns, end_ns, result.encoded());
  if (status != 0) return result;
  connecting_ = connecting.release();
  Address local;
  calls_.GetSockName(at, native(), local);
  return result;
}

void UvTransport::OnConnected(int status) {
  connecting_ = nullptr;
  if (status == UV_ECANCELED) return;  // closed by us
  connected_ = FromUv(status);
  if (armed_ == Ready::kWritable) CallReady();
}

CallResult UvTransport::ConcludeConnect(const EventContext& at) {
  const std::int64_t now_ns = MonotonicNs();
  calls_.recorder().Add(Op::kSoError, at, 0, now_ns, now_ns, connected_.encoded());
  return connected_;
}

void UvTransport::Established(const EventContext&) {}
CallResult UvTransport::Listen(const EventContext&, int) { return NotOffered(); }
CallResult UvTransport::Accept(const EventContext&, Transport&, std::uint32_t) {
  return NotOffered();
}
CallResult UvTransport::LocalAddress(const EventContext& at, Address& address) {
  return calls_.GetSockName(at, native(), address);
}
void UvTransport::Adopt(NativeSocket) {}
CallResult UvTransport::WaitReady(const EventContext&, Ready, std::int64_t) { return NotOffered(); }

void UvTransport::OnRead(ssize_t nread) {
  if (nread == 0) return;  // EAGAIN inside libuv
  const CallResult result = nread == UV_EOF ? CallResult{} : FromUv(nread);
  const std::int64_t now_ns = MonotonicNs();
  Chunk chunk{{}, result};
  std::uint32_t kept = 0;
  if (result.ok() && result.value > 0) {
    chunk.bytes = read_buffer_.substr(0, static_cast<std::size_t>(result.value));
    kept = calls_.recorder().KeepPayload(chunk.bytes);
  }
  calls_.recorder().Add(Op::kRecv, {number_, kNoStep, 0},
                        static_cast<std::uint32_t>(read_buffer_.size()), now_ns, now_ns,
                        result.encoded(), kept);
  chunks_.push_back(std::move(chunk));
  if (armed_ == Ready::kReadable) CallReady();
}

CallResult UvTransport::Recv(const EventContext&, std::span<char> buffer, const MessageMode& mode) {
  if (mode.flags != 0) return NotOffered();
  if (chunks_.empty()) return {-1, errors::kAgain};
  Chunk& chunk = chunks_.front();
  if (chunk.bytes.empty()) return chunk.end;  // stays: the stream has ended
  const std::size_t size = std::min(buffer.size(), chunk.bytes.size());
  std::memcpy(buffer.data(), chunk.bytes.data(), size);
  chunk.bytes.erase(0, size);
  if (chunk.bytes.empty()) chunks_.pop_front();
  return {static_cast<std::int64_t>(size), ErrorCode::kNone};
}

CallResult UvTransport::Send(const EventContext& at, std::string_view bytes,
                             const MessageMode& mode) {
  if (mode.flags != 0) return NotOffered();
  if (written_) return *std::exchange(written_, std::nullopt);
  if (writing_ != nullptr) return {-1, errors::kAgain};
  auto write = std::make_unique<Write>();
  write->bytes.assign(bytes);
  write->at = at;
  write->owner = this;
  write->request.data = write.get();
  uv_buf_t buffer = BufferOf(write->bytes);
  const std::int64_t begin_ns = MonotonicNs();
  const CallResult result = FromUv(uv_try_write(stream(), &buffer, 1));
  calls_.recorder().Add(Op::kSend, at, static_cast<std::uint32_t>(bytes.size()), begin_ns,
                        MonotonicNs(), result.encoded());
  if (result.error != errors::kAgain) return result;
  // Streams give no sign of being writable, save the callback of a write.
  const int status =
      uv_write(&write->request, stream(), &buffer, 1, [](uv_write_t* request, int written) {
        const std::unique_ptr<Write> done(static_cast<Write*>(request->data));
        if (done->owner != nullptr) done->owner->OnWritten(*done, written);
      });
  if (status != 0) return FromUv(status);
  writing_ = write.release();
  return result;
}

void UvTransport::OnWritten(const Write& write, int status) {
  writing_ = nullptr;
  if (status == UV_ECANCELED) return;  // closed by us
  const auto size = static_cast<std::int64_t>(write.bytes.size());
  written_ = status < 0 ? FromUv(status) : CallResult{size, ErrorCode::kNone};
  const std::int64_t now_ns = MonotonicNs();
  calls_.recorder().Add(Op::kSend, write.at, static_cast<std::uint32_t>(size), now_ns, now_ns,
                        written_->encoded());
  if (armed_ == Ready::kWritable) CallReady();
}

CallResult UvTransport::Shutdown(const EventContext& at, ShutdownSide side) {
  if (side != ShutdownSide::kWrite) return NotOffered();
  const std::int64_t begin_ns = MonotonicNs();
  // libuv owns the request until its callback, which may come when the transport is gone.
  auto request = std::make_unique<uv_shutdown_t>();
  const CallResult result =
      FromUv(uv_shutdown(request.get(), stream(), [](uv_shutdown_t* done, int) {
        const std::unique_ptr<uv_shutdown_t> freed(done);
      }));
  if (result.ok()) static_cast<void>(request.release());
  calls_.recorder().Add(Op::kShutdown, at, 1, begin_ns, MonotonicNs(), result.encoded());
  return result;
}

CallResult UvTransport::Close(const EventContext& at) {
  Show(kNoSocket);
  // What is still under way belongs to the connection that ends here, not to the next one.
  if (connecting_ != nullptr) std::exchange(connecting_, nullptr)->owner = nullptr;
  if (writing_ != nullptr) std::exchange(writing_, nullptr)->owner = nullptr;
  connected_ = {};
  written_.reset();
  reading_ = false;
  chunks_.clear();
  armed_.reset();
  const std::int64_t begin_ns = MonotonicNs();
  handle_.reset();
  calls_.recorder().Add(Op::kClose, at, 0, begin_ns, MonotonicNs(), 0);
  return {};
}

CallResult UvTransport::LingerZero(const EventContext& at) {
  return calls_.LingerZero(at, native());
}

Result<CallResult> UvTransport::SetTextOption(const EventContext& at, std::string_view name,
                                              std::string_view text) {
  return calls_.SetTextOption(at, native(), name, text);
}

Result<OptionValue> UvTransport::GetOption(const EventContext& at, std::string_view name) {
  return calls_.GetOption(at, native(), name);
}

Result<CallResult> UvTransport::Sample(const EventContext& at, std::string_view field) {
  return calls_.Sample(at, native(), field);
}

Result<CallResult> UvTransport::SetOption(const EventContext& at, std::string_view name,
                                          std::int64_t value) {
  return calls_.SetOption(at, native(), name, value);
}

NativeSocket UvTransport::native() { return SocketOf(*handle_); }

void UvTransport::Arm(Ready ready) {
  armed_ = ready;
  if (reading_ || ready != Ready::kReadable) return;
  reading_ = true;
  uv_read_start(
      stream(),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto* owner = static_cast<UvTransport*>(handle->data);
        *buffer = owner == nullptr ? uv_buf_init(nullptr, 0) : BufferOf(owner->read_buffer_);
      },
      [](uv_stream_t* handle, ssize_t nread, const uv_buf_t*) {
        auto* owner = static_cast<UvTransport*>(handle->data);
        if (owner != nullptr) owner->OnRead(nread);
      });
}

void UvTransport::Disarm() { armed_.reset(); }

}  // namespace tcplab
