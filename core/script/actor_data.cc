// What an actor's steps move: send, recv, reply.
#include <algorithm>
#include <utility>

#include "core/base/clock.h"
#include "core/script/actor.h"
#include "core/script/transform.h"

namespace tcplab {

bool Actor::HasConnection() const { return !state().connect_failed && transport().is_open(); }

// What one connection left in the inbox is no part of the next one's stream.
void Actor::ForgetConnection() {
  state() = {};
  if (IsPrimary()) setup_.view->unheard_since_ns.store(0, std::memory_order_relaxed);
}

Actor::Progress Actor::Do(const SendStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  if (step.from_stdin) return SendInput();
  return SendBytes(setup_.program->payload(pc_), step.each);
}

// A piece is asked for when the one before it was sent, and sent as one text would be.
Actor::Progress Actor::SendInput() {
  if (setup_.input == nullptr) return Outcome::Of(Outcome::Kind::kUnsupported);
  for (;;) {
    if (!piece_) {
      if (const std::optional<Wait> wait = TakePiece()) return *wait;
      sent_ = 0;
    }
    if (piece_->empty()) return Outcome::Bytes(input_sent_);
    const Progress progress = SendBytes(*piece_, 0);
    const auto* const outcome = std::get_if<Outcome>(&progress);
    if (outcome == nullptr || !outcome->ok()) return progress;
    input_sent_ += static_cast<std::int64_t>(piece_->size());
    piece_.reset();
  }
}

// Nothing once there is a piece: otherwise what to wait for.
std::optional<Wait> Actor::TakePiece() {
  if (asked_ns_ == 0) {
    asked_ns_ = std::max(begin_ns_, setup_.recorder->last_end_ns());
    setup_.input->Ask();
  }
  piece_ = setup_.input->Take();
  if (!piece_) {
    Wait wait{Wait::For::kInput};
    wait.input = setup_.input;
    return wait;
  }
  setup_.recorder->Add(Op::kInput, context(), 0, std::exchange(asked_ns_, 0), MonotonicNs(),
                       static_cast<std::int64_t>(piece_->size()));
  return std::nullopt;
}

Actor::Progress Actor::Do(const ReplyStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  if (!waiting_) reply_ = Apply(step.transform, message_) + step.end;
  return SendBytes(reply_, 0);
}

Actor::Progress Actor::SendBytes(std::string_view bytes, std::size_t each) {
  const std::optional<Program::Mode>& mode = setup_.program->mode(pc_);
  if (!mode) return Outcome::Of(Outcome::Kind::kUnsupported);
  do {
    const std::size_t left = bytes.size() - sent_;
    const std::size_t size = each == 0 ? left : std::min(each, left);
    const CallResult result = transport().Send(context(), bytes.substr(sent_, size), mode->call);
    if (result.ok()) {
      sent_ += static_cast<std::size_t>(result.value);
    } else if (result.error == errors::kAgain && mode->dont_wait) {
      return Outcome::Of(Outcome::Kind::kWouldBlock);
    } else if (result.error == errors::kAgain && !transport().blocking()) {
      return Until(Wait::For::kWritable, 0);
    } else if (result.error != errors::kInterrupted) {
      return Outcome::Failed(result.error);
    }
  } while (sent_ < bytes.size());
  return Outcome::Bytes(static_cast<std::int64_t>(sent_));
}

// --- recv
// ------------------------------------------------------------------------------------------------------

// Whether the actor waits for the socket before it calls: with a deadline where the call itself
// would block, and on a loop, which makes one call a wake. Urgent data and MSG_DONTWAIT are asked
// for at once.
bool Actor::WaitsBeforeRecv(const Program::Mode& mode, bool has_deadline) const {
  if (mode.dont_wait || mode.call.op == Op::kRecvUrgent) return false;
  return transport().blocking() ? has_deadline : transport().waits_before_recv();
}

Actor::Progress Actor::Do(const RecvStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  const std::optional<Program::Mode>& mode = setup_.program->mode(pc_);
  if (!mode) return Outcome::Of(Outcome::Kind::kUnsupported);
  for (;;) {
    if (const std::optional<std::size_t> size = state().inbox.Complete(step.until)) {
      return TakeMessage(*size, Outcome::Kind::kBytes);
    }
    const std::int64_t deadline_ns = DeadlineOf(step.timeout_ms);
    if (wake_ == Wake::kDeadline) return Outcome::Of(Outcome::Kind::kTimeout);
    if (WaitsBeforeRecv(*mode, deadline_ns != 0) && wake_ != Wake::kReady) {
      return Until(Wait::For::kReadable, deadline_ns);
    }
    wake_ = Wake::kStart;

    const CallResult result =
        transport().Recv(context(), std::span(buffer_).first(step.buffer), mode->call);
    if (result.error == errors::kInterrupted) continue;
    if (result.error == errors::kAgain) {
      if (mode->dont_wait) return Outcome::Of(Outcome::Kind::kWouldBlock);
      if (!transport().blocking()) return Until(Wait::For::kReadable, deadline_ns);
    }
    if (IsPrimary()) setup_.view->unheard_since_ns.store(0, std::memory_order_relaxed);
    if (std::optional<Outcome> outcome = TakeReceived(step, *mode, result)) return *outcome;
  }
}

// What a recv that came back makes of the step; nothing while more is needed.
std::optional<Outcome> Actor::TakeReceived(const RecvStep& step, const Program::Mode& mode,
                                           const CallResult& result) {
  if (!result.ok()) return Outcome::Failed(result.error);
  if (mode.call.op != Op::kRecv) {  // beside the stream: nothing of it is taken
    return result.value == 0 ? Outcome::Of(Outcome::Kind::kEof) : Outcome::Bytes(result.value);
  }
  Inbox& inbox = state().inbox;
  if (result.value == 0) {
    const bool wanted = step.until.kind == RecvUntil::Kind::kEof && inbox.size() > 0;
    return TakeMessage(inbox.size(), wanted ? Outcome::Kind::kBytes : Outcome::Kind::kEof);
  }
  inbox.Append({buffer_.data(), static_cast<std::size_t>(result.value)});
  if (step.until.kind != RecvUntil::Kind::kOneCall) return std::nullopt;
  return TakeMessage(inbox.size(), Outcome::Kind::kBytes);
}

Outcome Actor::TakeMessage(std::size_t size, Outcome::Kind kind) {
  message_ = state().inbox.Take(size);
  return {kind, static_cast<std::int64_t>(size), ErrorCode::kNone};
}

}  // namespace tcplab
