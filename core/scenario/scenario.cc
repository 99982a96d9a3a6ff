#include "core/scenario/scenario.h"

#include <algorithm>
#include <tuple>

#include "core/base/check.h"
#include "core/scenario/address.h"
#include "core/scenario/words.h"

namespace tcplab {
namespace {

template <typename Words, typename E>
std::string_view NameOf(const Words& words, E value) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const auto& word) { return word.value == value; });
  TCPLAB_CHECK(found != words.end());
  return found->text;
}

}  // namespace

std::string_view IoName(Io io) { return NameOf(internal::kIoWords, io); }

std::string_view AcceptModelName(AcceptModel model) {
  return NameOf(internal::kAcceptModelWords, model);
}

std::size_t SocketCount(const Script& script) {
  std::size_t highest = kMainSocket;
  for (const Step& step : script) {
    highest = std::max<std::size_t>(highest, step.socket);
    const auto* const accept = std::get_if<AcceptStep>(&step.action);
    if (accept != nullptr) highest = std::max<std::size_t>(highest, accept->as);
  }
  return highest + 1;
}

bool SendsStdin(const Script& script) {
  return std::any_of(script.begin(), script.end(), [](const Step& step) {
    const auto* const send = std::get_if<SendStep>(&step.action);
    return send != nullptr && send->from_stdin;
  });
}

bool SendsStdin(const Case& a_case) {
  return std::any_of(a_case.clients.begin(), a_case.clients.end(), [](const ClientGroup& group) {
    return group.count > 0 && SendsStdin(group.script);
  });
}

bool SendsStdin(const Scenario& scenario) {
  return std::any_of(scenario.cases.begin(), scenario.cases.end(),
                     [](const Case& a_case) { return SendsStdin(a_case); });
}

std::string InputExample(const Scenario& scenario) {
  std::string text;
  for (const Case& a_case : scenario.cases) {
    for (const ClientGroup& group : a_case.clients) {
      for (const Step& step : group.script) {
        const auto* const send = std::get_if<SendStep>(&step.action);
        if (send != nullptr && send->from_stdin) text += send->example;
      }
    }
  }
  return text;
}

std::string SourceAddress(const SourceRange& range, std::size_t position) {
  const auto first = internal::ParseIpAddress(range.first);
  if (range.count < 2 || !first || first->is_v6) return range.first;
  const auto offset = static_cast<std::uint32_t>(position % range.count);
  return internal::Ipv4Literal(internal::Ipv4Number(*first) + offset);
}

const nlohmann::json& ServerDocument(const Case& a_case, std::size_t server) {
  const auto list = a_case.document.find("servers");
  return list == a_case.document.end() ? a_case.document.at("server") : list->at(server);
}

std::optional<std::size_t> ServerOf(const Case& a_case, const Endpoint& endpoint) {
  const bool own_address = endpoint.address || endpoint.port;
  if (own_address || (endpoint.whose && endpoint.whose->socket)) return std::nullopt;
  const std::string name = endpoint.whose ? endpoint.whose->server : std::string();
  for (std::size_t i = 0; i < a_case.servers.size(); ++i) {
    if (name.empty() || a_case.servers[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<ScheduledClient> Schedule(const Case& a_case) {
  std::vector<ScheduledClient> clients;
  for (std::size_t group = 0; group < a_case.clients.size(); ++group) {
    const ClientGroup& spec = a_case.clients[group];
    for (std::size_t position = 0; position < spec.count; ++position) {
      clients.push_back({group, position, spec.every_ms * static_cast<double>(position)});
    }
  }
  std::sort(clients.begin(), clients.end(), [](const ScheduledClient& a, const ScheduledClient& b) {
    return std::tie(a.start_ms, a.group, a.position) < std::tie(b.start_ms, b.group, b.position);
  });
  return clients;
}

}  // namespace tcplab
