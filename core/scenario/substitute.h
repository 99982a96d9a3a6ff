// Parameters inside strings: "$name" and "${name}".
//
// `"$name"` as a whole string is the parameter itself, with its type; `${name}` inside a string is
// interpolated; `$$` is a dollar sign. A dollar sign before anything else is itself.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/scenario/node.h"

namespace tcplab::internal {

// The one parameter that no document defines: the client's number, known when a client's script is
// lowered.
inline constexpr std::string_view kIndexParameter = "index";

// Whether `name` can be a parameter's: letters, digits and _, not beginning with a digit.
[[nodiscard]] bool IsParameterName(std::string_view name);

// Calls `found` for every reference in the strings of `node`; reports a "${" that does not end as
// it should.
using ReferenceVisitor = std::function<void(const Node& at, const std::string& name)>;
void VisitReferences(const Node& node, const ReferenceVisitor& found);

// What is left of a string's dollar signs when it has been substituted.
enum class Stage {
  kFinal,   // "$$" becomes "$": the string is what it says
  kScript,  // another substitution follows, of `index`: "$$" stays, and dollar signs that come from
            // a value are doubled
};

// How much text and how many values may be made of documents, so that a small file cannot fill the
// memory.
inline constexpr std::size_t kMostDocumentBytes = std::size_t{256} << 20U;
struct Budget {
  std::size_t bytes = kMostDocumentBytes;
  bool exceeded = false;
};

// A copy of `value` with the parameters in `values` (an object) put in. References to others stay
// as they are. Once the budget is exceeded the copy is incomplete.
[[nodiscard]] nlohmann::json Substitute(const nlohmann::json& value, const nlohmann::json& values,
                                        Stage stage, Budget& budget);

// The scalar as it looks inside a string: strings as they are, numbers and booleans as JSON writes
// them.
[[nodiscard]] std::string ScalarText(const nlohmann::json& scalar);

}  // namespace tcplab::internal
