// The system calls of syscalls.h, each recorded as one event: its end is stamped right after the
// call, its begin right before it or, where an actor makes one call after another, at the end of
// the one before (Recorder::Continue).
#pragma once

#include <algorithm>

#include "core/net/syscalls.h"
#include "core/trace/recorder.h"

namespace tcplab {

// How a send or recv is made: its flags, and as what it is recorded (a peek takes nothing from the
// stream).
struct MessageMode {
  Op op = Op::kRecv;
  int flags = 0;
};

// Writes into one recorder, and so belongs to that recorder's thread. Neither copied nor shared.
class RecordedCalls {
 public:
  // `recorder` is not owned and must outlive this.
  explicit RecordedCalls(Recorder& recorder) : recorder_(recorder) {}

  CallResult Socket(const EventContext& at, bool ipv6, Blocking blocking) {
    return Record(Op::kSocket, at, 0, [&] { return SysSocket(ipv6, blocking); });
  }
  CallResult Bind(const EventContext& at, NativeSocket socket, const Address& address) {
    return Record(Op::kBind, at, 0, [&] { return SysBind(socket, address); });
  }
  CallResult Listen(const EventContext& at, NativeSocket socket, int backlog) {
    return Record(Op::kListen, at, static_cast<std::uint32_t>(backlog),
                  [&] { return SysListen(socket, backlog); });
  }
  CallResult Connect(const EventContext& at, NativeSocket socket, const Address& address) {
    return Record(Op::kConnect, at, 0, [&] { return SysConnect(socket, address); });
  }
  CallResult SoError(const EventContext& at, NativeSocket socket) {
    return Record(Op::kSoError, at, 0, [&] { return SysSoError(socket); });
  }
  CallResult SetBlocking(const EventContext& at, NativeSocket socket, Blocking blocking) {
    return Record(Op::kFcntl, at, blocking == Blocking::kNo ? 1 : 0,
                  [&] { return SysSetBlocking(socket, blocking); });
  }
  CallResult Poll(const EventContext& at, NativeSocket socket, Ready ready,
                  std::int64_t deadline_ns) {
    return Record(Op::kPoll, at, ready == Ready::kReadable ? 0 : 1,
                  [&] { return SysPoll(socket, ready, deadline_ns); });
  }
  CallResult Send(const EventContext& at, NativeSocket socket, std::string_view bytes,
                  const MessageMode& mode = {Op::kSend}) {
    return Record(mode.op, at, Size(bytes.size()),
                  [&] { return SysSend(socket, bytes, mode.flags); });
  }
  CallResult Shutdown(const EventContext& at, NativeSocket socket, ShutdownSide side) {
    return Record(Op::kShutdown, at, static_cast<std::uint32_t>(side),
                  [&] { return SysShutdown(socket, side); });
  }
  CallResult Close(const EventContext& at, NativeSocket socket) {
    return Record(Op::kClose, at, 0, [&] { return SysClose(socket); });
  }
  CallResult LingerZero(const EventContext& at, NativeSocket socket) {
    return Record(Op::kSetOption, at, 0, [&] { return SysLingerZero(socket); });
  }

  // Received bytes are kept as far as there is room, after the end stamp's call.
  CallResult Recv(const EventContext& at, NativeSocket socket, std::span<char> buffer,
                  const MessageMode& mode = {Op::kRecv}) {
    Event& event = recorder_.Begin(mode.op, at, Size(buffer.size()));
    const CallResult result = SysRecv(socket, buffer, mode.flags);
    const std::int64_t end_ns = MonotonicNs();
    const std::uint32_t kept =
        result.value > 0
            ? recorder_.KeepPayload({buffer.data(), static_cast<std::size_t>(result.value)})
            : 0;
    recorder_.EndAt(event, end_ns, result.encoded(), kept);
    return result;
  }

  // `number` is the connection's, should the call return one. The peer's address is kept.
  CallResult Accept(NativeSocket listener, Blocking blocking, std::uint32_t number, Address& peer) {
    return AcceptAt({}, listener, blocking, number, peer);
  }
  // The same as a step of a script, whose `number` is that of the socket it becomes.
  CallResult AcceptAt(const EventContext& at, NativeSocket listener, Blocking blocking,
                      std::uint32_t number, Address& peer) {
    Event& event = recorder_.Begin(Op::kAccept, at, number);
    const CallResult result = SysAccept(listener, blocking, peer);
    EndWithAddress(event, result, peer);
    return result;
  }

  CallResult GetSockName(const EventContext& at, NativeSocket socket, Address& local) {
    Event& event = recorder_.Begin(Op::kGetSockName, at);
    const CallResult result = SysGetSockName(socket, local);
    EndWithAddress(event, result, local);
    return result;
  }

  Result<CallResult> SetOption(const EventContext& at, NativeSocket socket, std::string_view name,
                               std::int64_t value) {
    Event& event = recorder_.Begin(Op::kSetOption, at, static_cast<std::uint32_t>(value));
    Result<CallResult> result = SysSetOption(socket, name, value);
    recorder_.End(event,
                  result ? result->encoded() : -static_cast<std::int64_t>(errors::kNoProtoOpt));
    return result;
  }

  Result<CallResult> SetTextOption(const EventContext& at, NativeSocket socket,
                                   std::string_view name, std::string_view text) {
    return RecordKnown(Op::kSetOption, at, [&] { return SysSetTextOption(socket, name, text); });
  }

  Result<OptionValue> GetOption(const EventContext& at, NativeSocket socket,
                                std::string_view name) {
    Event& event = recorder_.Begin(Op::kGetOption, at);
    Result<OptionValue> got = SysGetOption(socket, name);
    std::int64_t result =
        got ? got->call.encoded() : -static_cast<std::int64_t>(errors::kNoProtoOpt);
    // Below 0 an event tells of an error; a value that is negative is in the step's outcome.
    if (got && got->call.ok()) result = std::max<std::int64_t>(0, result);
    recorder_.End(event, result);
    return got;
  }

  Result<CallResult> Sample(const EventContext& at, NativeSocket socket, std::string_view field) {
    return RecordKnown(Op::kSample, at, [&] { return SysSample(socket, field); });
  }

  [[nodiscard]] Recorder& recorder() { return recorder_; }

 private:
  static std::uint32_t Size(std::size_t size) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(size, UINT32_MAX));
  }

  template <typename Call>
  CallResult Record(Op op, const EventContext& at, std::uint32_t argument, Call&& call) {
    Event& event = recorder_.Begin(op, at, argument);
    const CallResult result = call();
    recorder_.End(event, result.encoded());
    return result;
  }

  // A call that the platform may not have.
  template <typename Call>
  Result<CallResult> RecordKnown(Op op, const EventContext& at, Call&& call) {
    Event& event = recorder_.Begin(op, at);
    Result<CallResult> result = call();
    recorder_.End(event,
                  result ? result->encoded() : -static_cast<std::int64_t>(errors::kNoProtoOpt));
    return result;
  }

  void EndWithAddress(Event& event, const CallResult& result, const Address& address) {
    const std::int64_t end_ns = MonotonicNs();
    const std::uint32_t kept = result.ok() ? recorder_.KeepAddress(address.Encoded()) : 0;
    recorder_.EndAt(event, end_ns, result.encoded(), kept);
  }

  Recorder& recorder_;
};

}  // namespace tcplab
