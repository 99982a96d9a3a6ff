// Trials, as they end, into a result document (results/README.md has every key).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/observe/observe.h"
#include "core/result/environment.h"
#include "core/result/status.h"
#include "core/scenario/scenario.h"

namespace tcplab {

inline constexpr const char* kResultFormat = "tcplab-result/1";

// The code of a trial that this platform cannot do, as opposed to one that went wrong.
inline constexpr const char* kUnsupportedCode = "unsupported";

// All that is needed to run it again.
struct RunInfo {
  std::string version;  // of tcplab
  std::string libuv;
  std::uint64_t seed = 0;
  std::string started;   // RFC 3339, UTC: "2025-01-31T09:00:00.250Z"
  std::size_t jobs = 1;  // trials side by side
  std::vector<std::pair<std::string, std::string>> overrides;   // --set
  std::vector<std::pair<std::string, std::string>> only_cases;  // --case
  std::vector<std::string> only;                                // --only; empty: every observation
  bool allow_remote = false;
  bool examples = false;    // the scenario's own, in place of standard input
  bool kept_awake = false;  // the processors, while trials ran
  bool realtime = false;    // the class in which trials ran
  std::string target;       // the foreign server that was measured against; empty: ours
  std::string server_in;    // the stack in which servers ran, apart from the rest; empty: here
  std::string clients_in;
};

// Now, as RunInfo::started has it: to the millisecond, so that no two runs begin at the same time.
[[nodiscard]] std::string UtcNow();

// Takes trials in any order; sequences come out by round. What a trial costs does not grow with the
// number of trials before it. The scenario must outlive the builder.
class ResultBuilder {
 public:
  ResultBuilder(const Scenario& scenario, Environment environment, RunInfo run);
  ResultBuilder(ResultBuilder&&) = delete;
  ~ResultBuilder();

  // A trial that was measured. `counters`: how far the kernel's counters moved while it ran;
  // `alone`: whether nothing else moved them.
  void AddTrial(std::size_t case_index, std::size_t round, const TrialObservations& observed,
                const std::map<std::string, std::uint64_t>& counters, bool alone);

  // A trial that was not.
  void AddError(std::size_t case_index, std::size_t round, const std::string& code,
                const std::string& message);

  // A trial in which the machine stood still, and which is run again.
  void AddDisturbed(std::size_t case_index);

  // The kept traces of this run: the file's name beside the result, and the seal that ends it.
  void SetTraces(const std::string& file, const std::string& seal);

  [[nodiscard]] std::size_t trials() const { return trials_; }
  [[nodiscard]] std::size_t errors() const { return errors_; }

  // The document, without its expectations (core/compare adds them). Called once.
  [[nodiscard]] nlohmann::json Finish(double seconds, bool interrupted);

 private:
  struct CaseRecord;

  [[nodiscard]] bool IsExpected(const std::string& observation) const;
  [[nodiscard]] bool IsWanted(const std::string& observation) const;
  [[nodiscard]] nlohmann::json RunEntry(double seconds, ResultStatus status) const;
  [[nodiscard]] nlohmann::json CaseEntry(std::size_t index, bool interrupted);

  const Scenario& scenario_;
  Environment environment_;
  RunInfo run_;
  std::string traces_file_;
  std::string traces_seal_;
  std::size_t trials_ = 0;
  std::size_t errors_ = 0;
  std::vector<CaseRecord> cases_;
};

}  // namespace tcplab
