// What was seen becomes what is expected, or what is recorded.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace tcplab {

struct AcceptOptions {
  std::string baseline;  // a folder of records; empty: the scenario's expectations are rewritten
  std::string scenario;  // empty: found by what the result says
  std::vector<std::string> only;  // observations that are expected; empty: all
  bool replace = false;
  bool dry_run = false;
  bool no_color = false;
};

// A result, and the file that it was read from.
struct SeenResult {
  const nlohmann::json& document;
  std::string file;
};

// What was done, or would be, for people. Errors name the file that they are about; nothing was
// changed then.
[[nodiscard]] Result<std::string> AcceptAsBaseline(const SeenResult& seen,
                                                   const AcceptOptions& options);
[[nodiscard]] Result<std::string> AcceptAsExpectations(const SeenResult& seen,
                                                       const AcceptOptions& options);

// An error when another file in its place would not be what its owner meant: a symbolic link, a
// file that nobody may write, something else than a file. One that is not there yet is fine.
[[nodiscard]] Status CheckReplaceable(const std::string& path);

// The whole of the file, with the permissions that it had.
[[nodiscard]] Status ReplaceFile(const std::string& path, std::string_view bytes);

}  // namespace tcplab
