#include "core/result/status.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tcplab {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"ok", "unsupported", "failed", "interrupted",
                                                    "error"};

}  // namespace

std::string_view ResultStatusName(ResultStatus status) {
  return kNames[static_cast<std::size_t>(status)];
}

ResultStatus ResultStatusOf(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return ResultStatus::kError;
  return static_cast<ResultStatus>(found - kNames.begin());
}

ResultStatus Worse(ResultStatus a, ResultStatus b) { return std::max(a, b); }

}  // namespace tcplab
