// setsockopt(2) and getsockopt(2) by the names of options, flags by theirs.
#include "core/net/option_calls_posix.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kUsPerMs = 1'000;

CallResult SetRow(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  switch (row.type) {
    case OptionType::kInt: {
      const int number = static_cast<int>(value);
      return ReturnedByCall(setsockopt(socket, row.level, row.option, &number, sizeof number));
    }
    case OptionType::kLinger: {
      const linger lingering{value >= 0 ? 1 : 0,
                             static_cast<int>(std::max<std::int64_t>(value, 0))};
      return ReturnedByCall(
          setsockopt(socket, row.level, row.option, &lingering, sizeof lingering));
    }
    case OptionType::kTime: {
      timeval time{};
      time.tv_sec = static_cast<time_t>(value / kMsPerSecond);
      time.tv_usec = static_cast<suseconds_t>((value % kMsPerSecond) * kUsPerMs);
      return ReturnedByCall(setsockopt(socket, row.level, row.option, &time, sizeof time));
    }
    case OptionType::kText:
      break;
  }
  return {-1, errors::kNoProtoOpt};
}

const OptionRow* FindRow(std::string_view name) {
  const std::span<const OptionRow> table = OptionTable();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const OptionRow& r) { return r.name == name; });
  return row == table.end() ? nullptr : &*row;
}

tl::unexpected<Error> NoSuchOption(std::string_view name) {
  return Fail(ErrorKind::kUnsupported, "this platform has no socket option " + std::string(name));
}

template <typename T>
CallResult GetInto(NativeSocket socket, const OptionRow& row, T& value) {
  socklen_t length = sizeof value;
  return ReturnedByCall(getsockopt(socket, row.level, row.option, &value, &length));
}

OptionValue GetRow(NativeSocket socket, const OptionRow& row) {
  OptionValue got;
  switch (row.type) {
    case OptionType::kInt: {
      int number = 0;
      got.call = GetInto(socket, row, number);
      if (got.call.ok()) got.call.value = number;
      break;
    }
    case OptionType::kLinger: {
      linger lingering{};
      got.call = GetInto(socket, row, lingering);
      if (got.call.ok()) got.call.value = lingering.l_onoff != 0 ? lingering.l_linger : -1;
      break;
    }
    case OptionType::kTime: {
      timeval time{};
      got.call = GetInto(socket, row, time);
      if (got.call.ok()) {
        got.call.value = time.tv_sec * kMsPerSecond + time.tv_usec / kUsPerMs;
      }
      break;
    }
    case OptionType::kText: {
      std::array<char, 16> text{};  // IFNAMSIZ, TCP_CA_NAME_MAX
      got.call = GetInto(socket, row, text);
      text.back() = '\0';
      if (got.call.ok()) got.text = text.data();
      got.call.value = static_cast<std::int64_t>(got.text.size());
      break;
    }
  }
  return got;
}

}  // namespace

Result<CallResult> SysSetOption(NativeSocket socket, std::string_view name, std::int64_t value) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return SetRow(socket, *row, value);
}

Result<CallResult> SysSetTextOption(NativeSocket socket, std::string_view name,
                                    std::string_view text) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr || row->type != OptionType::kText) return NoSuchOption(name);
  return ReturnedByCall(setsockopt(socket, row->level, row->option, text.data(),
                                   static_cast<socklen_t>(text.size())));
}

Result<OptionValue> SysGetOption(NativeSocket socket, std::string_view name) {
  const OptionRow* const row = FindRow(name);
  if (row == nullptr) return NoSuchOption(name);
  return GetRow(socket, *row);
}

std::optional<int> SysMessageFlag(std::string_view name) {
  const std::span<const FlagRow> table = FlagTable();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const FlagRow& r) { return r.name == name; });
  return row == table.end() ? std::nullopt : std::optional(row->flag);
}

}  // namespace tcplab
