// Values of socket options, as Winsock has them: times in milliseconds, lingering in 16 bits.
#include <winsock2.h>

#include <algorithm>

#include "core/net/option_table.h"
#include "core/net/winsock_call_windows.h"

namespace tcplab {
namespace {

template <typename T>
CallResult Set(NativeSocket socket, const OptionRow& row, const T& value) {
  return ReturnedBySocket(setsockopt(socket, row.level, row.option,
                                     reinterpret_cast<const char*>(&value), sizeof value));
}

// A BOOL may come back in fewer bytes than were asked for; the rest stays 0.
template <typename T>
CallResult Get(NativeSocket socket, const OptionRow& row, T& value) {
  int length = sizeof value;
  return ReturnedBySocket(
      getsockopt(socket, row.level, row.option, reinterpret_cast<char*>(&value), &length));
}

}  // namespace

CallResult SetOptionValue(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  switch (row.type) {
    case OptionType::kInt:
      return Set(socket, row, static_cast<int>(value));
    case OptionType::kLinger: {
      const linger lingering{static_cast<u_short>(value >= 0 ? 1 : 0),
                             static_cast<u_short>(std::max<std::int64_t>(value, 0))};
      return Set(socket, row, lingering);
    }
    case OptionType::kTime:
      return Set(socket, row, static_cast<DWORD>(value));
    case OptionType::kText:
      break;
  }
  return {-1, errors::kNoProtoOpt};
}

// No option of Windows has a text for its value.
CallResult SetOptionText(NativeSocket /*socket*/, const OptionRow& /*row*/,
                         std::string_view /*text*/) {
  return {-1, errors::kNoProtoOpt};
}

OptionValue GetOptionValue(NativeSocket socket, const OptionRow& row) {
  OptionValue got;
  if (row.type == OptionType::kLinger) {
    linger lingering{};
    got.call = Get(socket, row, lingering);
    if (got.call.ok()) got.call.value = lingering.l_onoff != 0 ? lingering.l_linger : -1;
    return got;
  }
  int number = 0;
  got.call = Get(socket, row, number);
  if (got.call.ok()) got.call.value = number;
  return got;
}

}  // namespace tcplab
