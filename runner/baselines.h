// The folder of recorded results that `check` compares with.
#pragma once

#include <nlohmann/json.hpp>  // a baseline holds its document
#include <string>

#include "core/base/result.h"

namespace tcplab {

struct Baseline {
  std::string path;
  std::string why;  // why this environment's
  nlohmann::json document;
};

// The recorded result of the scenario whose results stand at `place` ("lecture/backlog.json"), of
// the environment that is most like `here`. `folder` has a folder for each environment, or is one
// of these. Errors are of kind kInvalid: nothing is recorded, or not for this stack, or what is
// there is no result.
[[nodiscard]] Result<Baseline> FindBaseline(const std::string& folder, const std::string& place,
                                            const nlohmann::json& here);

}  // namespace tcplab
