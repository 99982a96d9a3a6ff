#include "runner/actor_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/net/address.h"
#include "runner/columns.h"

namespace tcplab {
namespace {

constexpr std::int64_t kLongNs = kNsPerMs;  // from here on, a call is said to have waited
constexpr std::size_t kPayloadColumns = 24;

// What a call of an event came to, and what it brought: only the first makes calls alike.
struct CallEnd {
  std::string word;
  std::string brought;
};

using ArgumentWords = std::string (*)(const Event& event);

std::string NoArgument(const Event& /*event*/) { return ""; }
std::string NumberArgument(const Event& event) { return fmt::format(" {}", event.argument); }
std::string ShutdownArgument(const Event& event) {
  constexpr std::array<std::string_view, 3> kSides = {" read", " write", " both"};
  return std::string(event.argument < kSides.size() ? kSides[event.argument] : "");
}
std::string PollArgument(const Event& event) {
  return event.argument == 0 ? " readable" : " writable";
}
std::string FcntlArgument(const Event& event) {
  return event.argument == 0 ? " blocking" : " non-blocking";
}

struct CallWords {
  Op op;
  std::string_view name;
  ArgumentWords arguments;
  bool is_helper;  // left out where it did what it should
  bool waits;      // told when it ended, not when it began
};
constexpr std::array<CallWords, 15> kCallWords = {{
    {Op::kSocket, "socket", NoArgument, true, false},
    {Op::kBind, "bind", NoArgument, false, false},
    {Op::kListen, "listen", NumberArgument, false, false},
    {Op::kGetSockName, "getsockname", NoArgument, true, false},
    {Op::kConnect, "connect", NoArgument, false, false},
    {Op::kSoError, "getsockopt SO_ERROR", NoArgument, true, false},
    {Op::kPoll, "poll", PollArgument, true, true},
    {Op::kAccept, "accept", NoArgument, false, true},
    {Op::kRecv, "recv", NumberArgument, false, true},
    {Op::kSend, "send", NumberArgument, false, false},
    {Op::kShutdown, "shutdown", ShutdownArgument, false, false},
    {Op::kClose, "close", NoArgument, false, false},
    {Op::kSetOption, "setsockopt", NoArgument, false, false},
    {Op::kFcntl, "fcntl", FcntlArgument, true, false},
    {Op::kInput, "standard input", NoArgument, false, true},
}};

CallWords WordsOf(Op op) {
  const auto* const found = std::find_if(kCallWords.begin(), kCallWords.end(),
                                         [op](const CallWords& words) { return words.op == op; });
  if (found != kCallWords.end()) return *found;
  return {op, OpName(op), NoArgument, false, false};
}

const Action* ActionAt(const Script& script, std::uint16_t step) {
  return step < script.size() ? &script[step].action : nullptr;
}

// What a step waits for, in the language's words.
struct StepWord {
  std::string operator()(const ConnectStep& /*step*/) const { return "connect"; }
  std::string operator()(const BindStep& /*step*/) const { return "bind"; }
  std::string operator()(const ListenStep& /*step*/) const { return "listen"; }
  std::string operator()(const AcceptStep& /*step*/) const { return "accept"; }
  std::string operator()(const GetStep& step) const { return "get " + step.name; }
  std::string operator()(const SampleStep& step) const { return "sample " + step.field; }
  std::string operator()(const SendStep& step) const {
    return step.from_stdin ? "send from standard input" : "send";
  }
  std::string operator()(const RecvStep& /*step*/) const { return "recv"; }
  std::string operator()(const ReplyStep& /*step*/) const { return "reply"; }
  std::string operator()(const ShutdownStep& /*step*/) const { return "shutdown"; }
  std::string operator()(const CloseStep& /*step*/) const { return "close"; }
  std::string operator()(const AbortStep& /*step*/) const { return "abort"; }
  std::string operator()(const SleepStep& /*step*/) const { return "sleep"; }
  std::string operator()(const AwaitStep& step) const { return "await signal " + step.signal; }
  std::string operator()(const SignalStep& step) const { return "signal " + step.signal; }
  std::string operator()(const SetStep& /*step*/) const { return "set"; }
  std::string operator()(const RepeatBegin& /*step*/) const { return "repeat"; }
  std::string operator()(const RepeatEnd& /*step*/) const { return "repeat"; }
};

// Not an end: the connection is being made.
bool IsUnderWay(const Event& event) {
  const std::string_view name = ErrorName(event.error());
  return name == "EINPROGRESS" || name == "EINTR";
}

std::string OnSocket(const Event& event) {
  return event.socket == 0 ? "" : fmt::format("[socket {}] ", event.socket);
}

class CallReader {
 public:
  explicit CallReader(const ActorReading& reading)
      : reading_(reading), last_end_ns_(reading.from_ns) {}

