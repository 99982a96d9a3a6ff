// A result put into a record, which only ever gains by it.
#pragma once

#include <nlohmann/json.hpp>  // records are JSON
#include <string>
#include <vector>

#include "core/base/result.h"

namespace tcplab {

// A case of a result, or an observation in it.
struct RecordPart {
  nlohmann::json parameters;
  std::string observation;  // empty: the whole case
};

struct MergedRecord {
  nlohmann::json document;
  std::vector<RecordPart> added;
  std::vector<RecordPart> left_out;  // observations of other numbers of trials than the case has
};

// `record` with the cases of `seen` that it does not have, by all their parameters, and in cases of
// both the observations that it does not have. What is there stays as it is, keys that this version
// does not know too. What was added says so: `added` is the index of its run in `run.added`.
// An error (kInvalid) when something would be added that was measured in another environment, or of
// a scenario that differs in more than its parameters and what it expects: one record is of one
// experiment. Both documents must be whole (ReadResultFile).
[[nodiscard]] Result<MergedRecord> MergeIntoRecord(const nlohmann::json& record,
                                                   const nlohmann::json& seen);

}  // namespace tcplab
