#include "core/agent/snapshot.h"

#include "core/base/clock.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

// A client whose connect has begun but whose socket or port is not there yet gets this long to get
// them.
constexpr std::int64_t kSecondLookNs = 20'000;
constexpr int kLooks = 50;

struct Sight {
  SocketState state = SocketState::kNotStarted;
  std::uint32_t tcp_state = 0;
  Address local;
};

// Where the kernel tells no state, it has concluded the connect of a socket that can be written to.
// (Of a connection that was reset, FreeBSD tells none: ECONNRESET, tcp_ctloutput().)
constexpr std::uint32_t kClosed = 7;

bool StillConnects(NativeSocket socket, std::uint32_t tcp_state) {
  constexpr std::uint32_t kSynSent = 2;  // as Linux numbers the states
  constexpr std::int64_t kLongAgoNs = 1;
  if (tcp_state != 0) return tcp_state == kSynSent;
  return SysPoll(socket, Ready::kWritable, kLongAgoNs).value != 1;
}

Sight LookAt(FleetClient& client) {
  Sight sight;
  const bool connecting = client.view->connecting.load(std::memory_order_seq_cst);
  if (!connecting) return sight;
  SocketView& view = client.view->sockets[client.view->primary.load()];
  const std::lock_guard lock(view.mutex);
  const NativeSocket socket = view.socket;
  if (socket == kNoSocket) {
    sight.state = SocketState::kClosed;
    return sight;
  }
  SysGetSockName(socket, sight.local);
  sight.tcp_state = SysTcpState(socket).value_or(0);
  Address peer;
  // Windows goes on naming the peer of a connection that was reset.
  if (sight.tcp_state != kClosed && SysGetPeerName(socket, peer).ok()) {
    sight.state = SocketState::kEstablished;
  } else if (sight.local.port() == 0 || StillConnects(socket, sight.tcp_state)) {
    sight.state =
        SocketState::kConnecting;  // without a port, the connect has not reached the kernel
  } else {
    sight.state = SocketState::kNotConnected;
  }
  return sight;
}

// Between the actor's "I am connecting" and the kernel's knowing of it lie a few instructions.
bool NeedsSecondLook(const FleetClient& client, const Sight& sight) {
  return client.view->connecting.load() && sight.state != SocketState::kClosed &&
         sight.local.port() == 0;
}

}  // namespace

void RecordStates(FleetContext& context, Recorder& recorder) {
  for (FleetClient& client : context.clients) {
    const std::int64_t begin_ns = MonotonicNs();
    Sight sight = LookAt(client);
    for (int look = 0; look < kLooks && NeedsSecondLook(client, sight); ++look) {
      SysSleepUntil(MonotonicNs() + kSecondLookNs);
      sight = LookAt(client);
    }
    const std::uint32_t kept =
        sight.local.valid() ? recorder.KeepAddress(sight.local.Encoded()) : 0;
    const std::uint16_t step =
        client.view->ended.load(std::memory_order_acquire) ? kNoStep : client.view->step.load();
    recorder.Add(Op::kState, {client.number, step, 0}, sight.tcp_state, begin_ns, MonotonicNs(),
                 static_cast<std::int64_t>(sight.state), kept);
  }
}

void ResetOnExit(FleetContext& context) {
  for (FleetClient& client : context.clients) {
    for (SocketView& view : client.view->sockets) {
      const std::lock_guard lock(view.mutex);
      if (view.socket != kNoSocket) SysLingerZero(view.socket);
    }
  }
}

}  // namespace tcplab