  void Read(const EventRef& ref) {
    if (ref->op == Op::kStep) {
      ReadStep(ref);
    } else if (ref->op == Op::kSleep || ref->op == Op::kAwait || ref->op == Op::kSignal) {
      ReadPause(ref);
    } else if (reading_.every_event || !ReadConnect(ref)) {
      ReadCall(ref);
    }
    // What a poll waited is the wait of the call that it was made for.
    if (ref->op == Op::kPoll && !reading_.every_event) return;
    last_end_ns_ = std::max(last_end_ns_, ref->end_ns);
  }

  void ReadOpen(const EventRef& open) {
    const CallWords words = WordsOf(open->op);
    if (words.waits || words.is_helper) return;
    Begins(HeadOf(words, open), open->begin_ns);
  }

  std::vector<Happening> Take() {
    if (connect_) Begins(connect_->head, connect_->begin_ns);
    return std::move(happenings_);
  }

 private:
  // A connect that was begun and not concluded yet.
  struct Connecting {
    std::string head;
    std::int64_t begin_ns;
  };

  void ReadCall(const EventRef& ref);
  bool ReadConnect(const EventRef& ref);
  void ReadPause(const EventRef& ref);
  void ReadStep(const EventRef& ref);

  void Add(std::int64_t at_ns, std::string what, std::string like, std::int64_t took_ns = 0) {
    happenings_.push_back({at_ns, std::move(what), std::move(like), took_ns});
  }
  void Begins(const std::string& head, std::int64_t at_ns) {
    Add(at_ns, head + " ...", head + " ...");
  }
  // It began at `begin_ns` and was over at `end_ns`.
  void Calls(const std::string& head, const CallEnd& end, std::int64_t begin_ns,
             std::int64_t end_ns);
  void Waits(const std::string& head, const CallEnd& end, std::int64_t from_ns,
             std::int64_t end_ns);
  void Connects(const CallEnd& end, std::int64_t end_ns);

  std::string HeadOf(const CallWords& words, const EventRef& ref);
  std::string OptionInWords(const Event& event);
  [[nodiscard]] CallEnd EndOf(const EventRef& ref) const;
  [[nodiscard]] std::string SignalOf(const Event& event) const;
  [[nodiscard]] std::string SampledInWords(const Event& event) const;

