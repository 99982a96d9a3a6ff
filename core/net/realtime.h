// Lets what is measured go before the ordinary programs of the machine.
//
// Who waits for a processor that another program has is late, which has nothing to do with TCP, and
// it decides into how many pieces recv cuts a stream.
#pragma once

namespace tcplab {

// For as long as it lives, this thread is in a scheduling class before that of ordinary programs,
// and so are the threads and processes that it starts (Linux: SCHED_RR, sched(7), priority 2; the
// kernel keeps 5% of the time for ordinary programs).
class Realtime {
 public:
  Realtime();
  ~Realtime();
  Realtime(const Realtime&) = delete;
  Realtime& operator=(const Realtime&) = delete;

  // Whether it is. Not where there is no such class, where the system does not allow it (Linux:
  // CAP_SYS_NICE, or RLIMIT_RTPRIO), and not with a single processor: there a reader that wakes
  // would wait until the sender sleeps, which it does not in the ordinary class.
  [[nodiscard]] bool works() const { return works_; }

 private:
  bool works_ = false;
};

// Of an agent, which was started by such a thread and may never sleep: lets that thread, which has
// to end the trial in time, go before it (Linux: priority 1). Nothing in any other class.
void GoAfterController();

}  // namespace tcplab
