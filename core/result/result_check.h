// Whether a result document agrees with itself.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace tcplab::internal {

// What is wrong, and where: a JSON pointer.
struct ResultProblem {
  std::string pointer;
  std::string message;
};

// The first thing in the cases that no run could have written: a key that is missing, trials that
// do not add up, a sequence that is not that of its values, a case that is there twice. Nothing
// when all is well. Other keys may be there: a later version may know more.
[[nodiscard]] std::optional<ResultProblem> FindResultProblem(const nlohmann::json& document);

}  // namespace tcplab::internal
