// Steps that make, name, configure, question and end sockets.
#include <fmt/format.h>

#include <limits>

#include "core/base/text.h"
#include "core/scenario/address.h"
#include "core/scenario/script_reader.h"
#include "core/scenario/socket_options.h"
#include "core/scenario/words.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

// --- whose address

// A server's name, or {"socket": NAME} for one of the script's own.
void ReadWhose(const Node& node, Endpoint& endpoint, Lowering& lowering) {
  struct Own {
    std::optional<std::uint8_t> number;
    Lowering* lowering = nullptr;
  };
  static constexpr auto kKeys = std::to_array<Field<Own>>({
      {"socket", [](const Node& n, Own& o) { o.number = ReadSocketName(n, *o.lowering); }, true},
  });
  Whose whose;
  if (node.value().is_object()) {
    Own own{std::nullopt, &lowering};
    ReadObject<Own>(node, "whose address it is", kKeys, own);
    whose.socket = own.number;
  } else if (node.value().is_string()) {
    NameInto(node, whose.server);
  } else {
    node.Mismatch("a server's name, or {\"socket\": NAME} for a socket of this script");
  }
  endpoint.whose = std::move(whose);
}

template <typename T>
void ReadEndpointAddress(const Node& node, Labelled<T>& out) {
  const bool literal = node.value().is_string() &&
                       ParseIpAddress(node.value().get_ref<const std::string&>()).has_value();
  if (!literal) {
    node.Mismatch("a literal IPv4 or IPv6 address such as \"127.0.0.1\" or \"::1\"");
    return;
  }
  out.step.to.address = node.value().get<std::string>();
}

template <typename T>
void ReadEndpointPort(const Node& node, Labelled<T>& out) {
  WholeInto(node, 0, 65535, out.step.to.port);
}

template <typename T>
void ReadEndpointOwner(const Node& node, Labelled<T>& out) {
  ReadWhose(node, out.step.to, *out.lowering);
}

// --- the steps' keys

constexpr auto kConnectKeys = std::to_array<Key<ConnectStep>>({
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    {"to", ReadEndpointOwner<ConnectStep>},
    {"address", ReadEndpointAddress<ConnectStep>},
    {"port", ReadEndpointPort<ConnectStep>},
    kSocket<ConnectStep>,
    kLabel<ConnectStep>,
});

constexpr auto kBindKeys = std::to_array<Key<BindStep>>({
    {"address", ReadEndpointAddress<BindStep>},
    {"port", ReadEndpointPort<BindStep>},
    {"like", ReadEndpointOwner<BindStep>},
    kSocket<BindStep>,
    kLabel<BindStep>,
});

constexpr auto kListenKeys = std::to_array<Key<ListenStep>>({
    {"backlog",
     [](const Node& n, auto& s) {
       using Limits = std::numeric_limits<std::int32_t>;
       WholeInto(n, Limits::min(), Limits::max(), s.step.backlog);
     }},
    kSocket<ListenStep>,
    kLabel<ListenStep>,
});

constexpr auto kAcceptKeys = std::to_array<Key<AcceptStep>>({
    {"as",
     [](const Node& n, auto& s) {
       const auto number = ReadSocketName(n, *s.lowering);
       if (!number) return;
       s.step.as = *number;
       s.lowering->sockets.Opens(*number);
     },
     true},
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    kSocket<AcceptStep>,
    kLabel<AcceptStep>,
});

constexpr auto kShutdownKeys = std::to_array<Key<ShutdownStep>>({
    {"how", [](const Node& n, auto& s) { WordInto<ShutdownHow>(n, kShutdownWords, s.step.how); }},
    kSocket<ShutdownStep>,
    kLabel<ShutdownStep>,
});

void ReadOptionName(const Node& node, Labelled<GetStep>& out) {
  if (!node.value().is_string()) {
    node.Mismatch("the name of a socket option, such as \"SO_RCVBUF\"");
    return;
  }
  const auto& name = node.value().get_ref<const std::string&>();
  if (FindSocketOption(name)) {
    out.step.name = name;
  } else {
    node.Error(fmt::format("{} is no socket option that any known system has{}", Quoted(name),
                           DidYouMean(name, SocketOptionNames())));
  }
}

constexpr auto kGetKeys = std::to_array<Key<GetStep>>({
    {"option", ReadOptionName, true},
    kSocket<GetStep>,
    kLabel<GetStep>,
});

constexpr auto kSampleKeys = std::to_array<Key<SampleStep>>({
    {"field",
     [](const Node& n, auto& s) {
       if (const auto index = ReadWordIndex(n, SampleFieldNames())) {
         s.step.field = SampleFieldNames()[*index];
       }
     },
     true},
    kSocket<SampleStep>,
    kLabel<SampleStep>,
});

// --- what a handler may not do

bool IsItsConnection(std::uint8_t socket, const Lowering& lowering) {
  return lowering.role == ScriptRole::kHandler && socket == kMainSocket;
}

