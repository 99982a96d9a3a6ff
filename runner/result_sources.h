// Result files and folders of them, as `diff` is given them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/compare/compare.h"

namespace tcplab {

// One source for each name. Single files are compared with each other whatever they are called; in
// a folder, a file's place is its path below it, and a file beside folders stands where its
// scenario's does. Markdown beside folders is none: `results/*` names the README too. Errors are of
// kind kInvalid and name the file.
[[nodiscard]] Result<std::vector<ResultSource>> LoadResultSources(
    std::span<const std::string> names);

}  // namespace tcplab
