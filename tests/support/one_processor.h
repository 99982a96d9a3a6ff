// Confines this process, and what it starts, to one processor.
#pragma once

#include <memory>

namespace tcplab::test {

// For as long as it lives. Timers of several sockets that fire in one tick are then served in one
// go, where two processors may take turns.
class OneProcessor {
 public:
  OneProcessor();
  ~OneProcessor();
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  struct Platform;
  std::unique_ptr<Platform> platform_;
};

}  // namespace tcplab::test
