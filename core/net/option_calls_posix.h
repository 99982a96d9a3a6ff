// Tables of a platform's own names: options and flags of the sockets interface. For the platform
// files of this folder only.
#pragma once

#include <span>
#include <string_view>

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

// What this system has: option_table_linux.cc, option_table_bsd.cc.
[[nodiscard]] std::span<const OptionRow> OptionTable();
[[nodiscard]] std::span<const FlagRow> FlagTable();

}  // namespace tcplab
