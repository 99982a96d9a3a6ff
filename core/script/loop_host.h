// Runs many actors on one libuv loop: each is resumed when what it waits for has come.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>

#include "core/net/handle.h"
#include "core/net/socket_watchers.h"
#include "core/script/actor.h"
#include "core/script/signal_board.h"
#include "core/script/transport.h"

namespace tcplab {

class LoopActor;

// The deadlines, signals and input of all actors of a loop. Used on the loop's thread, and
// destroyed there.
class LoopHost {
 public:
  // `signals` is not owned; its wakes reach this host for as long as it lives.
  LoopHost(Loop& loop, SignalBoard& signals);

  // Of the actors' sockets.
  [[nodiscard]] SocketWatchers& watchers() { return watchers_; }

 private:
  friend class LoopActor;
  using Deadlines = std::multimap<std::int64_t, LoopActor*>;

  Deadlines::iterator AddDeadline(std::int64_t deadline_ns, LoopActor* actor);
  void RemoveDeadline(Deadlines::iterator deadline);
  void OnTimer();
  void OnChanged();

  SocketWatchers watchers_;
  SignalBoard& signals_;
  Deadlines deadlines_;
  std::set<LoopActor*> awaiting_;        // a signal
  LoopActor* awaiting_input_ = nullptr;  // there is one input, and one actor that has it
  DeadlineTimer timer_;
  AsyncWake changed_;  // a signal, or the input
};

// One actor on a loop, which hears of its sockets' wakes. `on_over` is called once, from within a
// callback of the loop, and must not destroy this.
class LoopActor {
 public:
  LoopActor(LoopHost& host, const Actor::Setup& setup, std::function<void()> on_over);
  ~LoopActor();
  LoopActor(const LoopActor&) = delete;
  LoopActor& operator=(const LoopActor&) = delete;

  void Start();
  void StartAt(std::int64_t start_ns);
  // Starts `after_ns` after the signal was given. `signal` must outlive the actor.
  void StartAfter(const AwaitStep& signal, std::int64_t after_ns);

 private:
  friend class LoopHost;
  // A transport's wake: readable or writable, or an error, which the next call will tell.
  void OnReady(Transport& transport);
  void OnDeadline();
  void OnSignal();
  void Resume(Wake wake);
  void ForgetWait();

  LoopHost& host_;
  SignalBoard& signals_;
  Actor actor_;
  std::function<void()> on_over_;
  Wait wait_;
  LoopHost::Deadlines::iterator deadline_;
  bool has_deadline_ = false;
  std::int64_t start_after_ns_ = 0;  // its signal
  bool started_ = false;
};

}  // namespace tcplab
