// What `runner run` can be told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/net/address.h"
#include "core/scenario/loader.h"
#include "core/stack/stack.h"
#include "runner/commands.h"
#include "runner/exit_code.h"
#include "runner/places.h"

namespace tcplab {

struct RunOptions {
  std::vector<std::string> names;  // scenarios and folders of them
  LoadOptions load;
  std::optional<std::string> out;  // "-": the document to stdout, and no file
  std::size_t jobs = 0;            // 0: chosen for this machine
  std::uint64_t seed = 0;
  std::vector<std::string> only;  // observations that the result holds; empty: all
  std::optional<Address> target;  // a foreign server, in place of the scenario's
  std::optional<Stack> in;        // the other stack in which the scenarios are run
  Places places;                  // or where only the servers, or only the clients, are
  bool json = false;
  bool examples = false;  // answers are the scenario's examples; nobody is asked
  bool keep_awake = true;
  bool realtime = true;
  bool quiet = false;
  bool no_color = false;
  bool keep_traces = false;

  [[nodiscard]] bool to_stdout_only() const { return out == "-"; }
  // Whether the result says what the scenario as it is written says here.
  [[nodiscard]] bool is_record() const {
    return !target && !places.elsewhere() && load.overrides.empty() && load.only_cases.empty() &&
           !load.trials && only.empty();
  }
};

// The options, or the exit code when nothing is left to be done (help, or a complaint on stderr).
[[nodiscard]] std::variant<RunOptions, ExitCode> ParseRunOptions(const Arguments& arguments);

}  // namespace tcplab
