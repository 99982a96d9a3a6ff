// The sockets of one actor, by the order in which their names stand in its script.
#pragma once

#include <memory>
#include <vector>

#include "core/net/socket_watchers.h"
#include "core/script/actor_view.h"
#include "core/script/raw_transport.h"
#include "core/script/transport.h"

namespace tcplab {

// The first is the main one: a client's own, or a handler's connection.
using Sockets = std::vector<std::unique_ptr<Transport>>;

// One for each socket of the view. As RawTransport, whose arguments these are.
[[nodiscard]] inline Sockets MakeRawSockets(RecordedCalls& calls, ActorView& view,
                                            SocketWatchers* watchers) {
  Sockets sockets;
  sockets.reserve(view.sockets.size());
  for (SocketView& socket : view.sockets) {
    sockets.push_back(std::make_unique<RawTransport>(calls, socket, watchers));
  }
  return sockets;
}

// Closes what is open, as the end of a handler's script does.
inline void CloseAll(Sockets& sockets, std::uint32_t actor) {
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i]->is_open()) sockets[i]->Close({actor, kNoStep, static_cast<std::uint8_t>(i)});
  }
}

}  // namespace tcplab
