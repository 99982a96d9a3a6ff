// Values of socket options, as setsockopt(2) and getsockopt(2) of POSIX take and give them: kSet
// and kGet are these two, or others of their kind. For the platform files of this folder, and for
// stacks that bring sockets of their own.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include "core/net/option_table.h"
#include "core/net/posix_call.h"

namespace tcplab::posix_values {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kUsPerMs = 1'000;

template <auto kGet, typename T>
CallResult GetInto(NativeSocket socket, const OptionRow& row, T& value) {
  socklen_t length = sizeof value;
  return ReturnedByCall(kGet(socket, row.level, row.option, &value, &length));
}

template <auto kSet>
CallResult SetValue(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  switch (row.type) {
    case OptionType::kInt: {
      const int number = static_cast<int>(value);
      return ReturnedByCall(kSet(socket, row.level, row.option, &number, sizeof number));
    }
    case OptionType::kLinger: {
      const linger lingering{value >= 0 ? 1 : 0,
                             static_cast<int>(std::max<std::int64_t>(value, 0))};
      return ReturnedByCall(kSet(socket, row.level, row.option, &lingering, sizeof lingering));
    }
    case OptionType::kTime: {
      timeval time{};
      time.tv_sec = static_cast<time_t>(value / kMsPerSecond);
      time.tv_usec = static_cast<suseconds_t>((value % kMsPerSecond) * kUsPerMs);
      return ReturnedByCall(kSet(socket, row.level, row.option, &time, sizeof time));
    }
    case OptionType::kText:
      break;
  }
  return {-1, errors::kNoProtoOpt};
}

template <auto kSet>
CallResult SetText(NativeSocket socket, const OptionRow& row, std::string_view text) {
  return ReturnedByCall(
      kSet(socket, row.level, row.option, text.data(), static_cast<socklen_t>(text.size())));
}

template <auto kGet>
OptionValue GetValue(NativeSocket socket, const OptionRow& row) {
  OptionValue got;
  switch (row.type) {
    case OptionType::kInt: {
      int number = 0;
      got.call = GetInto<kGet>(socket, row, number);
      if (got.call.ok()) got.call.value = number;
      break;
    }
    case OptionType::kLinger: {
      linger lingering{};
      got.call = GetInto<kGet>(socket, row, lingering);
      if (got.call.ok()) got.call.value = lingering.l_onoff != 0 ? lingering.l_linger : -1;
      break;
    }
    case OptionType::kTime: {
      timeval time{};
      got.call = GetInto<kGet>(socket, row, time);
      if (got.call.ok()) {
        got.call.value = time.tv_sec * kMsPerSecond + time.tv_usec / kUsPerMs;
      }
      break;
    }
    case OptionType::kText: {
      std::array<char, 16> text{};  // IFNAMSIZ, TCP_CA_NAME_MAX
      got.call = GetInto<kGet>(socket, row, text);
      text.back() = '\0';
      if (got.call.ok()) got.text = text.data();
      got.call.value = static_cast<std::int64_t>(got.text.size());
      break;
    }
  }
  return got;
}

}  // namespace tcplab::posix_values
