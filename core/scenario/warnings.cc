#include "core/scenario/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "core/scenario/cases.h"
#include "core/scenario/parameters.h"

namespace tcplab::internal {
namespace {

constexpr double kSecondMs = 1000;
constexpr double kNearMs = 100;

// A SYN that was dropped is sent again 1, 2, 3... s after the first (Linux from 6.5 on; 1, 3, 7 s
// before and elsewhere): what is observed then depends on who was faster.
bool IsNearSynRetry(double ms_after_connect) {
  if (ms_after_connect < kSecondMs - kNearMs) return false;
  const double past = std::fmod(ms_after_connect, kSecondMs);
  return past <= kNearMs || past >= kSecondMs - kNearMs;
}

// The deadline of the script's first connect.
std::optional<double> ConnectDeadline(const Script& script) {
  for (const Step& step : script) {
    if (const auto* const connect = std::get_if<ConnectStep>(&step.action)) {
      return connect->timeout_ms;
    }
  }
  return std::nullopt;
}

// The first clients that find the listen queue full, if no one is accepted: the queue holds backlog
// + 1 on Linux. A negative backlog is no small number anywhere.
bool MayOverflow(const Case& a_case) {
  const std::size_t clients = CountClients(a_case);
  return std::any_of(a_case.servers.begin(), a_case.servers.end(), [&](const ServerSpec& server) {
    if (server.listen.mode == ListenMode::kBound || server.listen.backlog < 0) return false;
    return clients > static_cast<std::size_t>(server.listen.backlog) + 1;
  });
}

// Whether a client that stays pending is looked at, or gives up, just when its SYN is sent again.
bool EndsNearSynRetry(const Case& a_case) {
  constexpr std::size_t kLooked = 200;  // clients of a group; more would not tell anything new
  for (const ClientGroup& group : a_case.clients) {
    const double deadline = ConnectDeadline(group.script).value_or(a_case.window_ms);
    for (std::size_t i = 0; i < std::min(group.count, kLooked); ++i) {
      const double left = a_case.window_ms - group.every_ms * static_cast<double>(i);
      if (IsNearSynRetry(std::min(left, deadline))) return true;
    }
  }
  return false;
}

void WarnOfWindow(const Node& root, const Case& a_case) {
  const bool chosen = root.Has("window_ms");
  const bool whole_second = chosen && IsNearSynRetry(a_case.window_ms);
  if (!whole_second && !(MayOverflow(a_case) && EndsNearSynRetry(a_case))) return;
  const std::string message = fmt::format(
      "in the case {} the window of {} ms, or a connect's deadline, ends within {} ms of a whole "
      "second "
      "after a client's start, which is when a dropped SYN is sent again: what is seen then is a "
      "matter of "
      "luck",
      CaseText(a_case.parameters), a_case.window_ms, kNearMs);
  if (chosen) {
    root.Member("window_ms").Warning(message);
  } else {
    root.Warning(message);
  }
}

void WarnOfScripts(const Node& root, const Case& a_case) {
  const Node clients = root.Member("clients");
  bool any = false;
  for (std::size_t i = 0; i < a_case.clients.size(); ++i) {
    const ClientGroup& group = a_case.clients[i];
    any = any || (group.count > 0 && !group.script.empty());
    const std::optional<double> deadline = ConnectDeadline(group.script);
    if (deadline && *deadline > a_case.window_ms) {
      clients.Element(i).Warning(
          fmt::format("the connect's deadline of {} ms never passes: the trial ends after {} ms",
                      *deadline, a_case.window_ms));
    }
  }
  if (!any) {
    clients.Warning(
        fmt::format("in the case {} no client does anything", CaseText(a_case.parameters)));
  }
}

void WarnOfHandler(const Node& node, std::size_t server, const Scenario& scenario) {
  const bool handled =
      scenario.cases.empty() ||
      std::any_of(scenario.cases.begin(), scenario.cases.end(), [&](const Case& a_case) {
        const ServerSpec& spec = a_case.servers[server];
        return spec.accept.model != AcceptModel::kNever && spec.listen.mode == ListenMode::kListen;
      });
  if (handled || !node.Has("script")) return;
  node.Member("script").Warning("the script never runs: no case accepts a connection");
}

}  // namespace

void AddWarnings(const Node& root, const Scenario& scenario) {
  for (const Case& a_case : scenario.cases) {
    WarnOfWindow(root, a_case);
    WarnOfScripts(root, a_case);
  }
  if (root.Has("server")) {
    WarnOfHandler(root.Member("server"), 0, scenario);
    return;
  }
  const Node servers = root.Member("servers");
  for (std::size_t i = 0; i < servers.value().size(); ++i) {
    WarnOfHandler(servers.Element(i), i, scenario);
  }
}

}  // namespace tcplab::internal
