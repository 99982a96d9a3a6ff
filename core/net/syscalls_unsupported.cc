// Platforms whose calls are not written yet: everything says so, nothing pretends.
//
// A scenario that is run here gets an error (exit code 3) whose message comes from these ENOSYS,
// and never a finding about TCP.
#include <cstdlib>

#include "core/net/syscalls.h"

namespace tcplab {
namespace {

CallResult NotYet() { return {-1, errors::kNoSys}; }

}  // namespace

CallResult SysSocket(bool, Blocking) { return NotYet(); }
CallResult SysBind(NativeSocket, const Address&) { return NotYet(); }
CallResult SysListen(NativeSocket, int) { return NotYet(); }
CallResult SysConnect(NativeSocket, const Address&) { return NotYet(); }
CallResult SysAccept(NativeSocket, Blocking, Address&) { return NotYet(); }
CallResult SysRecv(NativeSocket, std::span<char>, int) { return NotYet(); }
CallResult SysSend(NativeSocket, std::string_view, int) { return NotYet(); }
std::optional<int> SysMessageFlag(std::string_view) { return std::nullopt; }
CallResult SysShutdown(NativeSocket, ShutdownSide) { return NotYet(); }
CallResult SysClose(NativeSocket) { return NotYet(); }
CallResult SysDuplicate(NativeSocket) { return NotYet(); }
CallResult SysGetSockName(NativeSocket, Address&) { return NotYet(); }
CallResult SysGetPeerName(NativeSocket, Address&) { return NotYet(); }
CallResult SysSoError(NativeSocket) { return NotYet(); }
CallResult SysSetBlocking(NativeSocket, Blocking) { return NotYet(); }
CallResult SysLingerZero(NativeSocket) { return NotYet(); }
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
bool SysShutdownEndsListening() { return false; }
void SysInterrupt(uv_thread_t) {}
bool SysSentSocketsAreSafe() { return false; }
void SysIgnoreAgentSignals() {}
void SysIgnoreSigpipe() {}
std::uint64_t SysRaiseDescriptorLimit() { return 0; }
void SysExitNow(int code) { std::_Exit(code); }

}  // namespace tcplab
