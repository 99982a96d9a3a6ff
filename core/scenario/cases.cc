#include "core/scenario/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/scenario/address.h"
#include "core/scenario/lower.h"
#include "core/scenario/signals.h"
#include "core/scenario/substitute.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

constexpr double kShortestWindowMs = 1;
constexpr double kLongestWindowMs = 600'000;

// A client script may name `index`; whatever else is in an endpoint is the same for all its
// clients.
json SubstituteEndpoint(const json& endpoint, const json& values, Budget& budget) {
  if (!endpoint.is_object()) return endpoint;
  json result = json::object();
  for (const auto& [key, value] : endpoint.items()) {
    const Stage stage = key == "script" ? Stage::kScript : Stage::kFinal;
    result[key] = Substitute(value, values, stage, budget);
  }
  result.emplace("script",
                 json::array());  // where there is none: an agent need not know of defaults
  return result;
}

json SubstituteDocument(const json& document, const json& values, Budget& budget) {
  json result = json::object();
  if (document.contains("server")) {
    result["server"] = SubstituteEndpoint(document["server"], values, budget);
  }
  for (const char* list : {"servers", "clients"}) {
    if (!document.contains(list)) continue;
    if (!document[list].is_array()) {
      result[list] = document[list];
      continue;
    }
    json& endpoints = result[list] = json::array();
    for (const json& endpoint : document[list]) {
      endpoints.push_back(SubstituteEndpoint(endpoint, values, budget));
      if (budget.exceeded) break;
    }
  }
  return result;
}

// Reads the resolved document of one case.
class CaseReader {
 public:
  CaseReader(const Node& document, bool allow_remote, Case& a_case)
      : document_(document), allow_remote_(allow_remote), case_(a_case) {}

  void Read() {
    // All servers before any script: a script may name any of them.
    if (document_.Has("server")) ReadServers({document_.Member("server")});
    if (document_.Has("servers")) ReadServerList(document_.Member("servers"));
    if (document_.Has("clients")) ReadClients(document_.Member("clients"));
    signals_.Check(document_);
  }

