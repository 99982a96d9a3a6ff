#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

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
      std::thread thread([over = platform_->over] {
        while (!over->load(std::memory_order_relaxed)) {
        }
      });
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
