#include "core/script/raw_transport.h"

namespace tcplab {

void RawTransport::SetSocket(NativeSocket socket) {
  const std::lock_guard lock(view_.mutex);
  view_.socket = socket;
  socket_ = socket;
}

void RawTransport::Adopt(NativeSocket socket) {
  SetSocket(socket);
  non_blocking_ = watchers_ != nullptr;
  named_ = true;  // known by its peer's address
}

CallResult RawTransport::Open(const EventContext& at, bool ipv6) {
  const Blocking mode = watchers_ == nullptr ? Blocking::kYes : Blocking::kNo;
  const CallResult opened = calls_.Socket(at, ipv6, mode);
  if (!opened.ok()) return opened;
  non_blocking_ = watchers_ != nullptr;
  named_ = false;
  SetSocket(static_cast<NativeSocket>(opened.value));
  return opened;
}

CallResult RawTransport::EnsureNonBlocking(const EventContext& at) {
  if (non_blocking_) return {};
  const CallResult result = calls_.SetBlocking(at, socket_, Blocking::kNo);
  non_blocking_ = result.ok();
  return result;
}

CallResult RawTransport::Connect(const EventContext& at, const Address& target, bool bounded) {
  if (bounded) {
    const CallResult unblocked = EnsureNonBlocking(at);
    if (!unblocked.ok()) return unblocked;
  }
  const CallResult result = calls_.Connect(at, socket_, target);
  if (result.error == errors::kInProgress) {
    // The port is known while the connection is being made: a client that never gets further can be
    // joined too.
    Address local;
    named_ = calls_.GetSockName(at, socket_, local).ok();
  }
  return result;
}

CallResult RawTransport::ConcludeConnect(const EventContext& at) {
  return calls_.SoError(at, socket_);
}

void RawTransport::Established(const EventContext& at) {
  if (watchers_ == nullptr && non_blocking_) {
    non_blocking_ = !calls_.SetBlocking(at, socket_, Blocking::kYes).ok();
  }
  if (!named_) {
    Address local;
    named_ = calls_.GetSockName(at, socket_, local).ok();
  }
}

CallResult RawTransport::Bind(const EventContext& at, const Address& address) {
  return calls_.Bind(at, socket_, address);
}

CallResult RawTransport::Listen(const EventContext& at, int backlog) {
  return calls_.Listen(at, socket_, backlog);
}

CallResult RawTransport::Accept(const EventContext& at, Transport& into, std::uint32_t number) {
  Address peer;
  const Blocking mode = blocking() ? Blocking::kYes : Blocking::kNo;
  const CallResult accepted = calls_.AcceptAt(at, socket_, mode, number, peer);
  if (accepted.ok()) into.Adopt(static_cast<NativeSocket>(accepted.value));
  return accepted;
}

CallResult RawTransport::LocalAddress(const EventContext& at, Address& address) {
  return calls_.GetSockName(at, socket_, address);
}

CallResult RawTransport::Recv(const EventContext& at, std::span<char> buffer,
                              const MessageMode& mode) {
  return calls_.Recv(at, socket_, buffer, mode);
}

CallResult RawTransport::Send(const EventContext& at, std::string_view bytes,
                              const MessageMode& mode) {
  return calls_.Send(at, socket_, bytes, mode);
}

CallResult RawTransport::Shutdown(const EventContext& at, ShutdownSide side) {
  return calls_.Shutdown(at, socket_, side);
}

CallResult RawTransport::Close(const EventContext& at) {
  Disarm();  // libuv must let go of a descriptor before it is closed
  // Hidden from other threads first, and then closed without the lock: with SO_LINGER a close can
  // take seconds.
  const NativeSocket closing = socket_;
  SetSocket(kNoSocket);
  return calls_.Close(at, closing);
}

CallResult RawTransport::LingerZero(const EventContext& at) {
  return calls_.LingerZero(at, socket_);
}

Result<CallResult> RawTransport::SetOption(const EventContext& at, std::string_view name,
                                           std::int64_t value) {
  return calls_.SetOption(at, socket_, name, value);
}

Result<CallResult> RawTransport::SetTextOption(const EventContext& at, std::string_view name,
                                               std::string_view text) {
  return calls_.SetTextOption(at, socket_, name, text);
}

Result<OptionValue> RawTransport::GetOption(const EventContext& at, std::string_view name) {
  return calls_.GetOption(at, socket_, name);
}

Result<CallResult> RawTransport::Sample(const EventContext& at, std::string_view field) {
  return calls_.Sample(at, socket_, field);
}

CallResult RawTransport::WaitReady(const EventContext& at, Ready ready, std::int64_t deadline_ns) {
  return calls_.Poll(at, socket_, ready, deadline_ns);
}

void RawTransport::Arm(Ready ready) {
  watchers_->Arm(socket_,
                 ready == Ready::kReadable ? SocketWatcher::kReadable : SocketWatcher::kWritable,
                 *this);
}

void RawTransport::Disarm() {
  if (watchers_ != nullptr && socket_ != kNoSocket) watchers_->Disarm(socket_);
}

}  // namespace tcplab
