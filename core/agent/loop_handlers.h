// The handlers of a server that lives on a loop: one actor per connection, closed when its script
// is over.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/agent/server_model.h"
#include "core/script/loop_host.h"
#include "core/script/sockets.h"

namespace tcplab {

// Used on the loop's thread only.
class LoopHandlers {
 public:
  // `on_free` is called when a handler is through and its connection closed.
  LoopHandlers(ServerContext& context, LoopHost& host, Recorder& recorder,
               std::function<void()> on_free);

  // Serves an accepted connection, which is the first of the sockets; the view is the one that they
  // were made with.
  void Serve(std::uint32_t number, Sockets sockets, std::unique_ptr<ActorView> view);

  [[nodiscard]] bool busy() const { return !live_.empty(); }

  // Records where each handler stands, at the freeze.
  void RecordStates(Recorder& recorder) const;

 private:
  struct Handler {
    std::unique_ptr<ActorView> view;
    Sockets sockets;
    std::unique_ptr<LoopActor> actor;
  };

  void OnOver(std::uint32_t number);

  ServerContext& context_;
  LoopHost& host_;
  Recorder& recorder_;
  std::function<void()> on_free_;
  std::map<std::uint32_t, Handler> live_;
  // Over, and still on the call stack when they ended; freed when the next connection comes.
  std::vector<Handler> over_;
  bool ending_ = false;  // OnOver is on the stack
};

}  // namespace tcplab
