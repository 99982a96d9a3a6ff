// Kept traces: everything that trials recorded, in one file beside the result.
//
// The layout is written down in results/README.md. Every record is chained to the one before by a
// seal, and the last one says how many there were: a byte that was changed, cut or added is an
// error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>  // the scenario travels as JSON
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/result/atomic_file.h"
#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

// What the traces are of: enough to load the scenario again as it was run.
struct TracedScenario {
  std::string file;
  nlohmann::json document;
  std::uint32_t trials = 0;
  std::vector<std::pair<std::string, std::string>> overrides;
  std::vector<std::pair<std::string, std::string>> only_cases;
  bool allow_remote = false;
};

// Loads it with core/scenario, whose checks it passed once; an error all the same is one of the
// file.
[[nodiscard]] Result<Scenario> LoadTracedScenario(const TracedScenario& traced);

struct KeptTrial {
  std::size_t case_index = 0;
  std::size_t round = 0;
  TrialTrace trace;
};

// Writes as trials end. Nothing is at `path` before Commit(). Errors are faults of the harness.
class TraceFileWriter {
 public:
  static Result<TraceFileWriter> Create(const std::string& path, const TracedScenario& scenario);

  Status Add(std::size_t case_index, std::size_t round, const TrialTrace& trace);

  // The seal that ends the file, which the result names so that the two can be told to belong
  // together.
  Result<std::string> Commit();

 private:
  explicit TraceFileWriter(AtomicFile file) : file_(std::move(file)) {}

  Status Put(const nlohmann::json& header, std::string_view body);

  AtomicFile file_;
  std::string seal_;
  std::size_t trials_ = 0;
};

// Reads one trial at a time. Errors (kind kInvalid) name the file and what is wrong with it.
class TraceFileReader {
 public:
  static Result<TraceFileReader> Open(const std::string& path);

  [[nodiscard]] const TracedScenario& scenario() const { return scenario_; }

  // Nothing after the last one, when the file is known to be whole.
  Result<std::optional<KeptTrial>> Next();

  // Of the last record read; the file's own once Next() returned nothing.
  [[nodiscard]] const std::string& seal() const { return seal_; }

 private:
  struct Record {
    nlohmann::json header;
    std::string body;
  };

  TraceFileReader(std::string path, std::ifstream file, std::uint64_t bytes_left);

  Result<Record> Get();
  [[nodiscard]] tl::unexpected<Error> Broken(const std::string& what) const;
  Status Take(std::uint64_t size, std::string& bytes);
  Status ReadScenario();

  std::string path_;
  std::ifstream file_;
  std::uint64_t bytes_left_;
  TracedScenario scenario_;
  std::string seal_;
  std::size_t trials_ = 0;
  bool ended_ = false;
};

}  // namespace tcplab
