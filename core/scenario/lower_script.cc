// Steps: one table a step, one row a key. Here those that steer a script, and the whole of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/scenario/lower.h"
#include "core/scenario/script_reader.h"
#include "core/scenario/substitute.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

constexpr std::int64_t kMostTimes = 1'000'000'000;
constexpr std::int64_t kMostScriptBytes = std::int64_t{256} << 20U;

constexpr auto kSleepKeys = std::to_array<Key<SleepStep>>({
    {"ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.ms); }, true},
    kLabel<SleepStep>,
});

constexpr auto kAwaitKeys = std::to_array<Key<AwaitStep>>({
    {"signal", [](const Node& n, auto& s) { NameInto(n, s.step.signal); }, true},
    {"count", [](const Node& n, auto& s) { WholeInto(n, 1, kMostClients, s.step.count); }},
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    kLabel<AwaitStep>,
});

constexpr auto kSignalKeys = std::to_array<Key<SignalStep>>({
    {"name", [](const Node& n, auto& s) { NameInto(n, s.step.signal); }, true},
    kLabel<SignalStep>,
});

// "eof" sets no limit of its own: every loop ends at eof.
void ReadRepeatUntil(const Node& node, RepeatBegin& begin) {
  if (node.value() == "eof") return;
  if (!node.value().is_object()) {
    node.Mismatch("\"eof\", {\"message\": \"...\"} or {\"outcome\": \"...\"}");
    return;
  }
  static constexpr auto kKeys = std::to_array<Field<RepeatBegin>>({
      {"message",
       [](const Node& n, RepeatBegin& b) {
         if (auto text = ReadText(n, kMostPayloadBytes)) b.until_message = std::move(*text);
       }},
      {"outcome",
       [](const Node& n, RepeatBegin& b) {
         static constexpr auto kWords = std::to_array<std::string_view>({"timeout", "would_block"});
         if (const auto index = ReadWordIndex(n, kWords)) b.until_outcome = kWords[*index];
       }},
  });
  ReadObject<RepeatBegin>(node, "\"until\"", kKeys, begin);
  if (node.value().empty()) node.Mismatch("\"message\" or \"outcome\"");
}

// Whether the step, in a loop without an end, makes a call that can fail, meet eof or bring the
// message.
bool CanEndLoop(const Action& action) {
  if (const auto* const send = std::get_if<SendStep>(&action)) {
    return !send->text.empty() || send->bytes > 0;
  }
  return std::holds_alternative<ConnectStep>(action) || std::holds_alternative<RecvStep>(action) ||
         std::holds_alternative<ShutdownStep>(action) ||
         std::holds_alternative<CloseStep>(action) || std::holds_alternative<AbortStep>(action) ||
         std::holds_alternative<SetStep>(action) || std::holds_alternative<BindStep>(action) ||
         std::holds_alternative<ListenStep>(action) || std::holds_alternative<AcceptStep>(action) ||
         std::holds_alternative<GetStep>(action) || std::holds_alternative<SampleStep>(action);
}

bool AnyCanEndLoop(const Script& script, std::size_t first) {
  for (std::size_t i = first; i < script.size(); ++i) {
    const auto* const inner = std::get_if<RepeatBegin>(&script[i].action);
    if (inner != nullptr && inner->times == 0U) {
      i = inner->end;  // never entered
    } else if (CanEndLoop(script[i].action)) {
      return true;
    }
  }
  return false;
}

void ReadRepeat(const Node& node, Lowering& lowering) {
  struct Draft {
    RepeatBegin begin;
    Lowering* lowering = nullptr;
  };
  static constexpr auto kKeys = std::to_array<Field<Draft>>({
      {"times", [](const Node& n, Draft& d) { WholeInto(n, 0, kMostTimes, d.begin.times); }},
      {"until", [](const Node& n, Draft& d) { ReadRepeatUntil(n, d.begin); }},
      {"steps", [](const Node& n, Draft& d) { ReadSteps(n, *d.lowering); }, true},
  });
  const std::size_t begin = lowering.script.size();
  lowering.script.push_back({RepeatBegin{}, {}});
  Draft draft{{}, &lowering};
  if (node.Has("label")) {
    node.Member("label").KeyError("a \"repeat\" makes no call, so it has no outcome to label");
  }
  if (ReadObject<Draft>(node, "the step", kKeys, draft) && !node.Has("times")) {
    if (!node.Has("until")) {
      node.Error("the step needs \"times\" or \"until\", or it would never end");
    } else if (!AnyCanEndLoop(lowering.script, begin + 1)) {
      node.Error(
          "nothing in this loop can end it: expected \"times\", or a step that calls the socket");
    }
  }
  draft.begin.end = lowering.script.size();
  lowering.script[begin].action = std::move(draft.begin);
  lowering.script.push_back({RepeatEnd{begin}, {}});
}

constexpr auto kControlSteps = std::to_array<StepKind>({
    {"sleep",
     [](const Node& n, Lowering& l) { ReadStep<SleepStep>(n, kSleepKeys, kSleepKeys[0].read, l); }},
    {"repeat", ReadRepeat},
    {"await",
     [](const Node& n, Lowering& l) { ReadStep<AwaitStep>(n, kAwaitKeys, kAwaitKeys[0].read, l); }},
    {"signal", [](const Node& n,
                  Lowering& l) { ReadStep<SignalStep>(n, kSignalKeys, kSignalKeys[0].read, l); }},
});

// Every step of the language, in the order in which people read them.
const std::vector<StepKind>& AllSteps() {
  static const std::vector<StepKind> kAll = [] {
    std::vector<StepKind> all;
    for (const auto& kinds : {SocketSteps(), DataSteps(), ControlSteps()}) {
      all.insert(all.end(), kinds.begin(), kinds.end());
    }
    return all;
  }();
  return kAll;
}

void ReadOneStep(const Node& node, Lowering& lowering) {
  std::vector<std::string_view> names;
  for (const StepKind& kind : AllSteps()) names.push_back(kind.key);
  if (!node.value().is_object() || node.value().size() != 1) {
    const bool several = node.value().is_object() && node.value().size() > 1;
    node.Error(several ? fmt::format("found {} keys in one step, expected one step an object",
                                     node.value().size())
                       : fmt::format("found {}, expected an object with one step: {}",
                                     Found(node.value()), JoinWords(names)));
    return;
  }
  const std::string& name = node.value().begin().key();
  const Node step = node.Member(name);
  const auto kind = std::find_if(AllSteps().begin(), AllSteps().end(),
                                 [&](const StepKind& k) { return k.key == name; });
  if (kind == AllSteps().end()) {
    step.KeyError(fmt::format("there is no step {}; expected {}{}", Quoted(name), JoinWords(names),
                              DidYouMean(name, names)));
    return;
  }
  kind->read(step, lowering);
}

void CheckPayloads(const Node& node, const Script& script) {
  std::size_t bytes = 0;
  for (const Step& step : script) {
    const auto* const send = std::get_if<SendStep>(&step.action);
    if (send != nullptr) bytes += send->text.size() + send->bytes;
  }
  if (bytes > static_cast<std::size_t>(kMostScriptBytes)) {
    node.Error(fmt::format("the payloads of this script are {} bytes together, expected at most {}",
                           bytes, kMostScriptBytes));
  }
}

}  // namespace

