#include "core/net/option_values_posix.h"

namespace tcplab {

CallResult SetOptionValue(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  return posix_values::SetValue<::setsockopt>(socket, row, value);
}

CallResult SetOptionText(NativeSocket socket, const OptionRow& row, std::string_view text) {
  return posix_values::SetText<::setsockopt>(socket, row, text);
}

OptionValue GetOptionValue(NativeSocket socket, const OptionRow& row) {
  return posix_values::GetValue<::getsockopt>(socket, row);
}

}  // namespace tcplab
