#include "core/script/actor.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/clock.h"

namespace tcplab {
namespace {

bool EndsLoop(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::kEof || outcome.kind == Outcome::Kind::kError ||
         outcome.kind == Outcome::Kind::kSkipped;
}

// Whether the events of its calls tell all there is to know of a step. In a loop of sends an event
// of the step itself would be a third of what sending costs, and change what the peer receives.
bool IsQuiet(const Step& step, const Outcome& outcome) {
  if (!step.label.empty() || !outcome.ok()) return false;
  const auto* const sleep = std::get_if<SleepStep>(&step.action);
  return std::holds_alternative<SendStep>(step.action) || (sleep != nullptr && sleep->ms <= 0);
}

std::string_view WithoutLineEnd(std::string_view message) {
  if (message.ends_with('\n')) message.remove_suffix(1);
  if (message.ends_with('\r')) message.remove_suffix(1);
  return message;
}

std::int64_t StepResult(const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::kError) return -static_cast<std::int64_t>(outcome.error);
  return outcome.value;
}

}  // namespace

Actor::Actor(const Setup& setup)
    : setup_(setup),
      states_(setup.program->socket_count()),
      buffer_(setup.program->recv_buffer(), '\1') {}

EventContext Actor::context() const {
  return {setup_.number, static_cast<std::uint16_t>(pc_), socket_};
}

Wait Actor::Until(Wait::For what, std::int64_t deadline_ns) const {
  Wait wait{what, deadline_ns};
  wait.transport = &transport();
  return wait;
}

Wait Actor::Resume(Wake wake) {
  wake_ = wake;
  resumed_ns_ = MonotonicNs();
  setup_.recorder->Continue(resumed_ns_);
  const Wait wait = Run();
  setup_.recorder->Pause();
  return wait;
}

Wait Actor::Run() {
  while (pc_ < setup_.program->size()) {
    if (!in_step_) BeginStep();
    const Step& step = setup_.program->step(pc_);
    const Progress progress =
        std::visit([this](const auto& action) { return Do(action); }, step.action);
    if (const auto* wait = std::get_if<Wait>(&progress)) {
      waiting_ = true;
      return *wait;
    }
    FinishStep(step, std::get<Outcome>(progress));
  }
  setup_.view->ended.store(true, std::memory_order_release);
  return {};
}

void Actor::BeginStep() {
  in_step_ = true;
  waiting_ = false;
  sent_ = 0;
  piece_.reset();
  input_sent_ = 0;
  deadline_ns_ = 0;
  wake_ = Wake::kStart;
  socket_ = setup_.program->step(pc_).socket;
  // Steps follow each other without a pause, so the end of the last call is the begin of this step:
  // no stamp of its own is needed, and none falls between two calls that are being measured.
  begin_ns_ = std::max(resumed_ns_, setup_.recorder->last_end_ns());
  setup_.view->step.store(static_cast<std::uint16_t>(pc_), std::memory_order_relaxed);
}

void Actor::FinishStep(const Step& step, const Outcome& outcome) {
  in_step_ = false;
  const bool control = std::holds_alternative<RepeatBegin>(step.action) ||
                       std::holds_alternative<RepeatEnd>(step.action);
  if (control) return;  // they have moved the program counter themselves
  if (loops_.empty() || !IsQuiet(step, outcome)) {
    const std::int64_t end_ns = std::max(begin_ns_, setup_.recorder->last_end_ns());
    const bool has_text = outcome.kind == Outcome::Kind::kText && !text_.empty();
    const std::uint32_t kept = has_text ? setup_.recorder->KeepAddress(text_) : 0;
    setup_.recorder->Add(Op::kStep, context(), static_cast<std::uint32_t>(outcome.kind), begin_ns_,
                         end_ns, StepResult(outcome), kept);
  }
  ++pc_;
  if (loops_.empty()) return;
  if (EndsLoop(outcome)) {
    LeaveLoop(loops_.back().begin);
    return;
  }
  // An outcome ends the innermost loop that waits for it.
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
    const auto& begin = std::get<RepeatBegin>(setup_.program->step(loop->begin).action);
    if (!begin.until_outcome || *begin.until_outcome != outcome.Word()) continue;
    LeaveLoop(loop->begin);
    return;
  }
  const auto* const recv = std::get_if<RecvStep>(&step.action);
  if (recv == nullptr || !recv->flags.empty() || !outcome.ok()) return;
  // A message ends the innermost loop that waits for one.
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
    const auto& begin = std::get<RepeatBegin>(setup_.program->step(loop->begin).action);
    if (!begin.until_message) continue;
    if (WithoutLineEnd(message_) == *begin.until_message) LeaveLoop(loop->begin);
    return;
  }
}

void Actor::LeaveLoop(std::size_t begin) {
  while (!loops_.empty()) {
    const std::size_t innermost = loops_.back().begin;
    loops_.pop_back();
    if (innermost != begin) continue;
    pc_ = std::get<RepeatBegin>(setup_.program->step(begin).action).end + 1;
    return;
  }
}

Actor::Progress Actor::Do(const RepeatBegin& step) {
  if (step.times && *step.times == 0) {
    pc_ = step.end + 1;
  } else {
    loops_.push_back({pc_, step.times.value_or(UINT64_MAX)});
    ++pc_;
  }
  return Outcome::Ok();
}

Actor::Progress Actor::Do(const RepeatEnd& step) {
  LoopState& loop = loops_.back();
  if (loop.rounds_left != UINT64_MAX) --loop.rounds_left;
  if (loop.rounds_left == 0) {
    loops_.pop_back();
    ++pc_;
  } else {
    pc_ = step.begin + 1;
  }
  return Outcome::Ok();
}

std::int64_t Actor::DeadlineOf(const std::optional<double>& timeout_ms) {
  if (timeout_ms && deadline_ns_ == 0) deadline_ns_ = MonotonicNs() + MsToNs(*timeout_ms);
  return deadline_ns_;
}

Outcome Actor::FromCall(const CallResult& result) const {
  if (result.ok()) return Outcome::Ok();
  return Outcome::Failed(result.error);
}

// --- time and signals
// --------------------------------------------------------------------------------------------

void Actor::RecordWait(Op op, std::uint32_t argument, std::int64_t result) {
  setup_.recorder->Add(op, context(), argument, begin_ns_, std::max(begin_ns_, MonotonicNs()),
                       result);
}

Actor::Progress Actor::Do(const SleepStep& step) {
  if (step.ms <= 0) return Outcome::Ok();
  if (!waiting_) return Wait{Wait::For::kClock, MonotonicNs() + MsToNs(step.ms)};
  constexpr double kUsPerMs = 1000;
  RecordWait(Op::kSleep, static_cast<std::uint32_t>(step.ms * kUsPerMs), 0);
  return Outcome::Ok();
}

Actor::Progress Actor::Do(const AwaitStep& step) {
  const bool given = setup_.signals->Count(step.signal) >= step.count;
  const std::int64_t deadline_ns = DeadlineOf(step.timeout_ms);
  if (!given && wake_ != Wake::kDeadline) return Wait{Wait::For::kSignal, deadline_ns, &step};
  RecordWait(Op::kAwait, step.count, given ? 1 : 0);
  return given ? Outcome::Ok() : Outcome::Of(Outcome::Kind::kTimeout);
}

Actor::Progress Actor::Do(const SignalStep& step) {
  setup_.signals->Give(step.signal);
  RecordWait(Op::kSignal, 0, 0);
  return Outcome::Ok();
}

}  // namespace tcplab
