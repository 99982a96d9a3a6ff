// The server's listening socket: opened raw, read at the freeze, drained, and shut down at the very
// end.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "core/net/recorded_calls.h"
#include "core/scenario/scenario.h"

namespace tcplab {

// Opened by the agent's main thread. Accepting threads use native() as long as nobody has closed
// it; closing and draining exclude each other.
class Listener {
 public:
  // socket, its options, bind, and listen unless the mode is kBound; the address it got. The
  // scenario's own block failing is a fault of the harness, told with the errno.
  Result<Address> Open(const ListenSpec& spec, Blocking blocking, RecordedCalls& calls);

  // Takes a listening socket that another process opened, which goes on being that one's to read,
  // drain and shut down.
  void Adopt(NativeSocket socket) {
    socket_ = socket;
    adopted_ = true;
  }

  [[nodiscard]] NativeSocket native() const { return socket_; }

  // Records how long the accept queue is by the kernel's word, where it tells.
  void RecordQueue(RecordedCalls& calls);

  // Accepts until EAGAIN, serving nobody. The sockets stay open until the agent ends: closing them
  // here would show at the client. `first_number` counts on from the connections that were accepted
  // for a script.
  // Returns the number that the next connection would get.
  std::uint32_t Drain(RecordedCalls& calls, std::uint32_t first_number);

  // Wakes a thread that sits in accept (close does not) and resets what is queued. No call where
  // the system refuses it (SysShutdownEndsListening).
  void Shutdown(RecordedCalls& calls);

  // closed() from now on: no accept is begun any more.
  void StopAccepting() { stopped_.store(true); }

  // Ends the listening for good.
  void Close(RecordedCalls& calls);

  [[nodiscard]] bool closed() const { return stopped_.load(); }

 private:
  std::mutex mutex_;
  NativeSocket socket_ =
      kNoSocket;         // never changes once open; `closed_` says whether it still is ours
  bool closed_ = false;  // guarded by mutex_
  std::atomic<bool> stopped_{false};  // closed, or about to be
  bool adopted_ = false;
};

// listen.set, on a socket that is not bound yet.
Status SetListenOptions(const ListenSpec& spec, NativeSocket socket, RecordedCalls& calls);

// Whether an acceptor goes on after this error: it told of one connection, not of the listener
// (accept(2)).
[[nodiscard]] bool AcceptGoesOn(ErrorCode error);

}  // namespace tcplab
