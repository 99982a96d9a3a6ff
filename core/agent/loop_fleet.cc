// All clients on one libuv loop, with raw non-blocking sockets: hundreds to many thousands of them.
#include <optional>
#include <utility>

#include "core/agent/fleet.h"
#include "core/agent/loop_thread.h"
#include "core/script/loop_host.h"
#include "core/script/raw_transport.h"

namespace tcplab {
namespace {

// One recorder for the loop's thread, with room for all of its clients.
Recorder::Capacity ForAll(const Recorder::Capacity& each, std::size_t clients) {
  return {each.events * clients, each.addresses * clients, each.payload * clients};
}

class LoopFleet final : public Fleet {
 public:
  explicit LoopFleet(FleetContext& context)
      : context_(context),
        running_(context.clients.size()),
        recorder_(ForAll(context.each, context.clients.size())),
        calls_(recorder_) {}

  ~LoopFleet() override { thread_.Stop(); }
  LoopFleet(const LoopFleet&) = delete;
  LoopFleet& operator=(const LoopFleet&) = delete;

  Status Prepare() override {
    host_.emplace(thread_.loop(), *context_.signals);
    for (FleetClient& client : context_.clients) {
      seats_.push_back(std::make_unique<Seat>(*this, client));
    }
    return thread_.Start();
  }

  Status Go(std::int64_t go_ns) override {
    thread_.Run([this, go_ns] {
      for (const std::unique_ptr<Seat>& seat : seats_)
        seat->actor.StartAt(go_ns + seat->start_after_ns);
    });
    if (seats_.empty()) context_.on_all_over();
    return {};
  }

  std::vector<RecorderTrace> Take() override {
    std::vector<RecorderTrace> traces;
    traces.push_back(recorder_.Take());
    return traces;
  }

 private:
  // Where one client sits: its socket and its place on the loop.
  struct Seat {
    Seat(LoopFleet& fleet, FleetClient& client)
        : start_after_ns(client.start_after_ns),
          transport(fleet.calls_, *client.view, &fleet.host_->watchers()),
          actor(*fleet.host_, fleet.SetupFor(client, transport), [&fleet] { fleet.OnOver(); }) {
      transport.OnReady([this] { actor.OnReady(); });
    }
    std::int64_t start_after_ns;
    RawTransport transport;
    LoopActor actor;
  };

  Actor::Setup SetupFor(FleetClient& client, RawTransport& transport) {
    Actor::Setup setup;
    setup.number = client.number;
    setup.program = client.program.get();
    setup.target = &context_.target;
    setup.transport = &transport;
    setup.signals = context_.signals;
    setup.recorder = &recorder_;
    setup.view = client.view.get();
    setup.frozen = &context_.frozen;
    return setup;
  }

  void OnOver() {
    if (--running_ == 0) context_.on_all_over();
  }

  FleetContext& context_;
  std::size_t running_;
  Recorder recorder_;
  RecordedCalls calls_;
  LoopThread thread_;
  // On the loop; destroyed before it.
  std::optional<LoopHost> host_;
  std::vector<std::unique_ptr<Seat>> seats_;
};

}  // namespace

std::unique_ptr<Fleet> MakeLoopFleet(FleetContext& context) {
  return std::make_unique<LoopFleet>(context);
}

}  // namespace tcplab