std::span<const StepKind> ControlSteps() { return kControlSteps; }

void ReadSteps(const Node& node, Lowering& lowering) {
  if (!ExpectList(node, "steps")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    ReadOneStep(node.Element(i), lowering);
  }
}

std::uint8_t SocketNames::NumberOf(const Node& node, const std::string& name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  const auto number = static_cast<std::size_t>(found - names_.begin());
  if (number > UINT8_MAX) {
    node.Error("a script has at most 256 sockets");
    return kMainSocket;
  }
  if (found == names_.end()) {
    names_.push_back(name);
    opened_.push_back(false);
    first_use_.push_back(Use{node.Pointer(), &node.problems()});
  }
  return static_cast<std::uint8_t>(number);
}

void SocketNames::Check() const {
  std::vector<std::string_view> made;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (opened_[i]) made.push_back(names_[i]);
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (opened_[i] || !first_use_[i] || first_use_[i]->problems->full()) continue;
    first_use_[i]->problems->Add(
        {Severity::kError, Anchor::kValue, first_use_[i]->pointer,
         fmt::format("no step of this script makes the socket {} (connect, bind, listen, accept "
                     "or set does){}",
                     Quoted(names_[i]), DidYouMean(names_[i], made))});
  }
}

std::optional<std::uint8_t> ReadSocketName(const Node& node, Lowering& lowering) {
  const auto name = ReadName(node);
  if (!name) return std::nullopt;
  return lowering.sockets.NumberOf(node, *name);
}

Script ReadScript(const Node& node, ScriptRole role, std::optional<std::int64_t> index) {
  json values = json::object();
  if (index) values[std::string(kIndexParameter)] = *index;
  Budget budget;
  const json steps = Substitute(node.value(), values, Stage::kFinal, budget);
  if (budget.exceeded) {
    node.Error("the script is larger than 256 MiB once its parameters are put in");
    return {};
  }
  Lowering lowering{role, {}, {}};
  if (role == ScriptRole::kHandler) lowering.sockets.Opens(kMainSocket);
  ReadSteps(node.With(steps), lowering);
  lowering.sockets.Check();
  CheckPayloads(node, lowering.script);
  return std::move(lowering.script);
}

}  // namespace tcplab::internal
