#include "core/script/blocking_host.h"

#include "core/base/check.h"

namespace tcplab {
namespace {

Wake WaitForSocket(const Actor& actor, Transport& transport, Ready ready,
                   std::int64_t deadline_ns) {
  for (;;) {
    const CallResult result = transport.WaitReady(actor.context(), ready, deadline_ns);
    if (result.error == errors::kInterrupted) continue;
    // An error of poll itself is shown by the call that follows.
    return result.ok() && result.value == 0 ? Wake::kDeadline : Wake::kReady;
  }
}

Wake BlockOn(const Wait& wait, const Actor& actor, Transport& transport, SignalBoard& signals) {
  switch (wait.what) {
    case Wait::For::kReadable:
      return WaitForSocket(actor, transport, Ready::kReadable, wait.deadline_ns);
    case Wait::For::kWritable:
      return WaitForSocket(actor, transport, Ready::kWritable, wait.deadline_ns);
    case Wait::For::kClock:
      SysSleepUntil(wait.deadline_ns);
      return Wake::kDeadline;
    case Wait::For::kSignal: {
      const bool given =
          signals.WaitUntil(wait.signal->signal, wait.signal->count, wait.deadline_ns);
      return given ? Wake::kReady : Wake::kDeadline;
    }
    case Wait::For::kDone:
    case Wait::For::kHalted:
      break;
  }
  TCPLAB_CHECK(false);
  return Wake::kReady;
}

}  // namespace

void RunBlocking(Actor& actor, Transport& transport, SignalBoard& signals) {
  Wait wait = actor.Resume(Wake::kStart);
  while (!wait.over()) wait = actor.Resume(BlockOn(wait, actor, transport, signals));
}

}  // namespace tcplab
