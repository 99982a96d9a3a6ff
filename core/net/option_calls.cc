// Socket options and flags by the names that the system gives them.
#include <algorithm>

#include "core/net/option_table.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

const OptionRow* FindRow(std::string_view name) {
  const std::span<const OptionRow> table = OptionTable();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const OptionRow& r) { return r.name == name; });
  return row == table.end() ? nullptr : &*row;
}

tl::unexpected<Error> NoSuchOption(std::string_view name) {
  return Fail(ErrorKind::kUnsupported, "this platform has no socket option " + std::string(name));
}

}  // namespace

Result<CallResult> SysSetOption(NativeSocket socket, std::string_view name, std::int64_t value) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return SetOptionValue(socket, *row, value);
}

Result<CallResult> SysSetTextOption(NativeSocket socket, std::string_view name,
                                    std::string_view text) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr || row->type != OptionType::kText) return NoSuchOption(name);
  return SetOptionText(socket, *row, text);
}

Result<OptionValue> SysGetOption(NativeSocket socket, std::string_view name) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return GetOptionValue(socket, *row);
}

std::optional<int> SysMessageFlag(std::string_view name) {
  const std::span<const FlagRow> table = FlagTable();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const FlagRow& r) { return r.name == name; });
  return row == table.end() ? std::nullopt : std::optional(row->flag);
}

}  // namespace tcplab
