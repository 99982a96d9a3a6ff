// Servers and client groups.
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/scenario/address.h"
#include "core/scenario/lower.h"
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
});

constexpr auto kAcceptFields = std::to_array<Field<AcceptSpec>>({
    {"model",
     [](const Node& n, AcceptSpec& s) { WordInto<AcceptModel>(n, kAcceptModelWords, s.model); }},
    {"after_ms", [](const Node& n, AcceptSpec& s) { NumberInto(n, 0, kLongestMs, s.after_ms); }},
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

void ReadClientIo(const Node& node, ClientGroup& group) {
  WordInto<Io>(node, kIoWords, group.io);
  if (group.io == Io::kLibuv) {
    node.Error(
        "found \"libuv\", expected \"blocking\" or \"poll\": only a server can use libuv's "
        "streams");
  }
}

constexpr auto kClientFields = std::to_array<Field<ClientGroup>>({
    {"name", [](const Node& n, ClientGroup& g) { NameInto(n, g.name); }},
    {"count", [](const Node& n, ClientGroup& g) { WholeInto(n, 0, kMostClients, g.count); }},
    {"every_ms", [](const Node& n, ClientGroup& g) { NumberInto(n, 0, kLongestMs, g.every_ms); }},
    {"io", ReadClientIo},
    {"script", LeaveScript<ClientGroup>},
});

}  // namespace

void ReadServer(const Node& node, ServerSpec& server) {
  if (!ReadObject<ServerSpec>(node, "the server", kServerFields, server)) return;
  const bool event_loop = server.accept.model == AcceptModel::kEventLoop;
  if (event_loop && node.Has("io") && server.io == Io::kBlocking) {
    node.Member("io").Error(
        "found \"blocking\", expected \"poll\" or \"libuv\": the model \"event_loop\" serves every "
        "socket "
        "in turn, and a blocking call would stop at the first");
  }
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
