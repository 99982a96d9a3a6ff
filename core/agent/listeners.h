// The listening sockets of one server: one, or one for each of its workers (SO_REUSEPORT).
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/agent/listener.h"

namespace tcplab {

// Opened by the agent's main thread; then each is used as Listener says.
class Listeners {
 public:
  // The address is the first one's; the others share its port.
  Result<Address> Open(const ServerSpec& spec, Blocking blocking, RecordedCalls& calls);

  // Takes the one that another process opened, in place of opening any.
  void Adopt(NativeSocket socket);

  [[nodiscard]] std::size_t size() const { return list_.size(); }
  // Of the worker with this number.
  [[nodiscard]] Listener& of(std::size_t worker) { return *list_.at(worker % list_.size()); }

  void RecordQueue(RecordedCalls& calls);
  void Drain(RecordedCalls& calls, std::uint32_t first_number);
  void Shutdown(RecordedCalls& calls);
  void StopAccepting();
  void Close(RecordedCalls& calls);
  [[nodiscard]] bool closed() const;

 private:
  std::vector<std::unique_ptr<Listener>> list_;
};

}  // namespace tcplab
