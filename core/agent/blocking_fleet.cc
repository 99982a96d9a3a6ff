// A thread per client, with blocking calls: what one textbook client does, many times over.
#include <condition_variable>
#include <mutex>
#include <utility>

#include "core/agent/fleet.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/script/actor.h"
#include "core/script/blocking_host.h"
#include "core/script/raw_transport.h"

namespace tcplab {
namespace {

class BlockingFleet final : public Fleet {
 public:
  explicit BlockingFleet(FleetContext& context)
      : context_(context), running_(context.clients.size()) {}

  // The threads are there before the trial begins, and wait for it.
  Status Prepare() override {
    for (FleetClient& client : context_.clients) {
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
    if (context_.clients.empty()) context_.on_all_over();
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
          transport(calls, *client.view, nullptr) {}
    FleetClient& client;
    Recorder recorder;
    RecordedCalls calls;
    RawTransport transport;
  };

  void RunClient(Seat& seat) {
    SysMinimiseTimerSlack();
    SysStartOn(seat.client.number + std::size_t{1});  // a server that blocks starts on the first
    Actor::Setup setup;
    setup.number = seat.client.number;
    setup.program = seat.client.program.get();
    setup.target = &context_.target;
    setup.transport = &seat.transport;
    setup.signals = context_.signals;
    setup.recorder = &seat.recorder;
    setup.view = seat.client.view.get();
    setup.frozen = &context_.frozen;
    Actor actor(setup);
    SysSleepUntil(WaitForGo() + seat.client.start_after_ns);
    RunBlocking(actor, seat.transport, *context_.signals);
    if (running_.fetch_sub(1) == 1) context_.on_all_over();
  }

  std::int64_t WaitForGo() {
    std::unique_lock lock(mutex_);
    gone_.wait(lock, [this] { return go_ns_ != 0; });
    return go_ns_;
  }

  FleetContext& context_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::vector<Thread> threads_;
  std::atomic<std::size_t> running_;
  std::mutex mutex_;
  std::condition_variable gone_;
  std::int64_t go_ns_ = 0;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Fleet> MakeBlockingFleet(FleetContext& context) {
  return std::make_unique<BlockingFleet>(context);
}

}  // namespace tcplab
