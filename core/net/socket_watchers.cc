#include "core/net/socket_watchers.h"

namespace tcplab {

void SocketWatchers::Arm(NativeSocket socket, SocketWatcher::Interest interest,
                         ReadyListener& listener) {
  Seat& seat = seats_[socket];
  if (seat.watcher == nullptr) {
    seat.watcher = std::make_unique<SocketWatcher>(loop_, socket, [&seat] {
      if (seat.listener != nullptr) seat.listener->OnSocketReady();
    });
  }
  seat.listener = &listener;
  seat.watcher->Arm(interest);
}

void SocketWatchers::Disarm(NativeSocket socket) {
  const auto found = seats_.find(socket);
  if (found == seats_.end()) return;
  found->second.listener = nullptr;
  found->second.watcher->Disarm();
}

}  // namespace tcplab
