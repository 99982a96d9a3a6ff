#include "core/agent/libuv_server.h"

#include <utility>

#include "core/base/clock.h"
#include "core/net/errors.h"

namespace tcplab {
namespace {

tl::unexpected<Error> CallFailed(const char* call, const ListenSpec& spec, int status) {
  return HarnessFault(std::string(call) + " " + spec.address + " port " +
                      std::to_string(spec.port) + ": " +
                      std::string(ErrorName(ErrorFromUv(status))));
}

}  // namespace

LibuvServer::LibuvServer(ServerContext& context)
    : context_(context), recorder_(context.handler_capacity), calls_(recorder_) {}

LibuvServer::~LibuvServer() { thread_.Stop(); }

Result<Address> LibuvServer::Open() {
  host_.emplace(thread_.loop(), context_.signals);
  handlers_.emplace(context_, *host_, recorder_, [this] { AcceptHeld(); });
  Result<Address> address = Listen();
  if (!address) return address;
  if (Status started = thread_.Start(); !started) return Forward(started);
  return address;
}

Result<Address> LibuvServer::Listen() {
  const ListenSpec& spec = context_.spec.listen;
  Result<Address> address = Address::Parse(spec.address, spec.port);
  if (!address) return address;
  listener_ = std::make_unique<Handle<uv_tcp_t>>();
  // The socket is made now, and not by uv_tcp_bind: options come before that.
  const unsigned family = address->is_ipv6() ? AF_INET6 : AF_INET;
  if (const int status = uv_tcp_init_ex(thread_.loop().get(), listener_->get(), family);
      status != 0) {
    return CallFailed("uv_tcp_init_ex for", spec, status);
  }
  listener_->set_open();
  listener_->set_owner(this);
  if (Status set = SetListenOptions(spec, SocketOf(*listener_), calls_); !set) return Forward(set);

  sockaddr_storage storage{};
  address->ToSockaddr(storage);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface
  auto* const name = reinterpret_cast<sockaddr*>(&storage);
  if (const int status = uv_tcp_bind(listener_->get(), name, 0); status != 0) {
    return CallFailed("uv_tcp_bind to", spec, status);
  }
  if (spec.mode == ListenMode::kListen) {
    const std::int64_t begin_ns = MonotonicNs();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libuv's documented upcast
    const int status = uv_listen(reinterpret_cast<uv_stream_t*>(listener_->get()), spec.backlog,
                                 [](uv_stream_t* handle, int result) {
                                   auto* owner = static_cast<LibuvServer*>(handle->data);
                                   if (owner != nullptr) owner->OnConnection(result);
                                 });
    calls_.recorder().Add(Op::kListen, {}, static_cast<std::uint32_t>(spec.backlog), begin_ns,
                          MonotonicNs(), -static_cast<std::int64_t>(ErrorFromUv(status)));
    if (status != 0) return CallFailed("uv_listen on", spec, status);
    // What the first look has to find out shall not be found out at the freeze.
    static_cast<void>(SysAcceptQueue(SocketOf(*listener_)));
  }
  int length = sizeof storage;
  if (const int status = uv_tcp_getsockname(listener_->get(), name, &length); status != 0) {
    return CallFailed("uv_tcp_getsockname of", spec, status);
  }
  return Address::FromSockaddr(storage);
}

Status LibuvServer::Go(std::int64_t go_ns) {
  thread_.Run([this, go_ns] {
    if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
      close_timer_.emplace(thread_.loop(), [this] { CloseListener(); });
      close_timer_->Set(go_ns + MsToNs(*close_after_ms));
    }
    if (context_.spec.accept.model == AcceptModel::kNever) return;
    accept_timer_.emplace(thread_.loop(), [this] {
      accepting_ = true;
      AcceptHeld();
    });
    if (context_.spec.accept.await) return;
    accept_timer_->Set(go_ns + MsToNs(context_.spec.accept.after_ms));
    accepting_ = context_.spec.accept.after_ms <= 0;
  });
  if (!context_.spec.accept.await) return {};
  Result<Thread> thread = Thread::Start([this] {
    context_.signals.WaitUntil(*context_.spec.accept.await, 1, 0);
    thread_.Run(
        [this] { accept_timer_->Set(MonotonicNs() + MsToNs(context_.spec.accept.after_ms)); });
  });
  if (!thread) return Forward(thread);
  opener_.emplace(std::move(*thread));
  return {};
}

