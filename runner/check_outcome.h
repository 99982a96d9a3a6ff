// What came of a check, scenario by scenario and fact by fact, whatever format it is then told in.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/compare/compare.h"
#include "core/scenario/scenario.h"
#include "runner/baselines.h"
#include "runner/exit_code.h"
#include "runner/trial_command.h"

namespace tcplab {

enum class ItemState {
  kPassed,
  kFailed,   // something differs, an expectation is not met, a recorded case is gone
  kError,    // it could not be measured or compared
  kSkipped,  // nobody can tell, or it was not compared or not judged
};

// One thing that was looked at: a fact of a case, an expectation of one, a case as a whole.
struct CheckItem {
  std::string its_case;  // "backlog=1 clients=8"; empty: the scenario as a whole
  std::string name;      // "queue_order", "expected queue_order = [0,1]"; unlike others of its case
  ItemState state = ItemState::kPassed;
  std::string type;     // of what did not pass, in a word or two: "different", "expectation"
  std::string message;  // one line: what was recorded or expected, and what was seen
  std::string detail;   // lines: both distributions
  std::string command;  // shows one such trial; empty: none does
  std::string pointer;  // into the scenario's document; empty: it stands nowhere there
  std::size_t line = 0;
  double weight = 0;  // the more, the more it tells

  [[nodiscard]] bool is_bad() const {
    return state == ItemState::kFailed || state == ItemState::kError;
  }
};

struct CheckedScenario {
  std::string file;  // as it was named
  std::string name;  // the scenario's own; empty: it could not be read
  ExitCode code = ExitCode::kOk;
  std::string counts;             // "23 facts as recorded, 1 different, 0 inconclusive"
  std::string baseline;           // the recorded result's path; empty: it came to no comparison
  std::string baseline_why;       // "the same environment"
  std::string result;             // the new one's path
  std::string stack;              // the other one that it was run in, if it was
  std::string started;            // RFC 3339, UTC
  std::optional<double> seconds;  // that it ran
  std::vector<std::pair<std::string, std::string>> properties;  // what was measured, and how
  std::vector<std::string> settings;  // in which environments differ: "somaxconn 128, now 4096"
  std::vector<std::string> notes;     // on the documents as such
  std::vector<CheckItem> items;       // the order is that of cases and observations

  // Those that tell most first; of equals the first first.
  [[nodiscard]] std::vector<const CheckItem*> ByWeight() const;
  [[nodiscard]] std::size_t Count(ItemState state) const;
};

// "NOT as recorded or expected". A fault of the harness is not said in the words of a finding.
[[nodiscard]] const char* VerdictInWords(ExitCode code);

// A scenario that was measured and compared with its baseline: two columns, the recorded one first.
struct CheckedRun {
  const Scenario& scenario;
  const Comparison& comparison;
  const nlohmann::json& document;
  const Baseline& baseline;
  std::string result_path = {};
  bool kept_traces = false;  // beside the result
  bool allow_remote = false;
  bool strict = false;     // what is inconclusive or not compared fails
  std::string stack = {};  // the other one that it was run in, by its name
};
// Where its trials can be looked at.
[[nodiscard]] TrialSource TrialsOf(const CheckedRun& run);

[[nodiscard]] CheckedScenario JudgeRun(const CheckedRun& run);

// One that could not be read, run or compared, and why. `name`: the scenario's, if it is known.
[[nodiscard]] CheckedScenario NotChecked(const std::string& file, const std::string& name,
                                         ExitCode code, const std::string& why);

}  // namespace tcplab
