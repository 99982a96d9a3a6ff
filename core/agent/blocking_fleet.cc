// A thread per client, with blocking calls: what one textbook client does, many times over.
#include <condition_variable>
#include <mutex>
#include <utility>

#include "core/agent/fleet.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/placement.h"
#include "core/script/actor.h"
#include "core/script/blocking_host.h"
#include "core/script/sockets.h"

namespace tcplab {
namespace {

class BlockingFleet final : public Fleet {
 public:
  explicit BlockingFleet(FleetContext& context) : context_(context) {}

  // The threads are there before the trial begins, and wait for it.
  Status Prepare() override {
    for (FleetClient& client : context_.clients) {
      if (client.io != Io::kBlocking) continue;
      seats_.push_back(std::make_unique<Seat>(context_.each, client));
    }
    for (const std::unique_ptr<Seat>& seat : seats_) {
      Result<Thread> thread = Thread::Start([this, raw = seat.get()] { RunClient(*raw); });
      if (!thread) return Forward(thread);
      threads_.push_back(std::move(*thread));
    }
    return {};
  }

  Status Go(std::int64_t go_ns) override {
    const std::lock_guard lock(mutex_);
    go_ns_ = go_ns;
    gone_.notify_all();
    return {};
  }

  std::vector<RecorderTrace> Take() override {
    std::vector<RecorderTrace> traces;
    traces.reserve(seats_.size());
    for (const std::unique_ptr<Seat>& seat : seats_) traces.push_back(seat->recorder.Take());
    return traces;
  }

 private:
  // Where one client sits: its recorder, its calls, its socket.
  struct Seat {
    Seat(const Recorder::Capacity& capacity, FleetClient& a_client)
        : client(a_client),
          recorder(capacity),
          calls(recorder),
          sockets(MakeRawSockets(calls, *client.view, nullptr)) {}
    FleetClient& client;
    Recorder recorder;
    RecordedCalls calls;
    Sockets sockets;
  };

  void RunClient(Seat& seat) {
    SysMinimiseTimerSlack();
    StartOn(seat.client.number + std::size_t{1});  // a server that blocks starts on the first
    Actor::Setup setup = context_.SetupFor(seat.client);
    setup.sockets = &seat.sockets;
    setup.recorder = &seat.recorder;
    Actor actor(setup);
    std::int64_t from_ns = WaitForGo();
    if (const std::optional<AwaitStep>& start = seat.client.start_signal) {
      context_.signals->WaitUntil(start->signal, start->count, 0);
      from_ns = MonotonicNs();
    }
    SysSleepUntil(from_ns + seat.client.start_after_ns);
    RunBlocking(actor, *context_.signals);
    context_.OneOver();
  }

  std::int64_t WaitForGo() {
    std::unique_lock lock(mutex_);
    gone_.wait(lock, [this] { return go_ns_ != 0; });
    return go_ns_;
  }

  FleetContext& context_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::vector<Thread> threads_;
  std::mutex mutex_;
  std::condition_variable gone_;
  std::int64_t go_ns_ = 0;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Fleet> MakeBlockingFleet(FleetContext& context) {
  return std::make_unique<BlockingFleet>(context);
}

}  // namespace tcplab
