// What has to be known of a run to run it again, or elsewhere: as a result's document has it.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "runner/measure.h"

namespace tcplab {

struct RecordedRun {
  Scenario scenario;
  MeasureOptions measure;
};

// Reads `scenario` and `run` of a document; `file` is for messages. `measure_here` says who runs it
// and where, `jobs` how many trials side by side in place of the recorded number. An error is one
// of the document, which may hold anything.
[[nodiscard]] Result<RecordedRun> ReadRecordedRun(const nlohmann::json& document,
                                                  const std::string& file,
                                                  const MeasureOptions& measure_here,
                                                  std::optional<std::size_t> jobs);

// The same way back: a document of which ReadRecordedRun makes this run.
[[nodiscard]] nlohmann::json RecordRun(const Scenario& scenario, const MeasureOptions& measure);

}  // namespace tcplab
