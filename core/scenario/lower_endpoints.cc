// Servers and client groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "core/scenario/address.h"
#include "core/scenario/lower.h"
#include "core/scenario/script_reader.h"
#include "core/scenario/words.h"

namespace tcplab {
namespace internal {
namespace {

void ReadAddress(const Node& node, ListenSpec& listen) {
  if (node.value().is_string()) {
    const auto& text = node.value().get_ref<const std::string&>();
    if (ParseIpAddress(text)) {
      listen.address = text;
      return;
    }
  }
  node.Mismatch("a literal IPv4 or IPv6 address such as \"127.0.0.1\" or \"::1\"");
}

constexpr auto kListenFields = std::to_array<Field<ListenSpec>>({
    {"address", ReadAddress},
    {"port", [](const Node& n, ListenSpec& s) { WholeInto(n, 0, 65535, s.port); }},
    {"backlog",  // negative ones too: what listen(-1) does is an experiment
     [](const Node& n, ListenSpec& s) {
       using Limits = std::numeric_limits<std::int32_t>;
       WholeInto(n, Limits::min(), Limits::max(), s.backlog);
     }},
    {"mode",
     [](const Node& n, ListenSpec& s) { WordInto<ListenMode>(n, kListenModeWords, s.mode); }},
    {"close_after_ms",
     [](const Node& n, ListenSpec& s) { NumberInto(n, 0, kLongestMs, s.close_after_ms); }},
    {"set",
     [](const Node& n, ListenSpec& s) {
       SetStep set;
       ReadOptions(n, {}, set);
       s.options = std::move(set.options);
     }},
});

constexpr auto kAcceptFields = std::to_array<Field<AcceptSpec>>({
    {"model",
     [](const Node& n, AcceptSpec& s) { WordInto<AcceptModel>(n, kAcceptModelWords, s.model); }},
    {"after_ms", [](const Node& n, AcceptSpec& s) { NumberInto(n, 0, kLongestMs, s.after_ms); }},
    {"await",
     [](const Node& n, AcceptSpec& s) {
       if (auto name = ReadName(n)) s.await = std::move(*name);
     }},
    {"limit", [](const Node& n, AcceptSpec& s) { WholeInto(n, 0, kMostClients, s.limit); }},
    {"workers", [](const Node& n, AcceptSpec& s) { WholeInto(n, 1, kMostWorkers, s.workers); }},
    {"worker",
     [](const Node& n, AcceptSpec& s) { WordInto<WorkerKind>(n, kWorkerWords, s.worker); }},
    {"listeners",
     [](const Node& n, AcceptSpec& s) { WordInto<bool>(n, kListenersWords, s.own_listeners); }},
});

// Read by ReadScript, when it is known for whom.
template <typename T>
void LeaveScript(const Node& /*node*/, T& /*out*/) {}

constexpr auto kServerFields = std::to_array<Field<ServerSpec>>({
    {"name", [](const Node& n, ServerSpec& s) { NameInto(n, s.name); }},
    {"listen",
     [](const Node& n, ServerSpec& s) {
       ReadObject<ListenSpec>(n, "\"listen\"", kListenFields, s.listen);
     }},
    {"accept",
     [](const Node& n, ServerSpec& s) {
       ReadObject<AcceptSpec>(n, "\"accept\"", kAcceptFields, s.accept);
     }},
    {"io", [](const Node& n, ServerSpec& s) { WordInto<Io>(n, kIoWords, s.io); }},
    {"script", LeaveScript<ServerSpec>},
});

// {"signal": NAME}: the group's clock begins when it is given.
void ReadStart(const Node& node, ClientGroup& group) {
  struct Start {
    std::string signal;
  };
  static constexpr auto kKeys = std::to_array<Field<Start>>({
      {"signal", [](const Node& n, Start& s) { NameInto(n, s.signal); }, true},
  });
  Start start;
  if (!ReadObject<Start>(node, "\"start\"", kKeys, start)) return;
  if (!start.signal.empty()) group.start_signal = std::move(start.signal);
}

// "127.0.0.2", or "127.0.0.2-127.0.0.200" (IPv4).
void ReadSource(const Node& node, ClientGroup& group) {
  const auto mismatch = [&] {
    node.Mismatch(
        "a literal address such as \"127.0.0.2\" or \"::1\", or a range of IPv4 addresses such as "
        "\"127.0.0.2-127.0.0.200\"");
  };
  if (!node.value().is_string()) return mismatch();
  const std::vector<std::string_view> ends = Split(node.value().get_ref<const std::string&>(), '-');
  const auto first = ParseIpAddress(ends.front());
  const auto last = ParseIpAddress(ends.back());
  if (!first || !last || ends.size() > 2) return mismatch();
  SourceRange range{std::string(ends.front()), 1};
  if (ends.size() == 2) {
    const bool in_order = !first->is_v6 && !last->is_v6 && Ipv4Number(*first) <= Ipv4Number(*last);
    const std::uint32_t beyond = in_order ? Ipv4Number(*last) - Ipv4Number(*first) : UINT32_MAX;
    if (beyond >= kMostClients) return mismatch();
    range.count = beyond + 1;
  }
  group.source = std::move(range);
}

constexpr auto kClientFields = std::to_array<Field<ClientGroup>>({
    {"name", [](const Node& n, ClientGroup& g) { NameInto(n, g.name); }},
    {"count", [](const Node& n, ClientGroup& g) { WholeInto(n, 0, kMostClients, g.count); }},
    {"every_ms", [](const Node& n, ClientGroup& g) { NumberInto(n, 0, kLongestMs, g.every_ms); }},
    {"start", ReadStart},
    {"source", ReadSource},
    {"io", [](const Node& n, ClientGroup& g) { WordInto<Io>(n, kIoWords, g.io); }},
    {"script", LeaveScript<ClientGroup>},
});

}  // namespace

namespace {

// What of a server's settings goes together.
void CheckModel(const Node& node, const ServerSpec& server) {
  const AcceptModel model = server.accept.model;
  const bool event_loop = model == AcceptModel::kEventLoop;
  const bool blocks =
      model == AcceptModel::kThreadPerConnection || model == AcceptModel::kProcessPerConnection;
  const std::string name(AcceptModelName(model));
  if (event_loop && node.Has("io") && server.io == Io::kBlocking) {
    node.Member("io").Error(
        "found \"blocking\", expected \"poll\" or \"libuv\": the model \"event_loop\" serves every "
        "socket in turn, and a blocking call would stop at the first");
  }
  if (blocks && node.Has("io") && server.io != Io::kBlocking) {
    node.Member("io").Error(fmt::format(
        "found \"{}\", expected \"blocking\": each connection of the model \"{}\" is served by "
        "blocking calls",
        IoName(server.io), name));
  }
  const bool several = server.accept.workers > 1 || server.accept.worker == WorkerKind::kProcess ||
                       server.accept.own_listeners;
  const bool can_be_several = model == AcceptModel::kIterative ||
                              model == AcceptModel::kEventLoop ||
                              model == AcceptModel::kThreadPerConnection;
  if (several && (!can_be_several || server.io == Io::kLibuv)) {
    node.Member("accept").Error(fmt::format(
        "there is no server of several workers with the model \"{}\"{}; expected \"iterative\", "
        "\"event_loop\" or \"thread_per_connection\" with raw sockets",
        name, server.io == Io::kLibuv ? " and libuv's streams" : ""));
  }
  if (server.accept.limit && server.accept.worker == WorkerKind::kProcess) {
    node.Member("accept").Error(
        "\"limit\" is counted by one process; expected \"worker\": \"thread\" beside it");
  }
}

}  // namespace

void ReadServer(const Node& node, ServerSpec& server) {
  if (!ReadObject<ServerSpec>(node, "the server", kServerFields, server)) return;
  CheckModel(node, server);
}

void ReadClientGroup(const Node& node, ClientGroup& group) {
  ReadObject<ClientGroup>(node, "a client group", kClientFields, group);
}

const nlohmann::json& ScriptOf(const nlohmann::json& endpoint) {
  static const nlohmann::json kNoSteps = nlohmann::json::array();
  if (!endpoint.is_object()) return kNoSteps;
  const auto script = endpoint.find("script");
  return script == endpoint.end() ? kNoSteps : *script;
}

namespace {

// For agents, whose document was checked before it was sent: what is wrong now is a fault of the
// harness.
Status NoErrors(const Problems& problems) {
  for (const Problem& problem : problems.list()) {
    if (problem.severity != Severity::kError) continue;
    return HarnessFault("at " + (problem.pointer.empty() ? "/" : problem.pointer) + ": " +
                        problem.message);
  }
  return {};
}

}  // namespace
}  // namespace internal

Result<ServerSpec> LowerServer(const nlohmann::json& server) {
  internal::Problems problems;
  const internal::Node node(server, problems);
  ServerSpec spec;
  internal::ReadServer(node, spec);
  if (node.Has("script")) {
    spec.script = internal::ReadScript(node.Member("script"), ScriptRole::kHandler, std::nullopt);
  }
  if (const Status status = internal::NoErrors(problems); !status) return Forward(status);
  return spec;
}

Result<ClientGroup> LowerClientGroup(const nlohmann::json& group) {
  internal::Problems problems;
  const internal::Node node(group, problems);
  ClientGroup spec;
  internal::ReadClientGroup(node, spec);
  if (node.Has("script")) {
    spec.script = internal::ReadScript(node.Member("script"), ScriptRole::kClient, 0);
  }
  if (const Status status = internal::NoErrors(problems); !status) return Forward(status);
  return spec;
}

Result<Script> LowerScript(const nlohmann::json& steps, ScriptRole role,
                           std::optional<std::int64_t> index) {
  internal::Problems problems;
  Script script = internal::ReadScript(internal::Node(steps, problems), role, index);
  if (const Status status = internal::NoErrors(problems); !status) return Forward(status);
  return script;
}

}  // namespace tcplab
