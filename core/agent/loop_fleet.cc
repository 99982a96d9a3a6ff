// All clients on one libuv loop, with raw non-blocking sockets: hundreds to many thousands of them.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/agent/fleet.h"
#include "core/agent/loop_thread.h"
#include "core/script/loop_host.h"
#include "core/script/sockets.h"
#include "core/script/uv_transport.h"

namespace tcplab {
namespace {

// One recorder for the loop's thread, with room for all of its clients.
Recorder::Capacity ForAll(const Recorder::Capacity& each, std::size_t clients) {
  return {each.events * clients, each.addresses * clients, each.payload * clients};
}

std::size_t CountOf(const FleetContext& context) {
  const auto on_loop = [](const FleetClient& client) { return client.io != Io::kBlocking; };
  return static_cast<std::size_t>(
      std::count_if(context.clients.begin(), context.clients.end(), on_loop));
}

class LoopFleet final : public Fleet {
 public:
  explicit LoopFleet(FleetContext& context)
      : context_(context), recorder_(ForAll(context.each, CountOf(context))), calls_(recorder_) {}

  ~LoopFleet() override { thread_.Stop(); }
  LoopFleet(const LoopFleet&) = delete;
  LoopFleet& operator=(const LoopFleet&) = delete;

  Status Prepare() override {
    host_.emplace(thread_.loop(), *context_.signals);
    for (FleetClient& client : context_.clients) {
      if (client.io == Io::kBlocking) continue;
      seats_.push_back(std::make_unique<Seat>(*this, client));
    }
    return thread_.Start();
  }

  Status Go(std::int64_t go_ns) override {
    thread_.Run([this, go_ns] {
      for (const std::unique_ptr<Seat>& seat : seats_) {
        const FleetClient& client = seat->client;
        if (client.start_signal) {
          seat->actor.StartAfter(*client.start_signal, client.start_after_ns);
        } else {
          seat->actor.StartAt(go_ns + client.start_after_ns);
        }
      }
    });
    return {};
  }

  std::vector<RecorderTrace> Take() override {
    std::vector<RecorderTrace> traces;
    traces.push_back(recorder_.Take());
    return traces;
  }

 private:
  // Where one client sits: its sockets and its place on the loop.
  struct Seat {
    Seat(LoopFleet& fleet, FleetClient& a_client)
        : client(a_client),
          sockets(fleet.SocketsFor(client)),
          actor(*fleet.host_, fleet.SetupFor(*this), [&fleet] { fleet.context_.OneOver(); }) {}
    FleetClient& client;
    Sockets sockets;
    LoopActor actor;
  };

  Sockets SocketsFor(FleetClient& client) {
    if (client.io != Io::kLibuv) {
      return MakeRawSockets(calls_, *client.view, &host_->watchers());
    }
    Sockets sockets;
    for (SocketView& view : client.view->sockets) {
      sockets.push_back(std::make_unique<UvTransport>(thread_.loop(), calls_,
                                                      UvReadBuffer(*client.program), &view));
    }
    return sockets;
  }

  Actor::Setup SetupFor(Seat& seat) {
    Actor::Setup setup = context_.SetupFor(seat.client);
    setup.sockets = &seat.sockets;
    setup.recorder = &recorder_;
    return setup;
  }

  FleetContext& context_;
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
