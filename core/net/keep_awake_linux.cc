#include <sched.h>

#include <atomic>
#include <utility>
#include <vector>

#include "core/net/handle.h"
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

// Of the calling thread. False where the kernel does not let it: then the thread must not spin.
bool BecomeIdleThreadOf(std::size_t processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  const sched_param none{};
  return sched_setscheduler(0, SCHED_IDLE, &none) == 0 &&
         sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace

struct KeepAwake::Platform {
  std::atomic<bool> over{false};
  std::vector<Thread> threads;
};

KeepAwake::KeepAwake() : platform_(std::make_unique<Platform>()) {
  const std::vector<std::size_t> processors = OwnProcessors();
  if (processors.empty() || processors.size() > kMostProcessors) return;
  works_ = true;
  for (const std::size_t processor : processors) {
    Result<Thread> thread = Thread::Start([platform = platform_.get(), processor] {
      if (!BecomeIdleThreadOf(processor)) return;
      while (!platform->over.load(std::memory_order_relaxed)) {
      }
    });
    if (thread) {
      platform_->threads.push_back(std::move(*thread));
    } else {
      works_ = false;
    }
  }
}

KeepAwake::~KeepAwake() {
  platform_->over.store(true);
  for (Thread& thread : platform_->threads) thread.Join();
}

}  // namespace tcplab