  const ActorReading& reading_;
  std::int64_t last_end_ns_;
  std::optional<Connecting> connect_;
  std::uint16_t option_step_ = kNoStep;  // the step whose options are being set
  std::size_t options_set_ = 0;
  std::vector<Happening> happenings_;
};

void CallReader::Calls(const std::string& head, const CallEnd& end, std::int64_t begin_ns,
                       std::int64_t end_ns) {
  const std::string like = head + " -> " + end.word;
  const std::string took = DurationInWords(end_ns - begin_ns);
  if (end_ns - begin_ns >= kLongNs) {
    Begins(head, begin_ns);
    Add(end_ns, fmt::format("{}{} (waited {})", like, end.brought, took), like);
  } else {
    const bool timed = head.ends_with("connect");
    Add(begin_ns, like + end.brought + (timed ? fmt::format(" ({})", took) : ""), like);
  }
}

void CallReader::Waits(const std::string& head, const CallEnd& end, std::int64_t from_ns,
                       std::int64_t end_ns) {
  const std::string like = head + " -> " + end.word;
  const bool is_long = end_ns - from_ns >= kLongNs;
  const std::string waited =
      is_long ? fmt::format(" (waited {})", DurationInWords(end_ns - from_ns)) : "";
  Add(end_ns, like + end.brought + waited, like, is_long ? end_ns - from_ns : 0);
}

void CallReader::ReadCall(const EventRef& ref) {
  const CallWords words = WordsOf(ref->op);
  if (words.is_helper && !ref->failed() && !reading_.every_event) return;
  const std::string head = HeadOf(words, ref);
  if (!words.waits) return Calls(head, EndOf(ref), ref->begin_ns, ref->end_ns);
  // A loop calls recv when there is something: what it waited lies before the call.
  const std::int64_t from_ns = ref->op == Op::kRecv ? std::min(last_end_ns_, ref->begin_ns)
                                                    : std::max(reading_.from_ns, ref->begin_ns);
  Waits(head, EndOf(ref), from_ns, ref->end_ns);
}

// Whether the event is part of a connect, and nothing else is to be said about it.
bool CallReader::ReadConnect(const EventRef& ref) {
  if (ref->op == Op::kConnect) {
    connect_ = Connecting{HeadOf(WordsOf(ref->op), ref), ref->begin_ns};
    if (!IsUnderWay(*ref.event)) Connects(EndOf(ref), ref->end_ns);
    return true;
  }
  if (!connect_) return false;
  if (ref->op == Op::kSoError) {
    Connects(EndOf(ref), ref->end_ns);
    return true;
  }
  if (ref->op == Op::kPoll && ref->result == 0) Connects({"timeout", ""}, ref->end_ns);
  // A loop has no event for its deadline: it closes the socket.
  if (ref->op == Op::kClose) Connects({"timeout", ""}, ref->begin_ns);
  return false;
}

void CallReader::Connects(const CallEnd& end, std::int64_t end_ns) {
  const Connecting connect = *std::exchange(connect_, std::nullopt);
  Calls(connect.head, end, connect.begin_ns, end_ns);
}

void CallReader::ReadPause(const EventRef& ref) {
  const std::string took = DurationInWords(ref->end_ns - ref->begin_ns);
  const std::string signal = SignalOf(*ref.event);
  if (ref->op == Op::kSleep) {
    Add(ref->end_ns, "slept " + took, fmt::format("slept {}", ref->argument),
        ref->end_ns - ref->begin_ns);
  } else if (ref->op == Op::kSignal) {
    Add(ref->begin_ns, "gave signal " + signal, "gave signal " + signal);
  } else {
    const std::string like = "awaited signal " + signal + (ref->result == 0 ? " -> timeout" : "");
    Add(ref->end_ns, fmt::format("{} ({})", like, took), like, ref->end_ns - ref->begin_ns);
  }
}

// Steps are told where their calls do not tell them.
void CallReader::ReadStep(const EventRef& ref) {
  option_step_ = kNoStep;
  const auto kind = static_cast<Outcome::Kind>(ref->argument);
  const std::string step = OnSocket(*ref.event) + StepInWords(*reading_.script, ref->step);
  if (reading_.every_event) {
    const Outcome outcome{kind, ref->failed() ? 0 : ref->result, ref->error()};
    return Add(ref->end_ns, fmt::format("step {}: {}", step, outcome.Word()), "");
  }
  const Action* const action = ActionAt(*reading_.script, ref->step);
  const bool told = action != nullptr && (std::holds_alternative<ConnectStep>(*action) ||
                                          std::holds_alternative<AwaitStep>(*action));
  if (kind == Outcome::Kind::kTimeout && !told) {
    Waits(step, {"timeout", ""}, ref->begin_ns, ref->end_ns);
  } else if (kind == Outcome::Kind::kSkipped) {
    Add(ref->end_ns, step + " skipped: not connected", step + " skipped");
  } else if (kind == Outcome::Kind::kUnsupported) {
    Add(ref->end_ns, step + ": unsupported here", step + ": unsupported");
  } else if (action != nullptr && std::holds_alternative<GetStep>(*action) && !ref->failed()) {
    // The call's event has no place for a value below 0, nor for a text.
    const std::string value =
        kind == Outcome::Kind::kText ? Printable(ref.data()) : fmt::format("{}", ref->result);
    Add(ref->end_ns, step + " came to " + value, step + " came to " + value);
  }
}

std::string CallReader::HeadOf(const CallWords& words, const EventRef& ref) {
  const bool asks = ref->op == Op::kGetOption || ref->op == Op::kSample;
  if (asks && ActionAt(*reading_.script, ref->step) != nullptr) {  // what for stands in the step
    return OnSocket(*ref.event) + StepInWords(*reading_.script, ref->step);
  }
  const std::string arguments =
      ref->op == Op::kSetOption ? OptionInWords(*ref.event) : words.arguments(*ref.event);
  return fmt::format("{}{}{}", OnSocket(*ref.event), words.name, arguments);
}

// A step sets its options in their order, one call each.
std::string CallReader::OptionInWords(const Event& event) {
  if (std::exchange(option_step_, event.step) != event.step) options_set_ = 0;
  const std::size_t place = options_set_++;
  const Action* const action = ActionAt(*reading_.script, event.step);
  if (action != nullptr && std::holds_alternative<AbortStep>(*action)) return " SO_LINGER {1, 0}";
  const auto* const set = action != nullptr ? std::get_if<SetStep>(action) : nullptr;
  if (set == nullptr || place >= set->options.size()) return NumberArgument(event);
  return fmt::format(" {} {}", set->options[place].name, set->options[place].value);
}

CallEnd CallReader::EndOf(const EventRef& ref) const {
  if (ref->failed()) return {std::string(ErrorName(ref->error())), ""};
  switch (ref->op) {
    case Op::kRecv: {
      if (ref->result == 0) return {"eof", ""};
      const std::string_view payload = ref.data();
      return {fmt::format("{}", ref->result),
              payload.empty() ? "" : " " + PayloadInWords(payload, kPayloadColumns)};
    }
    case Op::kInput:
      return {ref->result == 0 ? "end of file" : fmt::format("{} bytes", ref->result), ""};
    case Op::kSend:
      return {fmt::format("{}", ref->result), ""};
    case Op::kPoll:
      return {ref->result == 0 ? "timeout" : "ready", ""};
    case Op::kGetSockName:
      return {Address::Decode(ref.data()).ToString(), ""};
    case Op::kAccept:
      return {reading_.accepted ? reading_.accepted(ref) : "a connection", ""};
    case Op::kSample:
      return {SampledInWords(*ref.event), ""};
    default:  // they return nothing but that they worked
      return {"ok", ""};
  }
}

std::string CallReader::SampledInWords(const Event& event) const {
  const Action* const action = ActionAt(*reading_.script, event.step);
  const auto* const sample = action != nullptr ? std::get_if<SampleStep>(action) : nullptr;
  const bool is_state = sample != nullptr && sample->field == "state";
  if (!is_state) return fmt::format("{}", event.result);
  return Outcome{Outcome::Kind::kTcpState, event.result, ErrorCode::kNone}.Word();
}

std::string CallReader::SignalOf(const Event& event) const {
  const Action* const action = ActionAt(*reading_.script, event.step);
  if (action == nullptr) return "?";
  if (const auto* const await = std::get_if<AwaitStep>(action)) return await->signal;
  const auto* const given = std::get_if<SignalStep>(action);
  return given != nullptr ? given->signal : "?";
}

}  // namespace

std::vector<Happening> ReadCalls(const ActorReading& reading, std::span<const EventRef> events,
                                 const std::optional<EventRef>& open) {
  CallReader reader(reading);
  for (const EventRef& ref : events) reader.Read(ref);
  if (open) reader.ReadOpen(*open);
  return reader.Take();
}

std::string StepInWords(const Script& script, std::uint16_t step) {
  const Action* const action = ActionAt(script, step);
  return action != nullptr ? std::visit(StepWord{}, *action) : "step";
}

std::string OpenCallInWords(const Script& script, const EventRef& open) {
  if (open->op == Op::kPoll) return StepInWords(script, open->step);
  return std::string(WordsOf(open->op).name);
}

std::string DurationInWords(std::int64_t ns) {
  const double ms = NsToMs(ns);
  if (ms >= 100) return fmt::format("{:.1f} ms", ms);
  return ms >= 1 ? fmt::format("{:.2f} ms", ms) : fmt::format("{:.3f} ms", ms);
}

}  // namespace tcplab
