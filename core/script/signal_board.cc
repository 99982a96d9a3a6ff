#include "core/script/signal_board.h"

#include <chrono>

namespace tcplab {

void SignalBoard::Give(const std::string& name) {
  Raise(name);
  if (outward_) outward_(name);
}

void SignalBoard::Receive(const std::string& name) { Raise(name); }

void SignalBoard::Raise(const std::string& name) {
  std::vector<std::function<void(const std::string&)>> listeners;
  {
    const std::lock_guard lock(mutex_);
    ++counts_[name];
    changed_.notify_all();
    for (const std::function<void()>& wake : wakes_) wake();
    listeners = listeners_;
  }
  // Without the lock: who listens may have to wait for a thread that gives a signal itself.
  for (const auto& heard : listeners) heard(name);
}

std::uint64_t SignalBoard::Count(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

bool SignalBoard::WaitUntil(const std::string& name, std::uint64_t count,
                            std::int64_t deadline_ns) {
  std::unique_lock lock(mutex_);
  const auto given = [&] {
    const auto found = counts_.find(name);
    return found != counts_.end() && found->second >= count;
  };
  if (deadline_ns == 0) {
    changed_.wait(lock, given);
    return true;
  }
  // The deadline is a stamp of the monotonic clock, which is steady_clock's.
  const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(deadline_ns)};
  return changed_.wait_until(lock, until, given);
}

void SignalBoard::OnSignal(std::function<void(const std::string&)> heard) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(heard));
}

void SignalBoard::OnChange(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wakes_.push_back(std::move(wake));
}

}  // namespace tcplab