 private:
  void ReadServerList(const Node& node) {
    if (!ExpectList(node, "servers")) return;
    if (node.value().empty()) node.Mismatch("at least one server");
    if (node.value().size() > kMostServers) {
      node.Error(fmt::format("found {} servers, expected at most {}: each has processes of its own",
                             node.value().size(), kMostServers));
      return;
    }
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < node.value().size(); ++i) nodes.push_back(node.Element(i));
    ReadServers(nodes);
  }

  void ReadServers(const std::vector<Node>& nodes) {
    std::set<std::string> names;
    for (const Node& node : nodes) {
      ServerSpec& server = case_.servers.emplace_back();
      ReadServer(node, server);
      if (!names.insert(server.name).second) ReportName(node, "servers", server.name, "server");
      if (node.Has("listen") && node.Member("listen").Has("address")) {
        const Node listen = node.Member("listen");
        CheckLoopback(listen.Member("address"));
      }
      if (server.accept.await) signals_.Await(*server.accept.await, node.Pointer() + "/accept");
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) ReadServerScript(nodes[i], case_.servers[i]);
  }

  void ReadServerScript(const Node& node, ServerSpec& server) {
    if (!node.Has("script")) return;
    const Node script = node.Member("script");
    server.script = ReadScript(script, ScriptRole::kHandler, std::nullopt);
    signals_.Add(server.script, script.Pointer());
    CheckEndpoints(script, server.script);
    CheckStreams(script, server.io, server.script);
  }

  void CheckLoopback(const Node& address) const {
    if (allow_remote_ || !address.value().is_string()) return;
    const auto parsed = ParseIpAddress(address.value().get_ref<const std::string&>());
    if (!parsed || parsed->IsLoopback()) return;
    address.Mismatch(
        "a loopback address (127.0.0.0/8 or ::1): others can be reached from outside this machine "
        "and "
        "need --allow-remote");
  }

  // libuv's streams have no listening by hand and no flags; a script that needs them needs sockets.
  static void CheckStreams(const Node& node, Io io, const Script& script) {
    if (io != Io::kLibuv) return;
    const auto needs_socket = [](const Step& step) {
      const auto* const send = std::get_if<SendStep>(&step.action);
      const auto* const recv = std::get_if<RecvStep>(&step.action);
      return std::holds_alternative<ListenStep>(step.action) ||
             std::holds_alternative<AcceptStep>(step.action) ||
             (send != nullptr && !send->flags.empty()) || (recv != nullptr && !recv->flags.empty());
    };
    if (std::none_of(script.begin(), script.end(), needs_socket)) return;
    node.Error(
        "with the io \"libuv\" a script has no listen, no accept and no flags: libuv's streams do "
        "not offer them");
  }

  // Whose addresses a script's steps use: those of this machine's loopback, and of servers that
  // there are.
  void CheckEndpoints(const Node& node, const Script& script) const {
    for (const Step& step : script) {
      const Endpoint* endpoint = nullptr;
      if (const auto* connect = std::get_if<ConnectStep>(&step.action)) endpoint = &connect->to;
      if (const auto* bind = std::get_if<BindStep>(&step.action)) endpoint = &bind->to;
      if (endpoint == nullptr) continue;
      const auto literal =
          endpoint->address ? ParseIpAddress(*endpoint->address) : std::optional<IpAddress>();
      if (literal && !allow_remote_ && !literal->IsLoopback()) {
        node.Error(fmt::format(
            "{} is no loopback address (127.0.0.0/8 or ::1): others need --allow-remote",
            Quoted(*endpoint->address)));
      }
      if (endpoint->whose && !endpoint->whose->server.empty()) {
        CheckServerName(node, endpoint->whose->server);
      }
    }
  }

  void CheckServerName(const Node& node, const std::string& name) const {
    std::vector<std::string_view> names;
    for (const ServerSpec& server : case_.servers) names.push_back(server.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    node.Error(fmt::format("there is no server {}{}", Quoted(name), DidYouMean(name, names)));
  }

  void ReadClients(const Node& node) {
    if (!ExpectList(node, "client groups")) return;
    if (node.value().empty()) node.Mismatch("at least one client group");
    for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
      ClientGroup group;
      const Node place = node.Element(i);
      ReadClientGroup(place, group);
      if (!names_.insert(group.name).second) {
        ReportName(place, "client groups", group.name, "client");
      }
      if (group.start_signal) signals_.Await(*group.start_signal, place.Pointer() + "/start");
      CheckSource(place, group);
      case_.clients.push_back(std::move(group));
    }
    const std::size_t total = CountClients(case_);
    if (total > static_cast<std::size_t>(kMostClients)) {
      node.Error(fmt::format("found {} clients in all groups together, expected at most {}", total,
                             kMostClients));
      return;
    }
    ReadClientScripts(node, total);
  }

  void CheckSource(const Node& node, const ClientGroup& group) const {
    if (!group.source || allow_remote_) return;
    const auto first = ParseIpAddress(group.source->first);
    const auto last = ParseIpAddress(SourceAddress(*group.source, group.source->count - 1));
    if (first && last && first->IsLoopback() && last->IsLoopback()) return;
    node.Member("source").Mismatch(
        "loopback addresses (127.0.0.0/8 or ::1): others need --allow-remote");
  }

  static void ReportName(const Node& node, std::string_view what, const std::string& name,
                         std::string_view default_name) {
    const std::string message = fmt::format(
        "two {} have the name {}; results could not tell them apart", what, Quoted(name));
    if (node.Has("name")) {
      node.Member("name").Error(message);
    } else {
      node.Error(
          fmt::format("{} ({} is the name of those without one)", message, Quoted(default_name)));
    }
  }

  void CheckStdinClients(const Node& script, std::size_t count) {
    stdin_clients_ += count;
    if (stdin_clients_ <= 1) return;
    script.Error(fmt::format(
        "found {} clients that send standard input, expected one: it can be read only once",
        stdin_clients_));
  }

  // After the groups, for the numbers of a group's clients depend on the groups before it. The
  // first client of each starts at 0 ms, so before it come those that start then too.
  void ReadClientScripts(const Node& clients, std::size_t total) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < case_.clients.size() && !clients.problems().full(); ++i) {
      ClientGroup& group = case_.clients[i];
      const Node place = clients.Element(i);
      if (place.Has("script")) ReadClientScript(place.Member("script"), first, total, group);
      if (group.count > 0) first += group.every_ms > 0 ? 1 : group.count;
    }
  }

  void ReadClientScript(const Node& node, std::size_t first, std::size_t total,
                        ClientGroup& group) {
    group.script = ReadScript(node, ScriptRole::kClient, static_cast<std::int64_t>(first));
    signals_.Add(group.script, node.Pointer());
    CheckEndpoints(node, group.script);
    CheckStreams(node, group.io, group.script);
    if (SendsStdin(group.script)) CheckStdinClients(node, group.count);
    bool uses_index = false;
    VisitReferences(node, [&](const Node&, const std::string&) { uses_index = true; });
    if (!uses_index) return;
    // Every check is a range, so what holds for the lowest and the highest number holds between.
    // The lowest is 0 in every group: an agent reads a group before it knows its clients' numbers.
    (void)ReadScript(node, ScriptRole::kClient, 0);
    if (group.count < 2) return;
    const Script last = ReadScript(node, ScriptRole::kClient, static_cast<std::int64_t>(total) - 1);
    signals_.AddLast(group.script, last);
  }

  const Node& document_;
  bool allow_remote_;
  Case& case_;
  Signals signals_;
  std::set<std::string> names_;  // of the client groups
  std::size_t stdin_clients_ = 0;
};

