#include "runner/server_agent.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "core/base/text.h"
#include "core/result/result_path.h"
#include "core/stack/guarded_command.h"
#include "runner/own_path.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kLimitSeconds = 10;

tl::unexpected<Error> Wrong(const std::string& program, const std::string& what) {
  return HarnessFault(fmt::format("{}: {}", Printable(program), what));
}

// "2.1.3" -> "2.1", as of kernels.
std::string MajorMinor(const std::string& version) {
  const std::size_t first = version.find('.');
  return first == std::string::npos ? version : version.substr(0, version.find('.', first + 1));
}

Result<json> AskAbout(const std::string& program) {
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Forward(own_path);
  std::random_device random;
  std::error_code ignored;
  GuardedCommand command;
  command.guard = {*own_path, "guard"};
  command.folder =
      (fs::temp_directory_path(ignored) / fmt::format("tcplab-about-{:08x}", random())).string();
  command.command = {program, "about"};
  command.limit_seconds = kLimitSeconds;
  const Result<CommandEnd> end = RunGuarded(command);
  if (!end) return Forward(end);
  if (end->kind == CommandEnd::Kind::kNotStarted)
    return Wrong(program, "cannot be started: " + end->why);
  if (end->kind != CommandEnd::Kind::kExited || end->number != 0) {
    return Wrong(program, "did not say what it is: " + Printable(end->err, 200));
  }
  json about = json::parse(end->out, nullptr, false);
  const bool complete = about.is_object() && about.value("stack", json()).is_string() &&
                        about.value("version", json()).is_string();
  if (!complete) return Wrong(program, "did not say what it is: " + Printable(end->out, 200));
  return about;
}

}  // namespace

void AddServerAgentOption(CLI::App& app, std::string& program) {
  app.add_option("--server-agent", program, "the program that plays the servers")->group("");
}

Status UseServerStack(const std::string& program, Environment& environment) {
  Result<json> about = AskAbout(program);
  if (!about) return Forward(about);
  const auto stack = about->at("stack").get<std::string>();
  const auto version = about->at("version").get<std::string>();
  const std::string arch = environment.facets.value("arch", std::string(kUnknown));
  const std::string id = fmt::format("{}-{}-{}", stack, MajorMinor(version), arch);
  if (!IsEnvironmentId(id))
    return Wrong(program, fmt::format("its stack would be the id \"{}\"", Printable(id)));
  environment.facets["clients"] = environment.id;
  environment.facets["server_stack"] = stack + " " + version;
  environment.id = id;
  environment.stack = stack;
  return {};
}

}  // namespace tcplab
