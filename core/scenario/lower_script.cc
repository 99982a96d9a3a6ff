// Steps: one table a step, one row a key.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/scenario/lower.h"
#include "core/scenario/socket_options.h"
#include "core/scenario/substitute.h"
#include "core/scenario/words.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

constexpr std::int64_t kMostTimes = 1'000'000'000;
constexpr std::int64_t kMostScriptBytes = std::int64_t{256} << 20U;

// Where the steps of a script are gathered.
struct Lowering {
  ScriptRole role;
  Script script;
};

// A step's settings and its label, which stand in the same object.
template <typename T>
struct Labelled {
  T step;
  std::string label;
};

// What a step's object may hold.
template <typename T>
using Key = Field<Labelled<T>>;

template <typename T>
constexpr Key<T> kLabel = {"label", [](const Node& n, Labelled<T>& s) { NameInto(n, s.label); }};

// The step that takes no settings.
template <typename T>
constexpr std::array<Key<T>, 1> kLabelOnly = {kLabel<T>};

// Reads `bare` for a value that is no object: short for the step's main key.
template <typename T>
using BareReader = void (*)(const Node& node, Labelled<T>& out);

// Reads a step's value by its table and appends the step.
template <typename T>
void ReadStep(const Node& node, std::span<const Key<T>> keys, BareReader<T> bare,
              Lowering& lowering) {
  static const json kNoSettings = json::object();
  Labelled<T> draft;
  const json& value = node.value();
  const bool needs_settings =
      std::any_of(keys.begin(), keys.end(), [](const Key<T>& key) { return key.required; });
  if (bare != nullptr && !value.is_object() && !value.is_boolean()) {
    bare(node, draft);
  } else {
    const bool stands_for_none = value == json(true) && !needs_settings;
    ReadObject<Labelled<T>>(stands_for_none ? node.With(kNoSettings) : node, "the step", keys,
                            draft);
  }
  lowering.script.push_back({std::move(draft.step), std::move(draft.label)});
}

constexpr auto kConnectKeys = std::to_array<Key<ConnectStep>>({
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    kLabel<ConnectStep>,
});

constexpr auto kSendKeys = std::to_array<Key<SendStep>>({
    {"text",
     [](const Node& n, auto& s) {
       if (auto text = ReadText(n, kMostPayloadBytes)) s.step.text = std::move(*text);
     }},
    {"bytes",
     [](const Node& n, auto& s) {
       s.step.is_text = false;
       WholeInto(n, 0, kMostPayloadBytes, s.step.bytes);
     }},
    {"each", [](const Node& n, auto& s) { WholeInto(n, 1, kMostPayloadBytes, s.step.each); }},
    kLabel<SendStep>,
});

// A delimiter, a number of bytes, or "eof".
void ReadRecvUntil(const Node& node, Labelled<RecvStep>& out) {
  RecvUntil& until = out.step.until;
  if (node.value().is_number()) {
    until.kind = RecvUntil::Kind::kBytes;
    WholeInto(node, 1, kMostPayloadBytes, until.bytes);
    return;
  }
  const bool is_text =
      node.value().is_string() && !node.value().get_ref<const std::string&>().empty();
  if (!is_text) {
    node.Mismatch("a delimiter, a whole number of bytes, or \"eof\"");
  } else if (node.value() == "eof") {
    until.kind = RecvUntil::Kind::kEof;
  } else {
    until.kind = RecvUntil::Kind::kDelimiter;
    until.delimiter = node.value().get<std::string>();
  }
}

constexpr auto kRecvKeys = std::to_array<Key<RecvStep>>({
    {"until", ReadRecvUntil},
    {"buffer", [](const Node& n, auto& s) { WholeInto(n, 1, kMostPayloadBytes, s.step.buffer); }},
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    kLabel<RecvStep>,
});

constexpr auto kReplyKeys = std::to_array<Key<ReplyStep>>({
    {"transform",
     [](const Node& n, auto& s) { WordInto<Transform>(n, kTransformWords, s.step.transform); }},
    kLabel<ReplyStep>,
});

constexpr auto kShutdownKeys = std::to_array<Key<ShutdownStep>>({
    {"how", [](const Node& n, auto& s) { WordInto<ShutdownHow>(n, kShutdownWords, s.step.how); }},
    kLabel<ShutdownStep>,
});

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

void ReadSend(const Node& node, Lowering& lowering) {
  ReadStep<SendStep>(
      node, kSendKeys,
      [](const Node& n, auto& s) {
        kSendKeys[n.value().is_number() ? 1 : 0].read(n, s);  // a number is short for "bytes"
      },
      lowering);
  const bool is_bare = node.value().is_string() || node.value().is_number();
  if (!is_bare && node.Has("text") == node.Has("bytes")) {
    node.Error("the step needs exactly one of \"text\" and \"bytes\"");
  }
}

void ReadOption(const Node& node, std::string_view name, SetStep& set) {
  const auto range = FindSocketOption(name);
  if (!range) {
    node.KeyError(fmt::format("{} is no socket option that any known system has{}", Quoted(name),
                              DidYouMean(name, SocketOptionNames())));
    return;
  }
  std::int64_t value = 0;
  if (node.value().is_boolean()) {
    value = node.value().get<bool>() ? 1 : 0;
  } else if (node.value().is_number()) {
    WholeInto(node, range->low, range->high, value);
  } else {
    node.Mismatch("a number, true or false");
  }
  set.options.push_back({std::string(name), value});
}

