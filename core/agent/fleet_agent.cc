#include "core/agent/fleet_agent.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/agent/fleet.h"
#include "core/agent/snapshot.h"
#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/syscalls.h"
#include "core/scenario/loader.h"
#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

// The programs of a group's clients: one for all, unless the script names the client's own number.
class GroupPrograms {
 public:
  explicit GroupPrograms(nlohmann::json script) : script_(std::move(script)) {
    const std::string text = script_.dump();
    numbered_ =
        text.find("$index") != std::string::npos || text.find("${index}") != std::string::npos;
  }

  Result<std::shared_ptr<const Program>> For(std::uint32_t number) {
    if (shared_ != nullptr) return shared_;
    Result<Script> script = LowerScript(script_, ScriptRole::kClient, number);
    if (!script) return Forward(script);
    auto program = std::make_shared<const Program>(std::move(*script));
    if (!numbered_) shared_ = program;
    return program;
  }

 private:
  nlohmann::json script_;
  bool numbered_ = false;
  std::shared_ptr<const Program> shared_;
};

class FleetAgent {
 public:
  FleetAgent(FramePipe& pipe, const FleetPlan& plan)
      : pipe_(pipe),
        signals_([this](const std::string& name) { pipe_.Write(FrameKind::kSignal, name); }),
        input_([this] { pipe_.Write(FrameKind::kInputWanted); }),
        recorder_(OwnCapacity(plan)) {}

  Status Build(const FleetPlan& plan) {
    std::vector<ClientGroup> groups;
    std::vector<GroupPrograms> programs;
    for (const nlohmann::json& document : plan.groups) {
      Result<ClientGroup> group = LowerClientGroup(document);
      if (!group) return Forward(group);
      groups.push_back(std::move(*group));
      programs.emplace_back(document.value("script", nlohmann::json::array()));
    }
    std::vector<std::size_t> placed(groups.size());  // clients of each group so far
    for (const FleetPlan::Client& client : plan.clients) {
      Result<std::shared_ptr<const Program>> program = programs.at(client.group).For(client.number);
      if (!program) return Forward(program);
      Status added =
          AddClient(groups[client.group], client, std::move(*program), placed[client.group]++);
      if (!added) return added;
    }
    context_.each = plan.each;
    context_.signals = &signals_;
    context_.input = &input_;
    context_.running = context_.clients.size();
    context_.on_all_over = [this] { OnAllOver(); };
    for (auto make : {MakeBlockingFleet, MakeLoopFleet}) {
      fleets_.push_back(make(context_));
      if (Status prepared = fleets_.back()->Prepare(); !prepared) return prepared;
    }
    return {};
  }

  [[noreturn]] void Run() {
    pipe_.Write(FrameKind::kReady, "{}");
    for (;;) Handle(pipe_.Read());
  }

 private:
  Status AddClient(const ClientGroup& group, const FleetPlan::Client& planned,
                   std::shared_ptr<const Program> program, std::size_t position) {
    FleetClient client;
    client.number = planned.number;
    client.start_after_ns = MsToNs(planned.start_ms);
    client.io = group.io;
    if (group.start_signal) client.start_signal = AwaitStep{*group.start_signal, 1, std::nullopt};
    if (group.source) {
      Result<Address> source = Address::Parse(SourceAddress(*group.source, position), 0);
      if (!source) return Forward(source);
      client.source = *source;
    }
    client.view = std::make_unique<ActorView>(program->socket_count());
    client.program = std::move(program);
    context_.clients.push_back(std::move(client));
    return {};
  }

