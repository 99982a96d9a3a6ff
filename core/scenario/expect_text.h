// The `expect` list in the text of a scenario, changed where it stands: comments and layout stay.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>  // expectations as they are written are JSON
#include <string>
#include <vector>

namespace tcplab {

struct ExpectEdit {
  std::vector<std::size_t> drop;    // indices into the list
  std::vector<nlohmann::json> add;  // at its end
};

// `text` must be one that LoadScenarioText accepted. Everything outside of the list stays byte for
// byte, and so does in it what is not dropped; comments are a person's and stay all the same. The
// list is made where there is none. New lines follow the file's line ends and indentation.
[[nodiscard]] std::string EditExpectations(const std::string& text, const ExpectEdit& edit);

// On one line, its keys in the order in which they are read: what is observed, the matcher, where.
[[nodiscard]] std::string ExpectationText(const nlohmann::json& expectation);

}  // namespace tcplab
