#include "core/script/blocking_host.h"

#include "core/base/check.h"

namespace tcplab {
namespace {

Wake WaitForSocket(const Actor& actor, const Wait& wait, Ready ready) {
  for (;;) {
    const CallResult result = wait.transport->WaitReady(actor.context(), ready, wait.deadline_ns);
    if (result.error == errors::kInterrupted) continue;
    // An error of poll itself is shown by the call that follows.
    return result.ok() && result.value == 0 ? Wake::kDeadline : Wake::kReady;
  }
}

Wake BlockOn(const Wait& wait, const Actor& actor, SignalBoard& signals) {
  switch (wait.what) {
    case Wait::For::kReadable:
      return WaitForSocket(actor, wait, Ready::kReadable);
    case Wait::For::kWritable:
      return WaitForSocket(actor, wait, Ready::kWritable);
    case Wait::For::kClock:
      SysSleepUntil(wait.deadline_ns);
      return Wake::kDeadline;
    case Wait::For::kSignal: {
      const bool given =
          signals.WaitUntil(wait.signal->signal, wait.signal->count, wait.deadline_ns);
      return given ? Wake::kReady : Wake::kDeadline;
    }
    case Wait::For::kInput:
      wait.input->Wait();
      return Wake::kReady;
    case Wait::For::kDone:
    case Wait::For::kHalted:
      break;
  }
  TCPLAB_CHECK(false);
  return Wake::kReady;
}

}  // namespace

void RunBlocking(Actor& actor, SignalBoard& signals) {
  Wait wait = actor.Resume(Wake::kStart);
  while (!wait.over()) wait = actor.Resume(BlockOn(wait, actor, signals));
}

}  // namespace tcplab
