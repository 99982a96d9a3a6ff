// A scenario's parameters, and the matrix of cases that they span.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>  // parameters have JSON values
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario/loader.h"
#include "core/scenario/node.h"

namespace tcplab::internal {

inline constexpr std::size_t kMostCases = 10'000;
inline constexpr int kMostAnswers = 3;  // to one question

// A parameter and the values it takes, one after the other.
struct Parameter {
  std::string name;
  std::vector<nlohmann::json> values;    // one, or an axis; none while only a prompt is given
  std::vector<nlohmann::json> declared;  // as the document has them, whatever --set says
  std::optional<Question> question;      // in place of a value
};

// NAME=VALUE as it was given on the command line.
using Assignment = std::pair<std::string, std::string>;

// All parameters, by name: the order of the keys of a JSON object has no meaning, so it can carry
// none.
class Parameters {
 public:
  // From the document's `parameters`; what is wrong there is reported.
  void Read(const Node& node);
  // Puts the values of --set in place. Reported at `root`, for they stand nowhere in the document.
  void Override(const Node& root, const std::vector<Assignment>& assignments);
  // Asks for the values that are still missing, and adds the answers to `assignments`.
  void Ask(const Node& root, const Asker& ask, std::vector<Assignment>& assignments);
  // Gives those that are still missing any value, for a document that will not be run.
  void StandIn();
  // Reports a prompt that nobody answered and a matrix that is too large. True when there are
  // cases.
  [[nodiscard]] bool CheckMatrix(const Node& root) const;

  // Only after CheckMatrix. The last parameter varies fastest.
  [[nodiscard]] std::size_t CaseCount() const;
  [[nodiscard]] nlohmann::json CaseAt(std::size_t index) const;

  [[nodiscard]] const Parameter* Find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> Names() const;
  [[nodiscard]] const std::vector<Parameter>& list() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

// The values of --case by parameter. A case is kept when each named parameter has one of its
// values.
struct CaseFilter {
  std::vector<std::pair<std::string, std::vector<nlohmann::json>>> wanted;

  [[nodiscard]] bool Keeps(const nlohmann::json& case_parameters) const;
};
[[nodiscard]] CaseFilter ReadCaseFilter(const Node& root, const Parameters& parameters,
                                        const std::vector<Assignment>& assignments);

// A short list of values for a message.
[[nodiscard]] std::string ValuesText(const std::vector<nlohmann::json>& values);

// "backlog=1, clients=8", or "the only case".
[[nodiscard]] std::string CaseText(const nlohmann::json& case_parameters);

}  // namespace tcplab::internal
