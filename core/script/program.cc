#include "core/script/program.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/script/transform.h"

namespace tcplab {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";

std::string BuildPayload(const SendStep& send) {
  if (send.is_text) return send.text;
  std::string payload(send.bytes, '\0');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = kAlphabet[i % kAlphabet.size()];
  return payload;
}

bool HasFlag(const MessageFlags& flags, std::string_view name) {
  return std::find(flags.begin(), flags.end(), name) != flags.end();
}

std::optional<Program::Mode> ModeOf(const MessageFlags& flags, Op plain, Op urgent) {
  Program::Mode mode;
  mode.call.op = HasFlag(flags, "MSG_PEEK")  ? Op::kPeek
                 : HasFlag(flags, "MSG_OOB") ? urgent
                                             : plain;
  mode.dont_wait = HasFlag(flags, "MSG_DONTWAIT");
  for (const std::string& name : flags) {
    const std::optional<int> flag = SysMessageFlag(name);
    if (!flag) return std::nullopt;
    mode.call.flags |= *flag;
  }
  return mode;
}

std::optional<Program::Mode> ModeOf(const Action& action) {
  if (const auto* send = std::get_if<SendStep>(&action)) {
    return ModeOf(send->flags, Op::kSend, Op::kSendUrgent);
  }
  if (const auto* recv = std::get_if<RecvStep>(&action)) {
    return ModeOf(recv->flags, Op::kRecv, Op::kRecvUrgent);
  }
  return ModeOf(MessageFlags(), Op::kSend, Op::kSend);
}

constexpr std::size_t kMany = std::numeric_limits<std::size_t>::max() / 4;

std::size_t Add(std::size_t a, std::size_t b) {
  return std::min(kMany, std::min(a, kMany) + std::min(b, kMany));
}
std::size_t Multiply(std::size_t a, std::size_t b) {
  if (a == 0 || b == 0) return 0;
  return a > kMany / b ? kMany : a * b;
}

// Room for so many pieces of standard input, and for what the other end does with them: nobody
// knows beforehand how many there will be. A trial with more is one that lost events.
constexpr std::size_t kMostPieces = std::size_t{1} << 18U;

// What one step may record, itself included.
TraceBound StepBound(const Action& action) {
  constexpr std::size_t kRetries = 4;  // EAGAIN, EINTR, a poll before the call
  TraceBound bound;
  bound.events = 1 + kRetries;
  if (std::holds_alternative<ConnectStep>(action)) {
    bound.events += 2 * kRetries;  // socket, bind, getsockname, SO_ERROR, fcntl, an option
    bound.addresses = 4;
    bound.connections = 1;
  } else if (std::holds_alternative<BindStep>(action) ||
             std::holds_alternative<ListenStep>(action) ||
             std::holds_alternative<AcceptStep>(action) ||
             std::holds_alternative<GetStep>(action)) {
    bound.events += kRetries;  // socket, bind, a close of what it replaces
    bound.addresses = 2;
  } else if (const auto* send = std::get_if<SendStep>(&action)) {
    const std::size_t bytes = send->from_stdin ? kMostPieces
                              : send->is_text  ? send->text.size()
                                               : send->bytes;
    constexpr std::size_t kEventsAPiece = 2;  // it comes, and is sent
    const std::size_t calls = send->from_stdin  ? kEventsAPiece * kMostPieces
                              : send->each == 0 ? 1
                                                : (bytes + send->each - 1) / send->each;
    bound.events = Add(bound.events, calls);
    bound.sent_bytes = bytes;
  } else if (const auto* reply = std::get_if<ReplyStep>(&action)) {
    bound.reply_bytes = MostBytesBeyondMessage(reply->transform) + reply->end.size();
  } else if (const auto* set = std::get_if<SetStep>(&action)) {
    bound.events += set->options.size();
  }
  return bound;
}

void AddTo(TraceBound& total, const TraceBound& more, std::size_t times) {
  total.events = Add(total.events, Multiply(more.events, times));
  total.addresses = Add(total.addresses, Multiply(more.addresses, times));
  total.connections = Add(total.connections, Multiply(more.connections, times));
  total.sent_bytes = Add(total.sent_bytes, Multiply(more.sent_bytes, times));
  total.reply_bytes = Add(total.reply_bytes, Multiply(more.reply_bytes, times));
}

TraceBound RangeBound(const Script& script, std::size_t first, std::size_t last,
                      std::size_t rounds_without_number) {
  TraceBound total;
  for (std::size_t pc = first; pc < last; ++pc) {
    if (const auto* loop = std::get_if<RepeatBegin>(&script[pc].action)) {
      const std::size_t rounds =
          loop->times ? static_cast<std::size_t>(*loop->times) : rounds_without_number;
      AddTo(total, RangeBound(script, pc + 1, loop->end, rounds_without_number), rounds);
      pc = loop->end;
    } else {
      AddTo(total, StepBound(script[pc].action), 1);
    }
  }
  return total;
}

template <typename T>
bool AnyStep(const Script& script) {
  return std::any_of(script.begin(), script.end(),
                     [](const Step& step) { return std::holds_alternative<T>(step.action); });
}

}  // namespace

Program::Program(Script script) : script_(std::move(script)), socket_count_(SocketCount(script_)) {
  payloads_.reserve(script_.size());
  modes_.reserve(script_.size());
  for (const Step& step : script_) {
    const auto* send = std::get_if<SendStep>(&step.action);
    modes_.push_back(ModeOf(step.action));
    payloads_.push_back(send == nullptr ? std::string() : BuildPayload(*send));
    if (const auto* recv = std::get_if<RecvStep>(&step.action))
      recv_buffer_ = std::max(recv_buffer_, recv->buffer);
  }
}

TraceBound BoundOf(const Script& script, std::size_t incoming_bytes) {
  // A script that accepts may talk to itself: what it sends on one socket comes in on another, and
  // is answered there.
  std::size_t received = incoming_bytes;
  if (AnyStep<AcceptStep>(script)) {
    const TraceBound own = RangeBound(script, 0, script.size(), Add(incoming_bytes, 1));
    received = Add(received, own.sent_bytes);
    if (AnyStep<ReplyStep>(script)) received = Add(Multiply(received, 2), own.reply_bytes);
  }
  // A loop without a number of rounds goes on while something comes, a byte a round at the slowest.
  TraceBound bound = RangeBound(script, 0, script.size(), Add(received, 1));
  constexpr std::size_t kEventsPerByte = 2;  // a recv, and a poll or EAGAIN before it
  bound.events = Add(bound.events, Multiply(received, kEventsPerByte));
  bound.received_bytes = received;
  return bound;
}

}  // namespace tcplab
