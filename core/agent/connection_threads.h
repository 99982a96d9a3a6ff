// thread_per_connection: a thread for each connection, started when it was accepted.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/agent/service.h"
#include "core/net/handle.h"

namespace tcplab {

// Used by the acceptors' threads; each connection has a recorder of its own.
class ConnectionThreads {
 public:
  explicit ConnectionThreads(ServerContext& context, LiveConnections& live)
      : context_(context), live_(live) {}

  // Makes what the connections that are expected will need, as far as a person would call it a few.
  void Prepare();

  // A place for the next connection, whose number it has.
  struct Place;
  [[nodiscard]] Place& Next();

  // Serves the connection on a thread of its own. That none could be started is a fault of the
  // harness: closing the connection would look like the server's own doing.
  void Start(Place& place, NativeSocket socket);

  [[nodiscard]] std::vector<RecorderTrace> Take() const;

  struct Place {
    Place(ServerContext& context, std::uint32_t number)
        : recorder(context.connection_capacity), calls(recorder), service(context, number, calls) {}
    Recorder recorder;
    RecordedCalls calls;
    Service service;
    std::optional<Thread> thread;
  };

 private:
  ServerContext& context_;
  LiveConnections& live_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Place>> places_;  // guarded by mutex_; never shrinks
  std::size_t used_ = 0;                        // guarded by mutex_
};

}  // namespace tcplab