void LibuvServer::OnConnection(int status) {
  if (status < 0) return;
  ++held_;
  AcceptHeld();
}

void LibuvServer::AcceptHeld() {
  while (held_ > 0 && AcceptOneHeld()) {
  }
}

bool LibuvServer::AcceptOneHeld() {
  const bool busy = context_.spec.accept.model == AcceptModel::kIterative && handlers_->busy();
  if (!accepting_ || busy || context_.frozen.load() || !context_.MayAccept()) return false;
  --held_;  // taken now; libuv may tell of the next from within uv_accept's poll
  auto transport =
      std::make_unique<UvTransport>(thread_.loop(), calls_, UvReadBuffer(context_.program));
  const std::uint32_t number = next_number_;
  if (!transport->AcceptFrom(listener_->get(), number).ok()) {
    context_.DidNotAccept();
    return false;
  }
  ++next_number_;
  Sockets sockets;
  sockets.push_back(std::move(transport));
  while (sockets.size() < context_.program.socket_count()) {
    sockets.push_back(
        std::make_unique<UvTransport>(thread_.loop(), calls_, UvReadBuffer(context_.program)));
  }
  handlers_->Serve(number, std::move(sockets), std::make_unique<ActorView>());
  return true;
}

void LibuvServer::CloseListener() {
  if (context_.frozen.load() || listener_ == nullptr) return;
  const std::int64_t begin_ns = MonotonicNs();
  listener_.reset();
  held_ = 0;
  calls_.recorder().Add(Op::kClose, {}, 0, begin_ns, MonotonicNs(), 0);
}

void LibuvServer::Freeze() {
  thread_.Run([this] {
    handlers_->RecordStates(recorder_);
    if (listener_ == nullptr) return;
    const std::int64_t begin_ns = MonotonicNs();
    const std::optional<AcceptQueue> queue = SysAcceptQueue(SocketOf(*listener_));
    if (queue) recorder_.Add(Op::kQueue, {}, queue->limit, begin_ns, MonotonicNs(), queue->length);
  });
}

void LibuvServer::Drain() {
  thread_.Run([this] { DrainOnLoop(); });
}

void LibuvServer::DrainOnLoop() {
  if (listener_ == nullptr) return;
  for (; held_ > 0; --held_) {
    auto held =
        std::make_unique<UvTransport>(thread_.loop(), calls_, UvReadBuffer(context_.program));
    if (held->AcceptFrom(listener_->get(), next_number_).ok()) {
      ++next_number_;
      drained_.push_back(std::move(held));
    }
  }
  // The rest is the kernel's queue. The descriptor is libuv's, and non-blocking already.
  const NativeSocket listening = SocketOf(*listener_);
  constexpr std::uint32_t kMostDrained = 1U << 20U;  // a bound, not a limit
  for (std::uint32_t i = 0; i < kMostDrained; ++i) {
    Address peer;
    const CallResult accepted = calls_.Accept(listening, Blocking::kNo, next_number_ + i, peer);
    if (!accepted.ok() && !AcceptGoesOn(accepted.error)) return;
  }
}

void LibuvServer::Finish() {}  // no thread sits in accept; the listener ends with the process

std::vector<RecorderTrace> LibuvServer::Take() {
  std::vector<RecorderTrace> traces;
  traces.push_back(recorder_.Take());
  return traces;
}

}  // namespace tcplab