// Reads a step that makes a socket, or makes something of it that a handler's connection cannot be.
template <typename T>
void ReadMakingStep(const Node& node, std::span<const Key<T>> keys, BareReader<T> bare,
                    std::string_view verb, Lowering& lowering) {
  auto draft = ReadDraft<T>(node, keys, bare, lowering);
  if (IsItsConnection(draft.socket, lowering)) {
    node.KeyError(fmt::format(
        "a server's script cannot {}: its connection is there already (another socket can, by "
        "\"socket\")",
        verb));
  } else {
    lowering.sockets.Opens(draft.socket);
  }
  Append(std::move(draft), lowering);
}

void ReadConnect(const Node& node, Lowering& lowering) {
  ReadMakingStep<ConnectStep>(
      node, kConnectKeys,
      [](const Node& n, auto& s) {
        kConnectKeys[n.value().is_string() ? 1 : 0].read(n, s);  // a string is short for "to"
      },
      "connect", lowering);
}

void ReadAccept(const Node& node, Lowering& lowering) {
  auto draft = ReadDraft<AcceptStep>(node, kAcceptKeys, kAcceptKeys[0].read, lowering);
  const bool named = node.Has("as") || node.value().is_string();
  if (named && draft.step.as == draft.socket) {
    const Node as = node.Has("as") ? node.Member("as") : node;
    as.Error("the connection cannot be the listening socket itself; expected another name");
  } else if (IsItsConnection(draft.socket, lowering)) {
    node.KeyError("a server's script cannot accept on its connection; expected \"socket\"");
  }
  Append(std::move(draft), lowering);
}

// --- options

void ReadOption(const Node& node, std::string_view name, SetStep& set) {
  const auto range = FindSocketOption(name);
  if (!range) {
    node.KeyError(fmt::format("{} is no socket option that any known system has{}", Quoted(name),
                              DidYouMean(name, SocketOptionNames())));
    return;
  }
  SetStep::Option option{std::string(name), 0, {}};
  if (IsTextOption(name)) {
    if (auto text = ReadText(node, kMostOptionText)) option.text = std::move(*text);
  } else if (node.value().is_boolean()) {
    option.value = node.value().get<bool>() ? 1 : 0;
  } else if (node.value().is_number()) {
    WholeInto(node, range->low, range->high, option.value);
  } else {
    node.Mismatch("a number, true or false");
  }
  set.options.push_back(std::move(option));
}

}  // namespace

// The keys are the options' names: nothing that a table could list.
void ReadOptions(const Node& node, std::span<const std::string_view> besides, SetStep& set) {
  if (!node.value().is_object()) {
    node.Mismatch("an object of socket options, such as {\"TCP_NODELAY\": true}");
    return;
  }
  for (const auto& [key, unused] : node.value().items()) {
    if (node.problems().full()) break;
    if (std::find(besides.begin(), besides.end(), key) != besides.end()) continue;
    ReadOption(node.Member(key), key, set);
  }
  const auto here = std::count_if(besides.begin(), besides.end(),
                                  [&](std::string_view key) { return node.Has(key); });
  if (node.value().size() == static_cast<std::size_t>(here)) {
    node.Mismatch("at least one socket option and its value");
  }
}

namespace {

void ReadSet(const Node& node, Lowering& lowering) {
  static constexpr auto kBesides = std::to_array<std::string_view>({"label", "socket"});
  Labelled<SetStep> draft;
  draft.lowering = &lowering;
  for (const Key<SetStep>& key : kNoSettings<SetStep>) {
    if (node.Has(key.key)) key.read(node.Member(key.key), draft);
  }
  ReadOptions(node, kBesides, draft.step);
  if (!IsItsConnection(draft.socket, lowering)) lowering.sockets.Opens(draft.socket);
  Append(std::move(draft), lowering);
}

constexpr auto kSocketSteps = std::to_array<StepKind>({
    {"connect", ReadConnect},
    {"bind",
     [](const Node& n, Lowering& l) {
       ReadMakingStep<BindStep>(n, kBindKeys, kBindKeys[0].read, "bind", l);
     }},
    {"listen",
     [](const Node& n, Lowering& l) {
       ReadMakingStep<ListenStep>(n, kListenKeys, kListenKeys[0].read, "listen", l);
     }},
    {"accept", ReadAccept},
    {"shutdown",
     [](const Node& n, Lowering& l) {
       ReadStep<ShutdownStep>(n, kShutdownKeys, kShutdownKeys[0].read, l);
     }},
    {"close", [](const Node& n,
                 Lowering& l) { ReadStep<CloseStep>(n, kNoSettings<CloseStep>, nullptr, l); }},
    {"abort", [](const Node& n,
                 Lowering& l) { ReadStep<AbortStep>(n, kNoSettings<AbortStep>, nullptr, l); }},
    {"set", ReadSet},
    {"get",
     [](const Node& n, Lowering& l) { ReadStep<GetStep>(n, kGetKeys, kGetKeys[0].read, l); }},
    {"sample", [](const Node& n,
                  Lowering& l) { ReadStep<SampleStep>(n, kSampleKeys, kSampleKeys[0].read, l); }},
});

}  // namespace

std::span<const StepKind> SocketSteps() { return kSocketSteps; }

}  // namespace tcplab::internal
