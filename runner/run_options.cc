#include "runner/run_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string_view>

#include "core/base/text.h"
#include "runner/arguments.h"
#include "runner/stack_choice.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

// Exact in every JSON reader, also in those that know only floating point numbers.
constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 53U) - 1;

Status TakeTarget(const std::string& text, RunOptions& options) {
  const Result<Address> address = ParseTarget(text);
  if (!address) return Forward(address);
  options.target = *address;
  return {};
}

Status TakeStack(const StackChoice& choice, RunOptions& options) {
  if (!choice.chosen()) return {};
  Result<Stack> stack = ChosenStack(choice);
  if (!stack) return Forward(stack);
  if (options.keep_traces) {
    return Invalid("--keep-traces: no traces are brought out of another stack (--in)");
  }
  options.in = std::move(*stack);
  return {};
}

Status TakePlaces(const StackChoice& stack, const PlaceChoice& choice, RunOptions& options) {
  Result<Places> places = ChosenPlaces(stack, choice, options.target.has_value());
  if (!places) return Forward(places);
  options.places = std::move(*places);
  return {};
}

Status CheckTogether(const RunOptions& options) {
  if (options.keep_traces && options.to_stdout_only()) {
    return Invalid(
        "--keep-traces needs a file beside which the traces are written, and --out - makes none");
  }
  if (options.out && options.out->empty()) return Invalid("--out: expected a folder, or -");
  return CheckObservationNames(options.only, "--only");
}

}  // namespace

std::variant<RunOptions, ExitCode> ParseRunOptions(const Arguments& arguments) {
  RunOptions options;
  Assignments assignments;
  std::string out;
  std::string target;
  std::string format = "text";
  std::uint32_t trials = 0;
  CLI::App app("Runs TCP scenarios against the stack of this machine and writes what it did.",
               "runner");
  app.footer(CommandOverview());
  app.set_version_flag("--version", "tcplab " TCPLAB_VERSION);
  app.add_option("SCENARIO", options.names, "scenario files, and folders of them")->required();
  AddLoadOptions(app, assignments, options.load);
  CLI::Option* const trials_option =
      app.add_option("--trials", trials, "in place of the scenario's own number")
          ->check(CLI::Range(1U, 100'000U));
  app.add_option("--jobs", options.jobs, "trials side by side, where the scenario allows it")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}));
  CLI::Option* const seed_option =
      app.add_option("--seed", options.seed, "of the order of cases in each round")
          ->check(CLI::Range(std::uint64_t{0}, kLargestSeed));
  app.add_option("--only", options.only, "keep only this observation (repeat for more)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  CLI::Option* const target_option =
      app.add_option("--target", target,
                     "run only the clients, against the server that somebody else runs there")
          ->type_name("HOST:PORT");
  CLI::Option* const out_option =
      app.add_option("--out", out, "folder in place of results/<environment>; -: to stdout only")
          ->type_name("DIR");
  StackChoice stack;
  AddStackOptions(app, stack);
  PlaceChoice places;
  AddPlaceOptions(app, stack, places);
  places.server_in->excludes(target_option);
  app.add_option("--format", format, "what goes to stdout")->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--examples", options.examples,
               "take the scenario's examples for what it would ask for or read");
  app.add_flag("--keep-traces", options.keep_traces, "write every event beside the result");
  app.add_flag("!--no-keep-awake", options.keep_awake,
               "let idle processors sleep while trials run");
  app.add_flag("!--no-realtime", options.realtime,
               "sensitive scenarios, too, in the scheduling class of ordinary programs");
  app.add_flag("--quiet", options.quiet, "no progress and no warnings");
  app.add_flag("--no-color", options.no_color, "no colours, not even on a terminal");
  if (arguments.empty()) {
    WriteErr(app.help());
    return ExitCode::kInvalid;
  }
  if (auto done = ParseArguments(app, arguments)) return *done;

  if (out_option->count() > 0) options.out = out;
  if (trials_option->count() > 0) options.load.trials = trials;
  if (seed_option->count() == 0) options.seed = std::random_device()();
  options.json = format == "json";
  Status valid = ReadAssignments(assignments, options.load);
  if (valid && target_option->count() > 0) valid = TakeTarget(target, options);
  if (valid) valid = CheckTogether(options);
  if (valid) valid = TakeStack(stack, options);
  if (valid) valid = TakePlaces(stack, places, options);
  if (valid) return options;
  Complain(valid.error().message);
  return ExitCode::kInvalid;
}

}  // namespace tcplab