// Says which case a problem belongs to, where the document has a parameter.
void NameTheCase(const json& document, const Case& a_case, std::size_t first, Problems& problems) {
  for (std::size_t i = first; i < problems.list().size(); ++i) {
    Problem& problem = problems.list()[i];
    if (problem.anchor != Anchor::kValue) continue;  // no parameter is put into a key
    const json::json_pointer pointer(problem.pointer);
    if (!document.contains(pointer) || !document[pointer].is_string()) continue;
    const auto& text = document[pointer].get_ref<const std::string&>();
    if (text.find('$') == std::string::npos) continue;
    problem.message +=
        fmt::format(" ({} in the case {})", Quoted(text), CaseText(a_case.parameters));
  }
}

void ReadWindow(const Node& root, Budget& budget, Case& a_case) {
  if (!root.Has("window_ms")) return;
  const Node window = root.Member("window_ms");
  const json value = Substitute(window.value(), a_case.parameters, Stage::kFinal, budget);
  NumberInto(window.With(value), kShortestWindowMs, kLongestWindowMs, a_case.window_ms);
}

// Whether each connection is served by blocking calls of its own thread or process.
bool BlocksPerConnection(AcceptModel model) {
  return model == AcceptModel::kThreadPerConnection || model == AcceptModel::kProcessPerConnection;
}

bool HasIo(const json& endpoint) { return endpoint.is_object() && endpoint.contains("io"); }

json& ServerIn(json& document, std::size_t server) {
  return document.contains("servers") ? document["servers"][server] : document["server"];
}

void ChooseServerIo(std::size_t index, std::vector<Case>& cases) {
  bool any_event_loop = false;
  bool any_blocks = false;
  for (const Case& a_case : cases) {
    const AcceptModel model = a_case.servers[index].accept.model;
    any_event_loop = any_event_loop || model == AcceptModel::kEventLoop;
    any_blocks = any_blocks || BlocksPerConnection(model);
  }
  for (Case& a_case : cases) {
    json& document = ServerIn(a_case.document, index);
    if (HasIo(document)) continue;
    // Where the model is an axis with models of both kinds, each case has what its model needs.
    ServerSpec& server = a_case.servers[index];
    const AcceptModel model = server.accept.model;
    const bool polls = model == AcceptModel::kEventLoop || (any_event_loop && !any_blocks);
    server.io = polls && !BlocksPerConnection(model) ? Io::kPoll : Io::kBlocking;
    document["io"] = IoName(server.io);
  }
}

}  // namespace

