#include "core/agent/blocking_server.h"

#include <utility>

#include "core/base/clock.h"
#include "core/script/actor.h"
#include "core/script/blocking_host.h"
#include "core/script/sockets.h"

namespace tcplab {
namespace {

constexpr Recorder::Capacity kCloserCapacity{.events = 8, .addresses = 0, .payload = 0};

}  // namespace

BlockingServer::BlockingServer(ServerContext& context)
    : context_(context),
      acceptor_recorder_(context.handler_capacity),
      acceptor_calls_(acceptor_recorder_),
      closer_recorder_(kCloserCapacity),
      closer_calls_(closer_recorder_) {}

Result<Address> BlockingServer::Open() {
  Result<Address> address =
      listener_.Open(context_.spec.listen, Blocking::kYes, context_.main_calls);
  if (!address) return address;
  const bool listens = context_.spec.listen.mode == ListenMode::kListen;
  if (listens && context_.spec.accept.model != AcceptModel::kNever) {
    // It sits in accept before any client is there, as a textbook's server does.
    Result<Thread> thread = Thread::Start([this] { AcceptLoop(); });
    if (!thread) return Forward(thread);
    acceptor_.emplace(std::move(*thread));
  }
  return address;
}

Status BlockingServer::Go(std::int64_t go_ns) {
  {
    const std::lock_guard lock(go_mutex_);
    go_ns_ = go_ns;
    gone_.notify_all();
  }
  if (const auto close_after_ms = context_.spec.listen.close_after_ms) {
    const std::int64_t when_ns = go_ns + MsToNs(*close_after_ms);
    Result<Thread> thread = Thread::Start([this, when_ns] { CloseListenerAt(when_ns); });
    if (!thread) return Forward(thread);
    closer_.emplace(std::move(*thread));
  }
  return {};
}

void BlockingServer::AwaitItsTime() {
  const double after_ms = context_.spec.accept.after_ms;
  if (after_ms <= 0) return;
  std::unique_lock lock(go_mutex_);
  gone_.wait(lock, [this] { return go_ns_ != 0; });
  const std::int64_t from_ns = go_ns_ + MsToNs(after_ms);
  lock.unlock();
  SysSleepUntil(from_ns);
}

// One connection, made before there is one: what follows accept must not wait for memory.
struct BlockingServer::Service {
  Service(BlockingServer& server, std::uint32_t a_number)
      : number(a_number),
        view(std::make_shared<ActorView>(server.context_.program.socket_count())),
        sockets(MakeRawSockets(server.acceptor_calls_, *view, nullptr)),
        handler(server.SetupFor(*this)) {}
  std::uint32_t number;
  std::shared_ptr<ActorView> view;
  Sockets sockets;
  Actor handler;
};

Actor::Setup BlockingServer::SetupFor(Service& service) {
  Actor::Setup setup = context_.SetupFor(service.number, *service.view);
  setup.sockets = &service.sockets;
  setup.recorder = &acceptor_recorder_;
  return setup;
}

void BlockingServer::AcceptLoop() {
  SysMinimiseTimerSlack();
  SysStartOn(0);
  AwaitItsTime();
  std::optional<Service> service;
  while (!context_.frozen.load() && !listener_.closed()) {
    Address peer;
    const std::uint32_t number = next_number_.load();
    if (!service) service.emplace(*this, number);
    in_accept_.store(true);
    const CallResult accepted =
        acceptor_calls_.Accept(listener_.native(), Blocking::kYes, number, peer);
    in_accept_.store(false);
    if (!accepted.ok()) {
      if (AcceptGoesOn(accepted.error)) continue;
      break;  // shut down, or out of descriptors: what the trace shows is judged later
    }
    next_number_.store(number + 1);
    if (context_.frozen.load())
      break;  // it came after the freeze: counted by its stamp, served by nobody
    Serve(*service, static_cast<NativeSocket>(accepted.value));
    service.reset();
  }
  acceptor_over_.store(true);
}

void BlockingServer::Serve(Service& service, NativeSocket socket) {
  service.sockets.front()->Adopt(socket);
  {
    const std::lock_guard lock(current_mutex_);
    current_ = service.view;
    current_number_ = service.number;
  }
  RunBlocking(service.handler, context_.signals);
  CloseAll(service.sockets, service.number);
}

void BlockingServer::CloseListenerAt(std::int64_t when_ns) {
  SysMinimiseTimerSlack();
  SysSleepUntil(when_ns);
  if (context_.frozen.load()) return;
  // While a thread sits in accept, close alone would leave the socket listening: the call holds it
  // open.
  if (in_accept_.load()) listener_.Shutdown(closer_calls_);
  listener_.Close(closer_calls_);
}

void BlockingServer::Freeze() {
  {
    const std::lock_guard lock(current_mutex_);
    if (current_ != nullptr && !current_->ended.load(std::memory_order_acquire)) {
      const std::int64_t now_ns = MonotonicNs();
      context_.main_calls.recorder().Add(Op::kState, {current_number_, current_->step.load(), 0}, 0,
                                         now_ns, now_ns,
                                         static_cast<std::int64_t>(SocketState::kEstablished));
    }
  }
  listener_.RecordQueue(context_.main_calls);
}

void BlockingServer::Drain() { listener_.Drain(context_.main_calls, next_number_.load()); }

void BlockingServer::Finish() {
  listener_.Shutdown(context_.main_calls);
  if (!acceptor_) return;
  // Usually at once. A handler that still sleeps or awaits keeps its thread: the process ends
  // without it.
  constexpr std::int64_t kPatienceNs = 100 * kNsPerMs;
  constexpr std::int64_t kLookNs = kNsPerMs / 20;
  const std::int64_t until_ns = MonotonicNs() + kPatienceNs;
  while (!acceptor_over_.load() && MonotonicNs() < until_ns) SysSleepUntil(MonotonicNs() + kLookNs);
}

std::vector<RecorderTrace> BlockingServer::Take() {
  std::vector<RecorderTrace> traces;
  traces.push_back(acceptor_recorder_.Take());
  traces.push_back(closer_recorder_.Take());
  return traces;
}

}  // namespace tcplab
