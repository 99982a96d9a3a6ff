#include "core/script/loop_host.h"

#include <utility>
#include <vector>

#include "core/base/clock.h"

namespace tcplab {

LoopHost::LoopHost(Loop& loop, SignalBoard& signals)
    : watchers_(loop),
      signals_(signals),
      timer_(loop, [this] { OnTimer(); }),
      changed_(loop, [this] { OnChanged(); }) {
  signals_.OnChange([this] { changed_.Send(); });
}

LoopHost::Deadlines::iterator LoopHost::AddDeadline(std::int64_t deadline_ns, LoopActor* actor) {
  const auto added = deadlines_.emplace(deadline_ns, actor);
  if (added == deadlines_.begin()) timer_.Set(deadline_ns);
  return added;
}

void LoopHost::RemoveDeadline(Deadlines::iterator deadline) {
  deadlines_.erase(
      deadline);  // the timer may fire for nothing, which is cheaper than setting it each time
}

void LoopHost::OnTimer() {
  const std::int64_t now_ns = MonotonicNs();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ns) {
    deadlines_.begin()->second->OnDeadline();
  }
  if (!deadlines_.empty()) timer_.Set(deadlines_.begin()->first);
}

void LoopHost::OnChanged() {
  // A wake too many is harmless: the actor looks for its piece, and waits again.
  if (awaiting_input_ != nullptr) awaiting_input_->Resume(Wake::kReady);
  const std::vector<LoopActor*> awaiting(awaiting_.begin(), awaiting_.end());
  for (LoopActor* actor : awaiting) actor->OnSignal();
}

LoopActor::LoopActor(LoopHost& host, const Actor::Setup& setup, std::function<void()> on_over)
    : host_(host), signals_(*setup.signals), actor_(setup), on_over_(std::move(on_over)) {
  for (const std::unique_ptr<Transport>& socket : *setup.sockets) {
    socket->OnReady([this, raw = socket.get()] { OnReady(*raw); });
  }
}

LoopActor::~LoopActor() { ForgetWait(); }

void LoopActor::Start() {
  started_ = true;
  Resume(Wake::kStart);
}

void LoopActor::StartAt(std::int64_t start_ns) {
  deadline_ = host_.AddDeadline(start_ns, this);
  has_deadline_ = true;
}

void LoopActor::StartAfter(const AwaitStep& signal, std::int64_t after_ns) {
  start_after_ns_ = after_ns;
  wait_ = {Wait::For::kSignal, 0, &signal};
  host_.awaiting_.insert(this);
  OnSignal();  // it may have been given already
}

void LoopActor::OnReady(Transport& transport) {
  const bool wanted = wait_.what == Wait::For::kReadable || wait_.what == Wait::For::kWritable;
  if (!started_ || !wanted || wait_.transport != &transport) {
    transport.Disarm();  // left armed since an earlier wait; now it would only spin
    return;
  }
  Resume(Wake::kReady);
}

void LoopActor::OnDeadline() {
  ForgetWait();
  const bool first = !std::exchange(started_, true);
  Resume(first ? Wake::kStart : Wake::kDeadline);
}

void LoopActor::OnSignal() {
  if (signals_.Count(wait_.signal->signal) < wait_.signal->count) return;
  if (started_) return Resume(Wake::kReady);
  ForgetWait();
  wait_ = {};
  StartAt(MonotonicNs() + start_after_ns_);
}

void LoopActor::ForgetWait() {
  if (std::exchange(has_deadline_, false)) host_.RemoveDeadline(deadline_);
  if (wait_.what == Wait::For::kSignal) host_.awaiting_.erase(this);
  if (wait_.what == Wait::For::kInput) host_.awaiting_input_ = nullptr;
}

void LoopActor::Resume(Wake wake) {
  ForgetWait();
  wait_ = {};
  wait_ = actor_.Resume(wake);
  switch (wait_.what) {
    case Wait::For::kDone:
    case Wait::For::kHalted:
      on_over_();
      return;
    case Wait::For::kReadable:
      wait_.transport->Arm(Ready::kReadable);
      break;
    case Wait::For::kWritable:
      wait_.transport->Arm(Ready::kWritable);
      break;
    case Wait::For::kSignal:
      host_.awaiting_.insert(this);
      break;
    case Wait::For::kInput:
      host_.awaiting_input_ = this;
      wait_.input->OnDelivered([&host = host_] { host.changed_.Send(); });
      break;
    case Wait::For::kClock:
      break;
  }
  if (wait_.deadline_ns != 0) {
    deadline_ = host_.AddDeadline(wait_.deadline_ns, this);
    has_deadline_ = true;
  }
}

}  // namespace tcplab
