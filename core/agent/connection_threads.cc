#include "core/agent/connection_threads.h"

#include <algorithm>
#include <utility>

namespace tcplab {

void ConnectionThreads::Prepare() {
  constexpr std::size_t kFew = 256;
  const std::lock_guard lock(mutex_);
  while (places_.size() < std::min(kFew, context_.expected_connections)) {
    places_.push_back(std::make_unique<Place>(context_, context_.next_number++));
  }
}

ConnectionThreads::Place& ConnectionThreads::Next() {
  const std::lock_guard lock(mutex_);
  if (used_ == places_.size()) {
    places_.push_back(std::make_unique<Place>(context_, context_.next_number++));
  }
  return *places_[used_++];
}

void ConnectionThreads::Start(Place& place, NativeSocket socket) {
  Result<Thread> thread = Thread::Start([this, &place, socket] {
    SysMinimiseTimerSlack();
    place.service.Serve(socket, live_);
  });
  if (!thread) return context_.on_fault({"thread_not_started", thread.error().message});
  place.thread.emplace(std::move(*thread));
}

std::vector<RecorderTrace> ConnectionThreads::Take() const {
  const std::lock_guard lock(mutex_);
  std::vector<RecorderTrace> traces;
  for (std::size_t i = 0; i < used_; ++i) traces.push_back(places_[i]->recorder.Take());
  return traces;
}

}  // namespace tcplab
