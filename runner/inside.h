// What the runner outside of a stack and the one inside say to each other: a job on the inside's
// standard input, an answer on its standard output. No file is shared, no word of the scenario is
// on a command line.
#pragma once

#include <nlohmann/json.hpp>  // a job is JSON
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "runner/measure.h"

namespace tcplab {

// "tcplab-job/1 BYTES\n", then so many bytes of JSON: `scenario` and `run` as a result has them,
// `cannot`, and whether progress is wanted on stderr. What follows is the standard input of a
// scenario that sends it.
[[nodiscard]] std::string EncodeJob(const Scenario& scenario, const MeasureOptions& measure);

struct Job {
  nlohmann::json document;
  std::vector<Inability> cannot;
  bool progress = false;
};
// Reads it from stdin, and no byte more.
[[nodiscard]] Result<Job> ReadJob();

// "tcplab-answer/1 BYTES SHA256\n", then so many bytes: the result document. A stack may write
// anything before and after it.
[[nodiscard]] std::string EncodeAnswer(const nlohmann::json& document);

// The document in what a command wrote; the error says what is there instead.
[[nodiscard]] Result<nlohmann::json> DecodeAnswer(const std::string& output);

}  // namespace tcplab