  // A client whose server has not taken it yet looks, for a moment, like one that it never will. So
  // the trial is not over before the youngest connection that heard nothing is old enough to tell
  // (the window may still end it).
  void OnAllOver() {
    constexpr std::int64_t kSettleNs = 60 * kNsPerMs;
    std::int64_t youngest_ns = 0;
    for (const FleetClient& client : context_.clients) {
      youngest_ns =
          std::max(youngest_ns, client.view->unheard_since_ns.load(std::memory_order_relaxed));
    }
    const std::int64_t settled_ns = youngest_ns + kSettleNs;
    if (youngest_ns == 0 || settled_ns <= MonotonicNs()) return pipe_.Write(FrameKind::kDone);
    // On a thread of its own: the last script may have ended on the loop, which others still live
    // on.
    Result<Thread> waiter = Thread::Start([this, settled_ns] {
      SysSleepUntil(settled_ns);
      pipe_.Write(FrameKind::kDone);
    });
    if (!waiter) pipe_.Write(FrameKind::kDone);
  }

  static Recorder::Capacity OwnCapacity(const FleetPlan& plan) {
    const std::size_t clients = plan.clients.size() + 1;
    return {clients, clients, 0};
  }

  void Handle(const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::kGo:
        return Go(frame.payload);
      case FrameKind::kSignal:
        return signals_.Receive(frame.payload);
      case FrameKind::kInput:
        return input_.Deliver(frame.payload);
      case FrameKind::kClock:
        return pipe_.TellClock();
      case FrameKind::kFreeze:
        return Freeze(frame.payload);
      case FrameKind::kTake:
        Take();
      case FrameKind::kPlan:
      case FrameKind::kReady:
      case FrameKind::kDone:
      case FrameKind::kFrozen:
      case FrameKind::kDrain:
      case FrameKind::kDrained:
      case FrameKind::kTrace:
      case FrameKind::kInputWanted:
      case FrameKind::kFault:
        pipe_.Fail({"protocol", "a fleet agent was sent a frame that is not for it"});
    }
  }

  void Go(const std::string& payload) {
    const Result<GoMessage> go = GoFromPayload(payload);
    if (!go) pipe_.Fail({"protocol", go.error().message});
    context_.targets = Targets(go->targets);
    for (const std::unique_ptr<Fleet>& fleet : fleets_) {
      if (Status begun = fleet->Go(go->go_ns); !begun)
        pipe_.Fail({"fleet_failed", begun.error().message});
    }
    if (context_.clients.empty()) OnAllOver();
  }

  // The stamp that counts is the server's, as long as both are of one clock.
  void Freeze(const std::string& payload) {
    const Result<GoMessage> freeze = GoFromPayload(payload);
    if (!freeze) pipe_.Fail({"protocol", freeze.error().message});
    freeze_ns_ = freeze->go_ns;
    context_.frozen.store(true, std::memory_order_seq_cst);
    RecordStates(context_, recorder_);
    pipe_.Write(FrameKind::kFrozen, ToPayload(GoMessage{freeze_ns_, {}}));
  }

  [[noreturn]] void Take() {
    AgentTrace trace{"fleet", "monotonic", freeze_ns_, {}};
    trace.recorders.push_back(recorder_.Take());
    for (const std::unique_ptr<Fleet>& fleet : fleets_) {
      for (RecorderTrace& taken : fleet->Take()) trace.recorders.push_back(std::move(taken));
    }
    ResetOnExit(context_);
    pipe_.Write(FrameKind::kTrace, Encode(trace));
    SysExitNow(0);
  }

  FramePipe& pipe_;
  SignalBoard signals_;
  LiveInput input_;
  Recorder recorder_;
  FleetContext context_;
  std::vector<std::unique_ptr<Fleet>> fleets_;  // by how their clients make their calls
  std::int64_t freeze_ns_ = 0;
};

}  // namespace

void RunFleetAgent(FramePipe& pipe, const FleetPlan& plan) {
  // Never destroyed: the process ends with threads of its own still in their calls.
  auto* const agent = new FleetAgent(pipe, plan);
  if (Status built = agent->Build(plan); !built) pipe.Fail({"fleet_failed", built.error().message});
  agent->Run();
}

}  // namespace tcplab