void CheckReferences(const Node& root, const Parameters& parameters) {
  std::vector<std::string_view> names = parameters.Names();
  names.push_back(kIndexParameter);
  std::vector<bool> used(names.size(), false);
  const auto visit = [&](const Node& node, bool index_is_known) {
    VisitReferences(node, [&](const Node& at, const std::string& name) {
      if (at.problems().full()) return;
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        at.Error(fmt::format("the parameter {} is not defined{}", Quoted(name),
                             DidYouMean(name, names)));
        // What was probably meant is used after all.
        const std::string_view closest = ClosestWord(name, names);
        for (std::size_t i = 0; i < names.size(); ++i) used[i] = used[i] || names[i] == closest;
      } else if (name == kIndexParameter && !index_is_known) {
        at.Error("\"index\" is the client's number: only a client's script knows it");
      } else {
        used[static_cast<std::size_t>(found - names.begin())] = true;
      }
    });
  };
  const auto visit_endpoint = [&](const Node& endpoint, bool is_client) {
    if (!endpoint.value().is_object()) return visit(endpoint, false);
    for (const auto& [key, unused] : endpoint.value().items()) {
      visit(endpoint.Member(key), is_client && key == "script");
    }
  };
  if (root.Has("window_ms")) visit(root.Member("window_ms"), false);
  if (root.Has("server")) visit_endpoint(root.Member("server"), false);
  for (const std::string_view list : {"servers", "clients"}) {
    if (!root.Has(list) || !root.Member(list).value().is_array()) continue;
    const Node endpoints = root.Member(list);
    for (std::size_t i = 0; i < endpoints.value().size(); ++i) {
      visit_endpoint(endpoints.Element(i), list == "clients");
    }
  }
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    if (used[i]) continue;
    const Node place = root.Member("parameters");
    place.Member(names[i]).KeyError(fmt::format(
        "the parameter {} is never used; its cases would be the same", Quoted(names[i])));
  }
}

void BuildCases(const Node& root, const Parameters& parameters, bool allow_remote,
                Scenario& scenario) {
  Problems& problems = root.problems();
  Budget budget;
  for (std::size_t i = 0; i < parameters.CaseCount() && !problems.full(); ++i) {
    Case a_case;
    a_case.parameters = parameters.CaseAt(i);
    a_case.document = SubstituteDocument(root.value(), a_case.parameters, budget);
    const std::size_t first = problems.list().size();
    ReadWindow(root, budget, a_case);
    if (budget.exceeded) {
      root.Error(
          fmt::format("the {} cases are larger than 256 MiB once their parameters are put in",
                      parameters.CaseCount()));
      return;
    }
    const Node document = root.With(a_case.document);
    CaseReader(document, allow_remote, a_case).Read();
    NameTheCase(root.value(), a_case, first, problems);
    scenario.cases.push_back(std::move(a_case));
  }
}

void ChooseIo(Scenario& scenario) {
  // A thread for each client is the plain design; past this many, their scheduling shows in the
  // results.
  constexpr std::size_t kMostThreads = 64;
  std::size_t largest = 0;
  for (const Case& a_case : scenario.cases) {
    largest = std::max(largest, CountClients(a_case));
  }
  const Io client_io = largest > kMostThreads ? Io::kPoll : Io::kBlocking;
  const std::size_t servers = scenario.cases.empty() ? 0 : scenario.cases.front().servers.size();
  for (std::size_t i = 0; i < servers; ++i) ChooseServerIo(i, scenario.cases);
  for (Case& a_case : scenario.cases) {
    for (std::size_t i = 0; i < a_case.clients.size(); ++i) {
      json& group = a_case.document["clients"][i];
      if (HasIo(group)) continue;
      a_case.clients[i].io = client_io;
      group["io"] = IoName(client_io);
    }
  }
}

bool ClientsStartTogether(const Scenario& scenario) {
  constexpr double kTogetherMs = 5;
  return std::any_of(scenario.cases.begin(), scenario.cases.end(), [](const Case& a_case) {
    std::size_t groups = 0;  // the first client of every group starts at 0 ms
    bool close = false;
    for (const ClientGroup& group : a_case.clients) {
      groups += group.count > 0 ? 1 : 0;
      close = close || (group.count > 1 && group.every_ms < kTogetherMs);
    }
    return close || groups > 1;
  });
}

std::size_t CountClients(const Case& a_case) {
  std::size_t total = 0;
  for (const ClientGroup& group : a_case.clients) total += group.count;
  return total;
}

}  // namespace tcplab::internal
