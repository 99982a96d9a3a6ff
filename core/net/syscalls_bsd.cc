// macOS and the BSDs: what POSIX gives is in syscalls_posix.cc; the rest is not written yet and
// says so.
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

CallResult NotYet() { return {-1, errors::kNoSys}; }

}  // namespace

CallResult SysSocket(bool, Blocking) { return NotYet(); }
CallResult SysAccept(NativeSocket, Blocking, Address&) { return NotYet(); }
CallResult SysRecv(NativeSocket, std::span<char>, int) { return NotYet(); }
CallResult SysSend(NativeSocket, std::string_view, int) { return NotYet(); }
std::optional<int> SysMessageFlag(std::string_view) { return std::nullopt; }
CallResult SysPoll(NativeSocket, Ready, std::int64_t) { return NotYet(); }
void SysSleepUntil(std::int64_t) {}
void SysMinimiseTimerSlack() {}
void SysStartOn(std::size_t) {}
Result<CallResult> SysSetOption(NativeSocket, std::string_view, std::int64_t) {
  return Fail(ErrorKind::kUnsupported, "socket options are not written for this platform yet");
}
Result<CallResult> SysSetTextOption(NativeSocket, std::string_view, std::string_view) {
  return Fail(ErrorKind::kUnsupported, "socket options are not written for this platform yet");
}
Result<OptionValue> SysGetOption(NativeSocket, std::string_view) {
  return Fail(ErrorKind::kUnsupported, "socket options are not written for this platform yet");
}
Result<CallResult> SysSample(NativeSocket, std::string_view) {
  return Fail(ErrorKind::kUnsupported, "samples are not written for this platform yet");
}
std::optional<std::uint32_t> SysTcpState(NativeSocket) { return std::nullopt; }
std::optional<AcceptQueue> SysAcceptQueue(NativeSocket) { return std::nullopt; }

}  // namespace tcplab
