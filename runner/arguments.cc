#include "runner/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "core/base/text.h"
#include "core/observe/observe.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

// Every way to write an option of this command.
std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string UnknownOption(const CLI::App& app, const std::string& argument) {
  const std::string_view word = std::string_view(argument).substr(0, argument.find('='));
  const std::vector<std::string> names = OptionNames(app);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view closest = ClosestWord(word, views);
  const std::string hint = closest.empty()
                               ? fmt::format("`{} --help` has all options", app.get_name())
                               : fmt::format("did you mean {}?", closest);
  return fmt::format("there is no option {}; {}", Printable(word), hint);
}

Status Split(const std::vector<std::string>& texts, const char* option,
             std::vector<std::pair<std::string, std::string>>& pairs) {
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Invalid(fmt::format("{} {}: expected NAME=VALUE", option, Printable(text)));
    }
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return {};
}

}  // namespace

std::optional<ExitCode> ParseArguments(CLI::App& app, const Arguments& arguments) {
  app.allow_extras();  // so that we say what an unknown option was probably meant to be
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return WriteOut(app.help()) ? ExitCode::kOk : ExitCode::kHarness;
  } catch (const CLI::CallForVersion& version) {
    return WriteOut(std::string(version.what()) + "\n") ? ExitCode::kOk : ExitCode::kHarness;
  } catch (const CLI::ParseError& error) {
    Complain(error.what());
    return ExitCode::kInvalid;
  }
  for (const std::string& argument : app.remaining()) {
    Complain(argument.starts_with('-')
                 ? UnknownOption(app, argument)
                 : fmt::format("{}: one argument too many", Printable(argument)));
    return ExitCode::kInvalid;
  }
  return std::nullopt;
}

void AddLoadOptions(CLI::App& app, Assignments& assignments, LoadOptions& load) {
  app.add_option("--set", assignments.set, "replace a parameter, or an axis by this one value")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--case", assignments.only_case, "only the cases with this value of a parameter")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--allow-remote", load.allow_remote, "allow listeners that others can reach");
}

Status ReadAssignments(const Assignments& assignments, LoadOptions& load) {
  if (Status set = Split(assignments.set, "--set", load.overrides); !set) return set;
  return Split(assignments.only_case, "--case", load.only_cases);
}

Status CheckObservationNames(const std::vector<std::string>& names, const char* option) {
  std::vector<std::string_view> known;
  for (const ObservationKind& kind : ObservationKinds()) known.push_back(kind.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view closest = ClosestWord(name, known);
    const std::string hint =
        closest.empty() ? "expected " + JoinWords(known) : fmt::format("did you mean {}?", closest);
    return Invalid(
        fmt::format("{} {}: there is no such observation; {}", option, Printable(name), hint));
  }
  return {};
}

// A literal address and a port. Names are refused: what `localhost` means differs from system to
// system.
Result<Address> ParseTarget(const std::string& text) {
  const auto wrong = [&] {
    return Invalid(fmt::format(
        "--target {}: expected an address and a port, such as 127.0.0.1:8080 or [::1]:8080",
        Printable(text)));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong();
  std::string host = text.substr(0, colon);
  const bool bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || last != end || port == 0) return wrong();
  const Result<Address> address = Address::Parse(host, port);
  if (!address || address->is_ipv6() != bracketed) return wrong();
  return *address;
}

ExitCode Complained(const Error& error) {
  Complain(error.message);
  return ExitCodeOf(error.kind);
}

}  // namespace tcplab
