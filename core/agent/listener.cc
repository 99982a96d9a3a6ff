#include "core/agent/listener.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tcplab {
namespace {

tl::unexpected<Error> CallFailed(std::string_view call, const ListenSpec& spec, ErrorCode error) {
  return HarnessFault(std::string(call) + " " + spec.address + " port " +
                      std::to_string(spec.port) + ": " + std::string(ErrorName(error)));
}

}  // namespace

Result<Address> Listener::Open(const ListenSpec& spec, Blocking blocking, RecordedCalls& calls) {
  Result<Address> address = Address::Parse(spec.address, spec.port);
  if (!address) return address;
  const CallResult opened = calls.Socket({}, address->is_ipv6(), blocking);
  if (!opened.ok()) return CallFailed("socket for", spec, opened.error);
  socket_ = static_cast<NativeSocket>(opened.value);
  if (Status set = SetListenOptions(spec, socket_, calls); !set) return Forward(set);
  if (const CallResult bound = calls.Bind({}, socket_, *address); !bound.ok()) {
    return CallFailed("bind to", spec, bound.error);
  }
  if (spec.mode == ListenMode::kListen) {
    if (const CallResult result = calls.Listen({}, socket_, spec.backlog); !result.ok()) {
      return CallFailed("listen on", spec, result.error);
    }
    // What the first look has to find out shall not be found out at the freeze.
    static_cast<void>(SysAcceptQueue(socket_));
  }
  if (const CallResult named = calls.GetSockName({}, socket_, *address); !named.ok()) {
    return CallFailed("getsockname of", spec, named.error);
  }
  return address;
}

Status SetListenOptions(const ListenSpec& spec, NativeSocket socket, RecordedCalls& calls) {
  for (const SetStep::Option& option : spec.options) {
    const Result<CallResult> result =
        option.text.empty() ? calls.SetOption({}, socket, option.name, option.value)
                            : calls.SetTextOption({}, socket, option.name, option.text);
    if (!result) return Forward(result);
    if (!result->ok()) return CallFailed("set " + option.name + " for", spec, result->error);
  }
  return {};
}

void Listener::RecordQueue(RecordedCalls& calls) {
  const std::lock_guard lock(mutex_);
  if (closed_ || adopted_) return;
  const std::int64_t begin_ns = MonotonicNs();
  const std::optional<AcceptQueue> queue = SysAcceptQueue(socket_);
  if (queue)
    calls.recorder().Add(Op::kQueue, {}, queue->limit, begin_ns, MonotonicNs(), queue->length);
}

std::uint32_t Listener::Drain(RecordedCalls& calls, std::uint32_t first_number) {
  const std::lock_guard lock(mutex_);
  if (closed_ || adopted_) return first_number;
  calls.SetBlocking({}, socket_, Blocking::kNo);
  constexpr std::uint32_t kMostDrained =
      1U << 20U;  // more than any accept queue holds: a bound, not a limit
  std::uint32_t number = first_number;
  for (; number - first_number < kMostDrained; ++number) {
    Address peer;
    const CallResult accepted = calls.Accept(socket_, Blocking::kNo, number, peer);
    if (!accepted.ok() && !AcceptGoesOn(accepted.error)) break;
  }
  return number;
}

void Listener::Shutdown(RecordedCalls& calls) {
  const std::lock_guard lock(mutex_);
  if (closed_ || adopted_ || !SysShutdownEndsListening()) return;
  calls.Shutdown({}, socket_, ShutdownSide::kBoth);
}

void Listener::Close(RecordedCalls& calls) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  StopAccepting();
  closed_ = true;
  calls.Close({}, socket_);
}

bool AcceptGoesOn(ErrorCode error) {
  // Errors of the connection that was about to be returned; accept(2) lists them as to be retried.
  static const std::array kOfOneConnection = {
      ErrorCodeOf("EINTR"),      ErrorCodeOf("ECONNABORTED"), ErrorCodeOf("EPROTO"),
      ErrorCodeOf("ENETDOWN"),   ErrorCodeOf("EHOSTDOWN"),    ErrorCodeOf("EHOSTUNREACH"),
      ErrorCodeOf("ENETUNREACH")};
  return std::find(kOfOneConnection.begin(), kOfOneConnection.end(), error) !=
         kOfOneConnection.end();
}

}  // namespace tcplab
