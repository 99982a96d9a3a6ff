// What sysctl(3) says, by the name of a variable. For files named *_bsd.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tcplab {

// The bytes of a variable; nothing where there is none of that name.
using SysctlReader = std::function<std::optional<std::string>(const char* name)>;
[[nodiscard]] std::optional<std::string> ReadSysctl(const char* name);

// A variable that is a number: of 4 or 8 bytes, as int and long or their unsigned kinds are.
// Nothing where it is something else.
[[nodiscard]] std::optional<std::int64_t> SysctlNumber(const SysctlReader& read, const char* name);

// A variable that is a text, without the zero at its end; nothing where it is empty.
[[nodiscard]] std::optional<std::string> SysctlText(const SysctlReader& read, const char* name);

}  // namespace tcplab
