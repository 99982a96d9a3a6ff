// `runner serve SCENARIO`: the server half alone, for clients that somebody else wrote.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/text.h"
#include "core/scenario/loader.h"
#include "core/trial/serve.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/own_path.h"
#include "runner/questions.h"
#include "runner/scenario_files.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

struct ServeCommandOptions {
  std::string file;
  LoadOptions load;
  std::string server;  // its name; empty: the only one
  std::optional<std::uint16_t> port;
  std::optional<double> seconds;
};

std::variant<ServeCommandOptions, ExitCode> ParseServeOptions(const Arguments& arguments) {
  ServeCommandOptions options;
  Assignments assignments;
  std::uint16_t port = 0;
  double seconds = 0;
  CLI::App app(
      "Plays the server of a scenario alone, for clients that somebody else wrote (nc, a browser,\n"
      "a script), until Ctrl-C. Of several cases it is the first; --case picks another.",
      "runner serve");
  app.add_option("SCENARIO", options.file, "a scenario file")->required();
  AddLoadOptions(app, assignments, options.load);
  app.add_option("--server", options.server, "which one, of a scenario with several servers");
  CLI::Option* const port_option =
      app.add_option("--port", port, "in place of the scenario's; 0: chosen by the system");
  CLI::Option* const seconds_option =
      app.add_option("--seconds", seconds, "ends by itself after so long")
          ->check(CLI::PositiveNumber);
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (port_option->count() > 0) options.port = port;
  if (seconds_option->count() > 0) options.seconds = seconds;
  options.load.ask = PersonAtTheTerminal();
  if (Status valid = ReadAssignments(assignments, options.load); !valid) {
    return Complained(valid.error());
  }
  return options;
}

std::string CountedConnections(std::size_t count) {
  return fmt::format("{} connection{}", count, count == 1 ? "" : "s");
}

// A script that connects to another server of the scenario would find nobody there.
Status CanBeServedAlone(const Case& a_case, std::size_t server) {
  for (const Step& step : a_case.servers[server].script) {
    const auto* const connect = std::get_if<ConnectStep>(&step.action);
    if (connect == nullptr) continue;
    const std::optional<std::size_t> to = ServerOf(a_case, connect->to);
    if (!to || *to == server) continue;
    return Invalid(
        fmt::format("--server {}: its script connects to {}, which is not served beside it",
                    Printable(a_case.servers[server].name), Printable(a_case.servers[*to].name)));
  }
  return {};
}

Result<std::size_t> ChosenServer(const Case& a_case, const ServeCommandOptions& options) {
  std::vector<std::string_view> names;
  for (const ServerSpec& server : a_case.servers) names.push_back(server.name);
  if (options.server.empty() && names.size() == 1) return 0;
  const auto found = std::find(names.begin(), names.end(), options.server);
  if (found != names.end()) {
    const auto index = static_cast<std::size_t>(found - names.begin());
    if (Status alone = CanBeServedAlone(a_case, index); !alone) return Forward(alone);
    return index;
  }
  const std::string has = "the scenario has " + JoinWords(names, "and");
  if (options.server.empty()) return Invalid("--server is needed: " + has);
  const std::string_view closest = ClosestWord(options.server, names);
  return Invalid(fmt::format("--server {}: {}{}", Printable(options.server), has,
                             closest.empty() ? "" : fmt::format("; did you mean {}?", closest)));
}

}  // namespace

ExitCode ServeCommand(const Arguments& arguments) {
  const auto parsed = ParseServeOptions(arguments);
  if (const auto* code = std::get_if<ExitCode>(&parsed)) return *code;
  const auto& options = std::get<ServeCommandOptions>(parsed);
  const std::optional<Scenario> scenario = LoadAndReport(options.file, options.load, false);
  if (!scenario) return ExitCode::kInvalid;
  const Case& a_case = scenario->cases.front();
  const Result<std::size_t> server = ChosenServer(a_case, options);
  if (!server) return Complained(server.error());
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());

  ServeOptions serve;
  serve.agent_command = {*own_path, "agent"};
  serve.server = *server;
  serve.port = options.port;
  if (options.seconds) serve.ms = *options.seconds * 1000;
  serve.on_ready = [&](const Address& address) {
    WriteErr(fmt::format("{} serves on {} (model {}); Ctrl-C ends it\n", scenario->name,
                         address.ToString(),
                         AcceptModelName(a_case.servers[*server].accept.model)));
  };
  const Result<Served> served = Serve(a_case, serve);
  if (!served) return Complained(served.error());
  WriteErr(fmt::format("{}{}, {} bytes received, {} sent\n", served->complete ? "" : "at least ",
                       CountedConnections(served->connections), served->received, served->sent));
  return ExitCode::kOk;
}

}  // namespace tcplab
