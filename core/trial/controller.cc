#include "core/trial/controller.h"

#include <uv.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <utility>

#include "core/base/clock.h"
#include "core/net/handle.h"
#include "core/net/input_reader.h"
#include "core/net/signal_watcher.h"
#include "core/net/syscalls.h"
#include "core/trial/plan_builder.h"
#include "core/trial/slots.h"
#include "core/trial/trial.h"

namespace tcplab {
namespace {

constexpr std::size_t kJobsPerProcessor = 8;
constexpr std::size_t kMostJobs = 32;
constexpr std::size_t kFirstJobs = 8;
constexpr std::size_t kFewRepeats = 20;
constexpr const char* kLoopback = "127.";
// Longer than the steps in which kernels time retransmissions of a second (Linux: 8 ticks, which
// are 32 ms at 250 Hz and 80 ms at 100 Hz; kernel/time/timer.c).
constexpr std::size_t kPhaseUs = 80'000;

// A number in [0, below) from the generator, the same with every standard library (std::shuffle is
// not).
std::size_t Draw(std::mt19937_64& generator, std::size_t below) {
  const std::uint64_t limit = std::mt19937_64::max() - std::mt19937_64::max() % below;
  std::uint64_t number = generator();
  while (number >= limit) number = generator();
  return static_cast<std::size_t>(number % below);
}

// In place of the loopback. A loopback that both sides share needs nothing.
void ListenAt(const Address& address, CasePlans& plans) {
  const std::string text = address.ToString();
  const std::string literal = text.substr(0, text.rfind(':'));
  if (literal.starts_with(kLoopback)) return;
  for (ServerPlan& plan : plans.servers) {
    nlohmann::json& listen = plan.server["listen"];
    if (!listen.is_object()) listen = nlohmann::json::object();
    if (listen.value("address", std::string(kLoopback)).starts_with(kLoopback))
      listen["address"] = literal;
  }
}

// One for all runs of the process: the longer it measures, the better it is.
TickCalibration& Calibration() {
  static TickCalibration calibration;
  return calibration;
}

// The slots of a run, and what is in them. Lives for one RunTrials.
class Run {
 public:
  Run(const Scenario& scenario, const ControllerOptions& options, const OnTrial& on_trial)
      : scenario_(scenario),
        options_(options),
        on_trial_(on_trial),
        planned_(PlanTrials(scenario.cases.size(), scenario.trials, options.seed)),
        slots_(EffectiveJobs(scenario, options), kFirstJobs),
        on_interrupt_(loop_, SIGINT, [this](int signal) { OnInterrupt(signal); }),
        on_terminate_(loop_, SIGTERM, [this](int signal) { OnInterrupt(signal); }),
        sweep_(loop_, [this] { Sweep(); }) {
    for (const Case& a_case : scenario.cases) {
      plans_.push_back(BuildPlans(a_case));
      if (options.server_address) ListenAt(*options.server_address, plans_.back());
    }
  }

  // Before Play, where a client sends standard input. What it has sent cannot be sent again.
  Status OpenInput() {
    constexpr int kStdin = 0;
    Result<std::unique_ptr<InputReader>> input = InputReader::Start(loop_, kStdin);
    if (!input) return Forward(input);
    input_ = std::move(*input);
    repeats_left_ = 0;
    return {};
  }

  RunEnd Play() {
    Sweep();
    if (!Idle()) loop_.Run();
    return {interrupted_by_};
  }

 private:
  [[nodiscard]] bool Idle() const {
    return running_.empty() && ending_.empty() && over_.empty() && NothingLeft();
  }
  [[nodiscard]] bool NothingLeft() const { return interrupted_by_ || next_ == planned_.size(); }

  // Hands on what is over, lets go of what has ended, fills the free slots. Everything that ends
  // calls for it, and it runs from the loop itself, so that nothing is destroyed while it is on the
  // stack.
  void Sweep() {
    for (auto& [id, trial] : std::exchange(over_, {})) {
      for (auto& agent : trial->TakeAgents()) KeepUntilEnded(std::move(agent));
      if (!interrupted_by_) HandOn(id, trial->TakeRecord());
    }
    std::erase_if(ending_,
                  [](const std::unique_ptr<AgentProcess>& agent) { return agent->ended(); });
    while (running_.size() < slots_.now() && !NothingLeft() && RoomForNext()) StartNext();
    if (Idle()) loop_.Stop();
  }

  void HandOn(std::size_t id, TrialRecord record) {
    const PlannedTrial planned{record.round, record.case_index};
    record.may_repeat = repeats_left_ > 0;
    if (on_trial_(std::move(record)) != Verdict::kRepeat) return slots_.WentWell();
    slots_.WasDisturbed(id);
    if (repeats_left_ == 0) return;
    --repeats_left_;
    planned_.push_back(planned);
  }

  // Agents that are still being reaped count: a sensitive trial begins when nothing else runs.
  [[nodiscard]] bool RoomForNext() const { return slots_.most() > 1 || ending_.empty(); }

