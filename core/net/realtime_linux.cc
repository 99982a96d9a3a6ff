#include <sched.h>

#include "core/net/realtime.h"

namespace tcplab {
namespace {

constexpr int kController = 2;
constexpr int kAgent = 1;

bool BecomeRealtime(int priority) {
  sched_param wanted{};
  wanted.sched_priority = priority;
  return sched_setscheduler(0, SCHED_RR, &wanted) == 0;
}

}  // namespace

Realtime::Realtime() {
  cpu_set_t all;
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) < 2) return;
  // Somebody who chose a class for the whole runner (chrt) keeps it.
  if (sched_getscheduler(0) != SCHED_OTHER) return;
  works_ = BecomeRealtime(kController);
}

Realtime::~Realtime() {
  const sched_param none{};
  if (works_) sched_setscheduler(0, SCHED_OTHER, &none);
}

void GoAfterController() {
  sched_param inherited{};
  if (sched_getscheduler(0) != SCHED_RR || sched_getparam(0, &inherited) != 0) return;
  if (inherited.sched_priority == kController) BecomeRealtime(kAgent);
}

}  // namespace tcplab
