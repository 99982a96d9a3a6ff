// Tables of a platform's own names: options and flags of the sockets interface, and how their
// values are given to it. For option_calls.cc and the platform files of this folder only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/net/syscalls.h"

namespace tcplab {

enum class OptionType { kInt, kLinger, kTime, kText };

struct OptionRow {
  std::string_view name;
  int level;
  int option;
  OptionType type = OptionType::kInt;
};

struct FlagRow {
  std::string_view name;
  int flag;
};

// What this system has: option_table_linux.cc, option_table_bsd.cc, option_table_windows.cc.
[[nodiscard]] std::span<const OptionRow> OptionTable();
[[nodiscard]] std::span<const FlagRow> FlagTable();

// setsockopt(2) and getsockopt(2) with values of the row's type, in the units of SysSetOption:
// option_values_posix.cc, option_values_windows.cc.
CallResult SetOptionValue(NativeSocket socket, const OptionRow& row, std::int64_t value);
CallResult SetOptionText(NativeSocket socket, const OptionRow& row, std::string_view text);
OptionValue GetOptionValue(NativeSocket socket, const OptionRow& row);

}  // namespace tcplab
