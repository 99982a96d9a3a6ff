#include "core/script/actor.h"

#include <algorithm>
#include <type_traits>

#include "core/base/clock.h"
#include "core/script/transform.h"

namespace tcplab {
namespace {

// Steps that need a connection, and are skipped when there is none to be had.
template <typename T>
constexpr bool kNeedsConnection = std::is_same_v<T, SendStep> || std::is_same_v<T, RecvStep> ||
                                  std::is_same_v<T, ReplyStep> || std::is_same_v<T, ShutdownStep>;

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

Actor::Actor(const Setup& setup) : setup_(setup), buffer_(setup.program->recv_buffer(), '\1') {}

EventContext Actor::context() const { return {setup_.number, static_cast<std::uint16_t>(pc_), 0}; }

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
  deadline_ns_ = 0;
  wake_ = Wake::kStart;
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
    setup_.recorder->Add(Op::kStep, context(), static_cast<std::uint32_t>(outcome.kind), begin_ns_,
                         end_ns, StepResult(outcome));
  }
  ++pc_;
  if (loops_.empty()) return;
  if (EndsLoop(outcome)) {
    LeaveLoop(loops_.back().begin);
    return;
  }
  if (!std::holds_alternative<RecvStep>(step.action) || !outcome.ok()) return;
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

// --- connect
// ---------------------------------------------------------------------------------------------------

Actor::Progress Actor::Do(const ConnectStep& step) {
  if (!waiting_) return BeginConnect(step);
  if (wake_ == Wake::kDeadline) {
    // Left open, the connection would be made later by itself, after the script has gone on.
    setup_.transport->Close(context());
    connect_failed_ = true;
    return Outcome::Of(Outcome::Kind::kTimeout);
  }
  return EndConnect(setup_.transport->ConcludeConnect(context()));
}

Actor::Progress Actor::BeginConnect(const ConnectStep& step) {
  Transport& transport = *setup_.transport;
  if (!transport.is_open()) {
    const CallResult opened = transport.Open(context(), setup_.target->is_ipv6());
    if (!opened.ok()) return EndConnect(opened);
  }
  const bool had_connected = setup_.view->connecting.exchange(true, std::memory_order_seq_cst);
  if (setup_.frozen->load(std::memory_order_seq_cst)) {
    setup_.view->connecting.store(had_connected, std::memory_order_seq_cst);
    return Wait{Wait::For::kHalted};
  }
  const CallResult result =
      transport.Connect(context(), *setup_.target, step.timeout_ms.has_value());
  if (result.error == errors::kInProgress || result.error == errors::kInterrupted) {
    return Wait{Wait::For::kWritable, DeadlineOf(step.timeout_ms)};
  }
  return EndConnect(result);
}

Actor::Progress Actor::EndConnect(const CallResult& result) {
  connect_failed_ = !result.ok();
  if (result.ok()) {
    setup_.transport->Established(context());
    setup_.view->unheard_since_ns.store(setup_.recorder->last_end_ns(), std::memory_order_relaxed);
  }
  return FromCall(result);
}

// --- send
// ------------------------------------------------------------------------------------------------------

bool Actor::HasConnection() const { return !connect_failed_ && setup_.transport->is_open(); }

// What one connection left in the inbox is no part of the next one's stream.
void Actor::ForgetConnection() {
  connect_failed_ = false;
  inbox_ = {};
  setup_.view->unheard_since_ns.store(0, std::memory_order_relaxed);
}

Actor::Progress Actor::Do(const SendStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  return SendBytes(setup_.program->payload(pc_), step.each);
}

Actor::Progress Actor::Do(const ReplyStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  if (!waiting_) reply_ = Apply(step.transform, message_);
  return SendBytes(reply_, 0);
}

Actor::Progress Actor::SendBytes(std::string_view bytes, std::size_t each) {
  do {
    const std::size_t left = bytes.size() - sent_;
    const std::size_t size = each == 0 ? left : std::min(each, left);
    const CallResult result = setup_.transport->Send(context(), bytes.substr(sent_, size));
    if (result.ok()) {
      sent_ += static_cast<std::size_t>(result.value);
    } else if (result.error == errors::kAgain && !setup_.transport->blocking()) {
      return Wait{Wait::For::kWritable};
    } else if (result.error != errors::kInterrupted) {
      return Outcome::Failed(result.error);
    }
  } while (sent_ < bytes.size());
  return Outcome::Bytes(static_cast<std::int64_t>(sent_));
}

// --- recv
// ------------------------------------------------------------------------------------------------------

Actor::Progress Actor::Do(const RecvStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  Transport& transport = *setup_.transport;
  for (;;) {
    if (const std::optional<std::size_t> size = inbox_.Complete(step.until)) {
      return TakeMessage(*size, Outcome::Kind::kBytes);
    }
    const std::int64_t deadline_ns = DeadlineOf(step.timeout_ms);
    if (wake_ == Wake::kDeadline) return Outcome::Of(Outcome::Kind::kTimeout);
    const bool wait_first = transport.blocking() ? deadline_ns != 0 : transport.waits_before_recv();
    if (wait_first && wake_ != Wake::kReady) return Wait{Wait::For::kReadable, deadline_ns};
    wake_ = Wake::kStart;

    const CallResult result = transport.Recv(context(), std::span(buffer_).first(step.buffer));
    if (result.error == errors::kInterrupted) continue;
    if (result.error == errors::kAgain && !transport.blocking()) {
      return Wait{Wait::For::kReadable, deadline_ns};
    }
    setup_.view->unheard_since_ns.store(0, std::memory_order_relaxed);
    if (!result.ok()) return Outcome::Failed(result.error);
    if (result.value == 0) {
      const bool wanted = step.until.kind == RecvUntil::Kind::kEof && inbox_.size() > 0;
      return TakeMessage(inbox_.size(), wanted ? Outcome::Kind::kBytes : Outcome::Kind::kEof);
    }
    inbox_.Append({buffer_.data(), static_cast<std::size_t>(result.value)});
    if (step.until.kind == RecvUntil::Kind::kOneCall)
      return TakeMessage(inbox_.size(), Outcome::Kind::kBytes);
  }
}

Outcome Actor::TakeMessage(std::size_t size, Outcome::Kind kind) {
  message_ = inbox_.Take(size);
  return {kind, static_cast<std::int64_t>(size), ErrorCode::kNone};
}

// --- the end of a connection
// -------------------------------------------------------------------------------------

Actor::Progress Actor::Do(const ShutdownStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  const ShutdownSide side = step.how == ShutdownHow::kRead    ? ShutdownSide::kRead
                            : step.how == ShutdownHow::kWrite ? ShutdownSide::kWrite
                                                              : ShutdownSide::kBoth;
  return FromCall(setup_.transport->Shutdown(context(), side));
}

Actor::Progress Actor::Do(const CloseStep& /*step*/) {
  if (!setup_.transport->is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  ForgetConnection();  // the next connect makes a new socket
  return FromCall(setup_.transport->Close(context()));
}

Actor::Progress Actor::Do(const AbortStep& /*step*/) {
  if (!setup_.transport->is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  ForgetConnection();
  const CallResult lingering = setup_.transport->LingerZero(context());
  const CallResult closed = setup_.transport->Close(context());
  return FromCall(lingering.ok() ? closed : lingering);
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

// --- options
// -----------------------------------------------------------------------------------------------------

Actor::Progress Actor::Do(const SetStep& step) {
  if (connect_failed_) return Outcome::Of(Outcome::Kind::kSkipped);
  Transport& transport = *setup_.transport;
  if (!transport.is_open()) {
    // A client's option comes before its connect; a handler that has closed has nothing to set.
    if (setup_.target == nullptr) return Outcome::Of(Outcome::Kind::kSkipped);
    const CallResult opened = transport.Open(context(), setup_.target->is_ipv6());
    if (!opened.ok()) return Outcome::Failed(opened.error);
  }
  for (const SetStep::Option& option : step.options) {
    const Result<CallResult> result = transport.SetOption(context(), option.name, option.value);
    if (!result) return Outcome::Of(Outcome::Kind::kUnsupported);
    if (!result->ok()) return Outcome::Failed(result->error);
  }
  return Outcome::Ok();
}

}  // namespace tcplab
