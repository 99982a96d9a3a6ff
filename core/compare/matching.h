// Which cases of several documents belong together.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/compare/compare.h"

namespace tcplab::internal {

// What the columns have of one case: null where there is none.
struct MatchedCase {
  std::string scenario;
  nlohmann::json parameters;  // without the one that is compared across
  std::vector<const nlohmann::json*> cases;
};

// The columns of a comparison: sources, or the values of one parameter in each of them.
[[nodiscard]] Result<std::vector<Column>> ColumnsOf(const std::vector<ResultSource>& sources,
                                                    const CompareOptions& options);

// Files in the order of their names, cases in the order of the first document that has them.
[[nodiscard]] std::vector<MatchedCase> MatchCases(const std::vector<ResultSource>& sources,
                                                  const std::vector<Column>& columns,
                                                  const CompareOptions& options);

// The settings in which columns differ, and what is to be said of the documents as such.
[[nodiscard]] std::vector<Setting> DifferentSettings(const std::vector<ResultSource>& sources,
                                                     const std::vector<Column>& columns);
[[nodiscard]] std::vector<std::string> NotesOn(const std::vector<ResultSource>& sources,
                                               const std::vector<Column>& columns);

// By its own health: the longest that something was late in any of its cases.
[[nodiscard]] double LongestDelayMs(const nlohmann::json& document);

// Whether two columns hold the same trials: copies of one run.
[[nodiscard]] bool IsSameRun(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace tcplab::internal
