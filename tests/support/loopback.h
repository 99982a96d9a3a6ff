// Real sockets on the loopback, for tests: ports of the system's choice, closed by their owners.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

#include "core/net/address.h"
#include "core/net/syscalls.h"
#include "tests/support/eventually.h"

namespace tcplab {

// A call on a connection that has ended returns EPIPE in a test too, and does not end it.
inline const bool kBrokenPipesAreErrors = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;

// A socket that closes itself. Owned by the test.
class TestSocket {
 public:
  TestSocket() = default;
  explicit TestSocket(NativeSocket socket) : socket_(socket) {}
  explicit TestSocket(const CallResult& made)
      : socket_(made.ok() ? static_cast<NativeSocket>(made.value) : kNoSocket) {
    EXPECT_TRUE(made.ok()) << ErrorName(made.error);
  }
  TestSocket(TestSocket&& other) noexcept : socket_(other.Release()) {}
  TestSocket& operator=(TestSocket&& other) noexcept {
    Close();
    socket_ = other.Release();
    return *this;
  }
  TestSocket(const TestSocket&) = delete;
  TestSocket& operator=(const TestSocket&) = delete;
  ~TestSocket() { Close(); }

  [[nodiscard]] NativeSocket get() const { return socket_; }
  [[nodiscard]] NativeSocket Release() { return std::exchange(socket_, kNoSocket); }
  void Close() {
    if (socket_ != kNoSocket) SysClose(Release());
  }
  // Ends the connection with RST.
  void Abort() {
    SysLingerZero(socket_);
    Close();
  }

 private:
  NativeSocket socket_ = kNoSocket;
};

inline Address Loopback(std::uint16_t port = 0) { return *Address::Parse("127.0.0.1", port); }

inline TestSocket NewSocket(Blocking blocking = Blocking::kYes) {
  return TestSocket(SysSocket(false, blocking));
}

inline TestSocket ConnectTo(const Address& target) {
  TestSocket socket = NewSocket();
  EXPECT_TRUE(SysConnect(socket.get(), target).ok());
  return socket;
}

// Whether the system may keep to itself what its kernel knows of a socket. Linux tells all of it,
// so that no test is skipped there.
[[nodiscard]] inline bool MayNotTell() { return !SysShutdownEndsListening(); }

// Whether the accept queue gets as long, or where the system does not tell (SysAcceptQueue),
// whether there is something in it. On the loopback of Linux a connection is in it when connect
// returns.
[[nodiscard]] inline bool QueueBecomes(NativeSocket listener, std::uint32_t length) {
  if (MayNotTell() && !SysAcceptQueue(listener)) {
    return SysPoll(listener, Ready::kReadable, MonotonicNs() + kTestPatienceNs).value == 1;
  }
  return Eventually(
      [&] { return SysAcceptQueue(listener).value_or(AcceptQueue{}).length == length; });
}

// Whether the socket has a peer: it is established.
[[nodiscard]] inline bool HasPeer(NativeSocket socket) {
  Address peer;
  return SysGetPeerName(socket, peer).ok();
}

// Listens on 127.0.0.1, with a port that the system chose.
class TestListener {
 public:
  explicit TestListener(int backlog = 16, Blocking blocking = Blocking::kYes)
      : socket_(NewSocket(blocking)) {
    EXPECT_TRUE(SysBind(socket_.get(), Loopback()).ok());
    EXPECT_TRUE(SysListen(socket_.get(), backlog).ok());
    EXPECT_TRUE(SysGetSockName(socket_.get(), address_).ok());
  }
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] NativeSocket get() const { return socket_.get(); }
  [[nodiscard]] TestSocket Connect() const { return ConnectTo(address_); }
  [[nodiscard]] TestSocket Accept(Blocking blocking = Blocking::kYes) const {
    Address peer;
    EXPECT_TRUE(SysPoll(get(), Ready::kReadable, MonotonicNs() + kTestPatienceNs).value == 1);
    return TestSocket(SysAccept(get(), blocking, peer));
  }
  [[nodiscard]] std::uint32_t QueueLength() const {
    return SysAcceptQueue(get()).value_or(AcceptQueue{}).length;
  }
  void Close() { socket_.Close(); }

 private:
  TestSocket socket_;
  Address address_;
};

// Both ends of a connection.
struct TestConnection {
  explicit TestConnection(Blocking server_blocking = Blocking::kYes) {
    const TestListener listener;
    client = listener.Connect();
    server = listener.Accept(server_blocking);
  }
  TestSocket client;
  TestSocket server;
};

// An address at which nobody listens and nobody else can: bound for as long as this lives.
class DeadPort {
 public:
  DeadPort() : socket_(NewSocket()) {
    EXPECT_TRUE(SysBind(socket_.get(), Loopback()).ok());
    EXPECT_TRUE(SysGetSockName(socket_.get(), address_).ok());
  }
  [[nodiscard]] const Address& address() const { return address_; }

 private:
  TestSocket socket_;
  Address address_;
};

// A listener whose queue is full, so that every further connect stays pending: its SYN is dropped.
class FullListener {
 public:
  FullListener() : listener_(0), filler_(listener_.Connect()) {
    EXPECT_TRUE(QueueBecomes(listener_.get(), 1));
  }
  [[nodiscard]] const Address& address() const { return listener_.address(); }

 private:
  TestListener listener_;
  TestSocket filler_;
};

// Exactly `size` bytes, or what came before the end of the stream.
inline std::string ReadBytes(NativeSocket socket, std::size_t size) {
  std::string bytes;
  std::array<char, 4096> buffer{};
  while (bytes.size() < size) {
    if (SysPoll(socket, Ready::kReadable, MonotonicNs() + kTestPatienceNs).value != 1) break;
    const std::size_t wanted = std::min(buffer.size(), size - bytes.size());
    const CallResult got = SysRecv(socket, std::span(buffer).first(wanted));
    if (!got.ok() || got.value == 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(got.value));
  }
  return bytes;
}

inline void WriteBytes(NativeSocket socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const CallResult sent = SysSend(socket, bytes);
    ASSERT_TRUE(sent.ok()) << ErrorName(sent.error);
    bytes.remove_prefix(static_cast<std::size_t>(sent.value));
  }
}

}  // namespace tcplab
