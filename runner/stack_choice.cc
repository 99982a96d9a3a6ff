#include "runner/stack_choice.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "runner/own_path.h"

namespace tcplab {
namespace {

// Beside the sources that this program was built from, or where it was installed.
Result<std::string> ShippedStacks() {
  namespace fs = std::filesystem;
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Forward(own_path);
  const fs::path folder = fs::path(*own_path).parent_path();
  // build/bin/runner, build/asan/bin/runner, /usr/local/bin/runner
  const std::array<fs::path, 3> places = {folder / "../../stacks/stacks.json",
                                          folder / "../../../stacks/stacks.json",
                                          folder / "../share/tcplab/stacks/stacks.json"};
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return place.lexically_normal().string();
  }
  return Invalid(fmt::format("--in: found no {}; --stacks FILE says where the stacks are described",
                             places.front().lexically_normal().string()));
}

}  // namespace

void AddStackOptions(CLI::App& app, StackChoice& choice) {
  choice.in = app.add_option("--in", choice.name,
                             "run inside this other stack, one that stacks.json describes")
                  ->type_name("STACK");
  choice.stacks =
      app.add_option("--stacks", choice.file, "the file that describes stacks (default: ours)")
          ->type_name("FILE")
          ->needs(choice.in);
  choice.limit =
      app.add_option("--limit", choice.limit_seconds,
                     "seconds that a scenario may take in there (default: as the file says)")
          ->type_name("SECONDS")
          ->check(CLI::PositiveNumber)
          ->needs(choice.in);
}

namespace {

// The stack of this name, which was given to this option.
Result<Stack> StackOf(const StackChoice& choice, const std::string& name,
                      const std::string& option) {
  std::string file = choice.file;
  if (file.empty()) {
    const Result<std::string> shipped = ShippedStacks();
    if (!shipped) return Forward(shipped);
    file = *shipped;
  }
  const LoadedStacks loaded = LoadStacksFile(file);
  if (!loaded.diagnostics.empty()) {
    std::string text;
    for (const Diagnostic& diagnostic : loaded.diagnostics) {
      text += (text.empty() ? "" : "\n") + FormatDiagnostic(diagnostic);
    }
    return Invalid(std::move(text));
  }
  return FindStack(loaded.stacks, name, option);
}

}  // namespace

Result<Stack> ChosenStack(const StackChoice& choice) {
  Result<Stack> stack = StackOf(choice, choice.name, "--in");
  if (stack && choice.limit->count() > 0) stack->limit_seconds = choice.limit_seconds;
  return stack;
}

void AddPlaceOptions(CLI::App& app, StackChoice& choice, PlaceChoice& places) {
  places.server_in = app.add_option("--server-in", places.server,
                                    "run the servers alone in this stack, on another machine maybe")
                         ->type_name("STACK")
                         ->excludes(choice.in);
  places.clients_in =
      app.add_option("--clients-in", places.clients, "run the clients alone in this")
          ->type_name("STACK")
          ->excludes(choice.in);
  app.add_option("--server-address", places.server_address,
                 "where servers listen, in place of the loopback, for clients elsewhere")
      ->type_name("IP");
  choice.stacks->remove_needs(choice.in);
}

Result<Places> ChosenPlaces(const StackChoice& choice, const PlaceChoice& places, bool foreign) {
  Places chosen;
  if (choice.stacks->count() > 0 && !choice.chosen() && !places.chosen()) {
    return Invalid("--stacks: expected --in, --server-in or --clients-in beside it");
  }
  for (const auto& [option, name, place] :
       {std::tuple(places.server_in, &places.server, &chosen.servers),
        std::tuple(places.clients_in, &places.clients, &chosen.clients)}) {
    if (option->count() == 0) continue;
    Result<Stack> stack = StackOf(choice, *name, option->get_name());
    if (!stack) return Forward(stack);
    if (Status fit = IsFitForAgents(*stack, option->get_name()); !fit) return Forward(fit);
    *place = std::move(*stack);
  }
  chosen.server_address = places.server_address;
  if (!chosen.elsewhere() && !chosen.server_address.empty()) {
    return Invalid("--server-address: expected --server-in or --clients-in beside it");
  }
  if (chosen.elsewhere()) {
    if (Status meet = CanMeet(chosen, foreign); !meet) return Forward(meet);
  }
  return chosen;
}

}  // namespace tcplab
