// SHA-256 (FIPS 180-4) of what a result must name exactly: its scenario, a kept trace.
#pragma once

#include <string>
#include <string_view>

namespace tcplab {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

}  // namespace tcplab