  void StartNext() {
    const PlannedTrial planned = planned_[next_++];
    Trial::Setup setup;
    setup.plans = &plans_[planned.case_index];
    setup.window_ms = scenario_.cases[planned.case_index].window_ms;
    setup.patience_ms = options_.patience_ms;
    setup.phase_ns = PhaseNs(options_.seed, next_ - 1);
    setup.agent_command = options_.agent_command;
    setup.server_agent =
        options_.server_agent.empty() ? options_.agent_command : options_.server_agent;
    setup.servers_elsewhere = options_.servers_elsewhere;
    setup.clients_elsewhere = options_.clients_elsewhere;
    setup.share_one_clock = options_.share_one_clock;
    setup.server_address = options_.server_address;
    setup.foreign = options_.target;
    setup.input = input_.get();
    setup.given_input = options_.input;
    setup.terms.ticks = Calibration().Measure();
    setup.terms.first_processor = FirstProcessorOf(options_.seed, next_ - 1);
    UseTicks(setup.terms.ticks);  // its timers and "go" are on the clock of the agents
    setup.record.case_index = planned.case_index;
    setup.record.round = planned.round;
    setup.record.alone = slots_.most() == 1;
    auto trial =
        std::make_unique<Trial>(loop_, std::move(setup), [this, id = next_] { OnOver(id); });
    Trial* started = trial.get();
    running_.emplace_back(next_, std::move(trial));
    slots_.Started(next_);
    started->Start();
  }

  void OnOver(std::size_t id) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [id](const auto& entry) { return entry.first == id; });
    if (found == running_.end()) return;
    over_.push_back(std::move(*found));
    running_.erase(found);
    sweep_.Send();
  }

  void KeepUntilEnded(std::unique_ptr<AgentProcess> agent) {
    if (agent->ended()) return;
    agent->OnEnded([this] { sweep_.Send(); });
    ending_.push_back(std::move(agent));
  }

  void OnInterrupt(int signal) {
    if (interrupted_by_) SysExitNow(128 + signal);  // asked twice: the agents end with their pipes
    interrupted_by_ = signal;
    for (auto& entry : running_) {
      entry.second->Abandon();
      over_.push_back(std::move(entry));
    }
    running_.clear();
    sweep_.Send();
  }

  const Scenario& scenario_;
  const ControllerOptions& options_;
  const OnTrial& on_trial_;
  std::vector<PlannedTrial> planned_;
  std::vector<CasePlans> plans_;
  Slots slots_;
  std::size_t next_ = 0;
  std::size_t repeats_left_ =
      kFewRepeats + planned_.size();  // a bound on what a bad machine may cost
  std::optional<int> interrupted_by_;

  Loop loop_;
  SignalWatcher on_interrupt_;
  SignalWatcher on_terminate_;
  AsyncWake sweep_;
  std::unique_ptr<InputReader> input_;
  using NumberedTrial = std::pair<std::size_t, std::unique_ptr<Trial>>;  // in the order of starts
  std::vector<NumberedTrial> running_;
  std::vector<NumberedTrial> over_;
  std::vector<std::unique_ptr<AgentProcess>> ending_;
};

}  // namespace

std::size_t DefaultJobs() {
  uv_cpu_info_t* processors = nullptr;
  int count = 1;
  if (uv_cpu_info(&processors, &count) == 0) uv_free_cpu_info(processors, count);
  return std::min(kMostJobs, kJobsPerProcessor * static_cast<std::size_t>(std::max(1, count)));
}

bool MayBeRealtime(const Scenario& scenario) {
  if (!scenario.sensitive) return false;
  const std::size_t processors = std::thread::hardware_concurrency();
  return std::all_of(scenario.cases.begin(), scenario.cases.end(), [&](const Case& a_case) {
    std::size_t actors = a_case.servers.size();
    for (const ClientGroup& group : a_case.clients) actors += group.count;
    return actors <= processors;
  });
}

std::size_t EffectiveJobs(const Scenario& scenario, const ControllerOptions& options) {
  // Trials side by side would meet at the one foreign server.
  if (scenario.sensitive || options.target) return 1;
  return options.jobs == 0 ? DefaultJobs() : options.jobs;
}

std::int64_t PhaseNs(std::uint64_t seed, std::size_t index) {
  constexpr std::uint64_t kApart = 0x9E3779B97F4A7C15;  // other numbers than the order's
  std::mt19937_64 generator(seed + kApart * (index + 1));
  return static_cast<std::int64_t>(Draw(generator, kPhaseUs)) * 1'000;
}

std::size_t FirstProcessorOf(std::uint64_t seed, std::size_t index) {
  constexpr std::uint64_t kApart = 0xD1B54A32D192ED03;  // other numbers than the phases'
  constexpr std::size_t kMore = std::size_t{1} << 16U;  // than any machine has
  std::mt19937_64 generator(seed + kApart * (index + 1));
  return Draw(generator, kMore);
}

std::vector<PlannedTrial> PlanTrials(std::size_t cases, std::size_t rounds, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::size_t> order(cases);
  std::vector<PlannedTrial> planned;
  planned.reserve(cases * rounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = cases; i > 1; --i) std::swap(order[i - 1], order[Draw(generator, i)]);
    for (const std::size_t index : order) planned.push_back({round, index});
  }
  return planned;
}

Result<RunEnd> RunTrials(const Scenario& scenario, const ControllerOptions& options,
                         const OnTrial& on_trial) {
  SysIgnoreSigpipe();  // an agent that died is told by its exit, not by a signal to us
  const std::size_t servers = scenario.cases.empty() ? 0 : scenario.cases.front().servers.size();
  if (options.target && servers > 1) {
    return Invalid("--target: one foreign server cannot stand for the " + std::to_string(servers) +
                   " servers of " + scenario.file);
  }
  const std::uint64_t descriptors = SysRaiseDescriptorLimit();
  if (!options.clients_elsewhere) {  // where they are, ours tells nothing
    if (Status fits = CheckDescriptors(scenario, descriptors); !fits) return Forward(fits);
  }
  Run run(scenario, options, on_trial);
  if (SendsStdin(scenario) && !options.input) {
    if (Status opened = run.OpenInput(); !opened) return Forward(opened);
  }
  return run.Play();
}

}  // namespace tcplab
