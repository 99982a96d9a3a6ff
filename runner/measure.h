// One scenario, run to its result document.
#pragma once

#include <nlohmann/json.hpp>  // a measurement holds its document
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/result/result_builder.h"
#include "core/scenario/scenario.h"
#include "core/stack/features.h"
#include "core/trial/controller.h"
#include "runner/progress.h"

namespace tcplab {

struct MeasureOptions {
  ControllerOptions controller;
  Environment environment;
  RunInfo run;             // `started`, `jobs`, `kept_awake` and `realtime` are filled in here
  bool keep_awake = true;  // the processors, see KeepAwake
  bool realtime = true;    // where the scenario is sensitive, see Realtime
  std::optional<std::string> traces_path;  // where to keep every trial's trace
  Progress::Sink progress;                 // empty: shows nothing
  std::vector<Inability> cannot;           // cases that need such a thing are `unsupported`
};

// As this program measures on this machine; who runs what is left to be filled in.
[[nodiscard]] MeasureOptions MeasureHere(const std::string& own_path,
                                         const Environment& environment);
// This machine as it is now.
[[nodiscard]] Environment EnvironmentHere();

struct Measurement {
  nlohmann::json document;
  std::optional<int> interrupted_by;
  Status traces;  // an error when they could not be written; the result stands without them
};

// What a person would type is the example that the scenario gives.
void TakeExamples(const Scenario& scenario, MeasureOptions& options);

// Whether traces of so few trials and clients cost little to keep until it is known whether they
// tell something.
[[nodiscard]] bool AreFewToKeep(const Scenario& scenario);

// An error means that nothing could be run at all; everything else is in the document.
[[nodiscard]] Result<Measurement> Measure(const Scenario& scenario, MeasureOptions options);

}  // namespace tcplab
