#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/net/keep_awake.h"

namespace tcplab {
namespace {

std::vector<std::size_t> OwnProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<std::size_t> processors;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return processors;
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &set)) processors.push_back(i);
  }
  return processors;
}

// False where the kernel does not let it: then the thread must not spin.
bool BecomesIdleThreadOf(std::thread& thread, std::size_t processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  const sched_param none{};
  const pthread_t handle = thread.native_handle();
  return pthread_setschedparam(handle, SCHED_IDLE, &none) == 0 &&
         pthread_setaffinity_np(handle, sizeof set, &set) == 0;
}

// Not MonotonicNs, whose map of the processor's counter the controller changes meanwhile.
std::int64_t NsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

// Spins until `over`, and rests where somebody else keeps the processor awake. That this thread
// yields to others holds only within its group of processes (a session, with autogroups of
// sched(7), or a cgroup): before other groups it uses up what the trials, which are in it too,
// would have.
void SpinWhereNobodyDoes(const std::atomic<bool>& over) {
  constexpr std::int64_t kLookNs = 20 * kNsPerMs;
  constexpr std::int64_t kFirstRestNs = 50 * kNsPerMs;
  constexpr std::int64_t kLongestRestNs = 1000 * kNsPerMs;
  std::int64_t rest_ns = kFirstRestNs;
  const auto is_over = [&over] { return over.load(std::memory_order_relaxed); };
  while (!is_over()) {
    const std::int64_t began_ns = NsOf(CLOCK_MONOTONIC);
    const std::int64_t used_ns = NsOf(CLOCK_THREAD_CPUTIME_ID);
    std::int64_t now_ns = began_ns;
    while (!is_over() && now_ns - began_ns < kLookNs) now_ns = NsOf(CLOCK_MONOTONIC);
    const bool alone = (NsOf(CLOCK_THREAD_CPUTIME_ID) - used_ns) * 2 > now_ns - began_ns;
    if (alone) {
      rest_ns = kFirstRestNs;
      continue;
    }
    const std::int64_t until_ns = now_ns + rest_ns;
    const timespec step{0, kLookNs};
    while (!is_over() && NsOf(CLOCK_MONOTONIC) < until_ns) nanosleep(&step, nullptr);
    rest_ns = std::min(rest_ns * 2, kLongestRestNs);
  }
}

}  // namespace

struct KeepAwake::Platform {
  // Shared with the threads, which nobody waits for: on a machine whose processors are all busy
  // such a thread may take seconds to see that it is over.
  std::shared_ptr<std::atomic<bool>> over = std::make_shared<std::atomic<bool>>(false);
};

KeepAwake::KeepAwake() : platform_(std::make_unique<Platform>()) {
  const std::vector<std::size_t> processors = OwnProcessors();
  works_ = !processors.empty() && processors.size() <= kMostProcessors;
  for (std::size_t i = 0; works_ && i < processors.size(); ++i) {
    try {
      std::thread thread([over = platform_->over] { SpinWhereNobodyDoes(*over); });
      works_ = BecomesIdleThreadOf(thread, processors[i]);
      thread.detach();
    } catch (const std::system_error&) {
      works_ = false;  // no more threads may be had
    }
  }
  if (!works_) platform_->over->store(true);
}

KeepAwake::~KeepAwake() { platform_->over->store(true); }

}  // namespace tcplab
