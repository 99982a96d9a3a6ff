#include <sched.h>

#include "tests/support/one_processor.h"

namespace tcplab::test {

struct OneProcessor::Platform {
  cpu_set_t before{};
};

OneProcessor::OneProcessor() : platform_(std::make_unique<Platform>()) {
  sched_getaffinity(0, sizeof platform_->before, &platform_->before);
  int first = 0;
  while (first < CPU_SETSIZE && !CPU_ISSET(first, &platform_->before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  sched_setaffinity(0, sizeof one, &one);
}

OneProcessor::~OneProcessor() {
  sched_setaffinity(0, sizeof platform_->before, &platform_->before);
}

}  // namespace tcplab::test
