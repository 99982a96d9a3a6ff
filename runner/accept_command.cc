// `runner accept RESULT...`: what was seen becomes what is expected, or what is recorded.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/text.h"
#include "core/result/atomic_file.h"
#include "runner/accept.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/result_sources.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

ExitCode AcceptOne(const SeenResult& seen, const AcceptOptions& options) {
  const Result<std::string> told = options.baseline.empty() ? AcceptAsExpectations(seen, options)
                                                            : AcceptAsBaseline(seen, options);
  if (!told) return Complained(told.error());
  const Status shown = WriteOut(*told);
  return shown ? ExitCode::kOk : Complained(shown.error());
}

}  // namespace

Status CheckReplaceable(const std::string& path) {
  const auto refused = [&](const char* why) {
    return Invalid(fmt::format("{}: {}", Printable(path, 4096), why));
  };
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (fs::is_symlink(status)) {
    return refused("is a symbolic link, and a file would take its place: name what it leads to");
  }
  if (!fs::is_regular_file(status)) return refused("is no file that could be rewritten");
  constexpr fs::perms kWritable =
      fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  if ((status.permissions() & kWritable) == fs::perms::none) {
    return refused("is read-only; `chmod u+w` lets it be rewritten");
  }
  return {};
}

Status ReplaceFile(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const fs::file_status before = fs::status(path, error);
  if (Status written = WriteFileAtomically(path, bytes); !written) return written;
  // The new one has those of a new file.
  if (fs::is_regular_file(before)) fs::permissions(path, before.permissions(), error);
  return {};
}

ExitCode AcceptCommand(const Arguments& arguments) {
  AcceptOptions options;
  std::vector<std::string> names;
  CLI::App app(
      "Takes what a result shows for what is to be: as expectations of its scenario, or, with\n"
      "--baseline, as the record that `check` compares with. Only adds, unless told to replace.",
      "runner accept");
  app.footer(
      "Expected is what all trials of a case agreed on, 5 at least, and where nothing is expected "
      "yet.\nThe scenario's text is changed in its `expect` list only.\n"
      "Exit codes: 0 accepted, or there was nothing to add; 2 a result or a scenario that is "
      "missing, not\nvalid, or no longer the one that was measured; 3 a file could not be "
      "written.");
  app.add_option("RESULT", names, "result files, or folders of them")->required();
  CLI::Option* const scenario =
      app.add_option("--scenario", options.scenario, "whose expectations are rewritten")
          ->type_name("FILE")
          ->default_str("the result's own, below scenarios/");
  CLI::Option* const baseline =
      app.add_option("--baseline", options.baseline, "the folder of recorded results (results)")
          ->type_name("DIR")
          ->excludes(scenario);
  app.add_option("--only", options.only, "expect only this observation (repeat for more)")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->excludes(baseline);
  app.add_flag("--replace", options.replace,
               "drop expectations that were not met; with --baseline: take the result as a whole");
  app.add_flag("--dry-run", options.dry_run, "only say what would be done");
  app.add_flag("--no-color", options.no_color, "no colours, not even on a terminal");
  if (auto done = ParseArguments(app, arguments)) return *done;

  for (const CLI::Option* option : {scenario, baseline}) {
    if (option->count() == 0 || !option->as<std::string>().empty()) continue;
    return Complained({ErrorKind::kInvalid, option->get_name() + ": expected a path"});
  }

  if (Status known = CheckObservationNames(options.only, "--only"); !known) {
    return Complained(known.error());
  }

  // All are read before anything is written.
  const Result<std::vector<ResultSource>> sources = LoadResultSources(names);
  if (!sources) return Complained(sources.error());
  ExitCode code = ExitCode::kOk;
  for (const ResultSource& source : *sources) {
    std::error_code ignored;
    const bool is_folder = fs::is_directory(source.name, ignored);
    for (const auto& [place, document] : source.documents) {
      const std::string file = is_folder ? (fs::path(source.name) / place).string() : source.name;
      code = Worse(code, AcceptOne({document, file}, options));
    }
  }
  return code;
}

}  // namespace tcplab