// The keys are the options' names: nothing that a table could list.
void ReadSet(const Node& node, Lowering& lowering) {
  Labelled<SetStep> draft;
  if (node.value().is_object()) {
    for (const auto& [key, unused] : node.value().items()) {
      if (node.problems().full()) break;
      const Node member = node.Member(key);
      if (key == kLabel<SetStep>.key) {
        kLabel<SetStep>.read(member, draft);
      } else {
        ReadOption(member, key, draft.step);
      }
    }
    const std::size_t labels = node.Has(kLabel<SetStep>.key) ? 1 : 0;
    if (node.value().size() == labels) node.Mismatch("at least one socket option and its value");
  } else {
    node.Mismatch("an object of socket options, such as {\"TCP_NODELAY\": true}");
  }
  lowering.script.push_back({std::move(draft.step), std::move(draft.label)});
}

void ReadSteps(const Node& node, Lowering& lowering);

// "eof" sets no limit of its own: every loop ends at eof.
void ReadRepeatUntil(const Node& node, RepeatBegin& begin) {
  if (node.value() == "eof") return;
  struct Until {
    std::string message;
  };
  static constexpr auto kKeys = std::to_array<Field<Until>>({
      {"message",
       [](const Node& n, Until& u) {
         if (auto text = ReadText(n, kMostPayloadBytes)) u.message = std::move(*text);
       },
       true},
  });
  if (!node.value().is_object()) {
    node.Mismatch("\"eof\" or {\"message\": \"...\"}");
    return;
  }
  Until until;
  ReadObject<Until>(node, "\"until\"", kKeys, until);
  begin.until_message = std::move(until.message);
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
         std::holds_alternative<SetStep>(action);
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

// One step of the language.
struct StepKind {
  std::string_view key;
  void (*read)(const Node& node, Lowering& lowering);
  bool client_only = false;
};

constexpr auto kStepKinds = std::to_array<StepKind>({
    {"connect",
     [](const Node& n, Lowering& l) {
       ReadStep<ConnectStep>(n, kConnectKeys, kConnectKeys[0].read, l);
     },
     true},
    {"send", ReadSend},
    {"recv",
     [](const Node& n, Lowering& l) { ReadStep<RecvStep>(n, kRecvKeys, ReadRecvUntil, l); }},
    {"reply",
     [](const Node& n, Lowering& l) { ReadStep<ReplyStep>(n, kReplyKeys, kReplyKeys[0].read, l); }},
    {"shutdown",
     [](const Node& n, Lowering& l) {
       ReadStep<ShutdownStep>(n, kShutdownKeys, kShutdownKeys[0].read, l);
     }},
    {"close",
     [](const Node& n, Lowering& l) { ReadStep<CloseStep>(n, kLabelOnly<CloseStep>, nullptr, l); }},
    {"abort",
     [](const Node& n, Lowering& l) { ReadStep<AbortStep>(n, kLabelOnly<AbortStep>, nullptr, l); }},
    {"sleep",
     [](const Node& n, Lowering& l) { ReadStep<SleepStep>(n, kSleepKeys, kSleepKeys[0].read, l); }},
    {"repeat", ReadRepeat},
    {"await",
     [](const Node& n, Lowering& l) { ReadStep<AwaitStep>(n, kAwaitKeys, kAwaitKeys[0].read, l); }},
    {"signal", [](const Node& n,
                  Lowering& l) { ReadStep<SignalStep>(n, kSignalKeys, kSignalKeys[0].read, l); }},
    {"set", ReadSet},
});

void ReadOneStep(const Node& node, Lowering& lowering) {
  std::vector<std::string_view> names;
  for (const StepKind& kind : kStepKinds) names.push_back(kind.key);
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
  const auto kind = std::find_if(kStepKinds.begin(), kStepKinds.end(),
                                 [&](const StepKind& k) { return k.key == name; });
  if (kind == kStepKinds.end()) {
    step.KeyError(fmt::format("there is no step {}; expected {}{}", Quoted(name), JoinWords(names),
                              DidYouMean(name, names)));
    return;
  }
  if (kind->client_only && lowering.role != ScriptRole::kClient) {
    step.KeyError(
        fmt::format("a server's script cannot {}: its connection is there already", kind->key));
    return;
  }
  kind->read(step, lowering);
}

void ReadSteps(const Node& node, Lowering& lowering) {
  if (!ExpectList(node, "steps")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    ReadOneStep(node.Element(i), lowering);
  }
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

Script ReadScript(const Node& node, ScriptRole role, std::optional<std::int64_t> index) {
  json values = json::object();
  if (index) values[std::string(kIndexParameter)] = *index;
  Budget budget;
  const json steps = Substitute(node.value(), values, Stage::kFinal, budget);
  if (budget.exceeded) {
    node.Error("the script is larger than 256 MiB once its parameters are put in");
    return {};
  }
  Lowering lowering{role, {}};
  ReadSteps(node.With(steps), lowering);
  CheckPayloads(node, lowering.script);
  return std::move(lowering.script);
}

}  // namespace tcplab::internal
