// Keeps the machine's processors from falling asleep while something is measured.
//
// A processor that has nothing to do halts, and waking it takes time: a few microseconds on a real
// machine, and on a virtual one as long as its host likes (measured: 7% of pauses of 1 ms more than
// 1 ms late, 0.8% more than 5 ms; kept awake 0.1% and 0.01%). That time has nothing to do with TCP,
// and it decides into how many pieces recv cuts a stream.
#pragma once

#include <cstddef>
#include <memory>

namespace tcplab {

// For as long as it lives, a thread on each processor that does nothing, in a scheduling class that
// yields to every other at once (Linux: SCHED_IDLE, sched(7)). Where a processor has other work, it
// rests.
class KeepAwake {
 public:
  KeepAwake();
  ~KeepAwake();
  KeepAwake(const KeepAwake&) = delete;
  KeepAwake& operator=(const KeepAwake&) = delete;

  // Whether it does. Not where there is no such class, and not on more processors than
  // kMostProcessors: that would heat a machine for two busy ones.
  [[nodiscard]] bool works() const { return works_; }

  static constexpr std::size_t kMostProcessors = 16;

 private:
  struct Platform;
  std::unique_ptr<Platform> platform_;
  bool works_ = false;
};

}  // namespace tcplab
