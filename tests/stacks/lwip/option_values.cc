// core/net/option_table.h for lwIP.
#include "core/net/option_values_posix.h"
#include "tests/stacks/lwip/lwip_calls.h"

namespace tcplab {

CallResult SetOptionValue(NativeSocket socket, const OptionRow& row, std::int64_t value) {
  return posix_values::SetValue<lwip_setsockopt>(socket, row, value);
}

CallResult SetOptionText(NativeSocket socket, const OptionRow& row, std::string_view text) {
  return posix_values::SetText<lwip_setsockopt>(socket, row, text);
}

OptionValue GetOptionValue(NativeSocket socket, const OptionRow& row) {
  return posix_values::GetValue<lwip_getsockopt>(socket, row);
}

}  // namespace tcplab
