// The facets of macOS and FreeBSD, from whatever tells them: the system, or a test.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/base/sysctl_bsd.h"
#include "core/result/machine.h"

namespace tcplab::internal {

[[nodiscard]] nlohmann::json FacetsBySysctl(const Machine& machine, const SysctlReader& read,
                                            std::optional<std::int64_t> loopback_mtu);

}  // namespace tcplab::internal
