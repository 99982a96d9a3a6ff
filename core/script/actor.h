// An actor: one script, its sockets, a program counter.
//
// The script is run by ONE transition function, the same for every kind of endpoint. A step makes
// its calls on the transport; when it has to wait, Resume returns what for, and the host (a thread,
// or a loop) resumes the actor when that has come.
//
//   not started --Resume(kStart)--> running --Resume--> ... --> done
//   running: step begun -> [waiting -> resumed]* -> outcome recorded -> next step (or the loop's
//   place)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/net/address.h"
#include "core/script/actor_view.h"
#include "core/script/inbox.h"
#include "core/script/live_input.h"
#include "core/script/program.h"
#include "core/script/signal_board.h"
#include "core/script/sockets.h"
#include "core/script/targets.h"
#include "core/trace/recorder.h"

namespace tcplab {

// What an actor waits for.
struct Wait {
  enum class For {
    kDone,      // nothing: the script is over
    kHalted,    // nothing: the trial was frozen before its next connect
    kReadable,  // the socket, or the deadline
    kWritable,  // the socket, or the deadline
    kClock,     // the deadline
    kSignal,    // `signal` given `count` times, or the deadline
    kInput,     // the next piece of `input`
  };
  For what = For::kDone;
  std::int64_t deadline_ns = 0;  // on the monotonic clock; 0: none
  const AwaitStep* signal = nullptr;
  Transport* transport = nullptr;  // whose readiness it is
  LiveInput* input = nullptr;

  [[nodiscard]] bool over() const { return what == For::kDone || what == For::kHalted; }
};

// Why a waiting actor is resumed.
enum class Wake { kStart, kReady, kDeadline };

// Used by its host's thread only, save for the view.
class Actor {
 public:
  // Nothing is owned; all must outlive the actor.
  struct Setup {
    std::uint32_t number = 0;  // the client's or the connection's
    const Program* program = nullptr;
    const Targets* targets = nullptr;  // what connects; known once the trial begins
    Address source;              // where its connects come from; not valid: what the system chooses
    Sockets* sockets = nullptr;  // as many as the program names
    bool is_handler = false;     // its main socket is a connection that was accepted
    SignalBoard* signals = nullptr;
    LiveInput* input = nullptr;  // null: it has no script that sends standard input
    Recorder* recorder = nullptr;
    ActorView* view = nullptr;
    const std::atomic<bool>* frozen = nullptr;
  };
  explicit Actor(const Setup& setup);

  // Runs until the script has to wait or is over.
  Wait Resume(Wake wake);

  // Where its events belong now.
  [[nodiscard]] EventContext context() const;

 private:
  // What a step came to: an outcome, or a wait.
  using Progress = std::variant<Outcome, Wait>;

  struct LoopState {
    std::size_t begin = 0;
    std::uint64_t rounds_left = 0;
  };

  Wait Run();
  Progress Do(const ConnectStep& step);
  Progress Do(const BindStep& step);
  Progress Do(const ListenStep& step);
  Progress Do(const AcceptStep& step);
  Progress Do(const SendStep& step);
  Progress Do(const RecvStep& step);
  Progress Do(const ReplyStep& step);
  Progress Do(const ShutdownStep& step);
  Progress Do(const CloseStep& step);
  Progress Do(const AbortStep& step);
  Progress Do(const SleepStep& step);
  Progress Do(const AwaitStep& step);
  Progress Do(const SignalStep& step);
  Progress Do(const SetStep& step);
  [[nodiscard]] bool WillBeIpv6();
  Progress Do(const GetStep& step);
  Progress Do(const SampleStep& step);
  Progress Do(const RepeatBegin& step);
  Progress Do(const RepeatEnd& step);

  Progress BeginConnect(const ConnectStep& step);
  CallResult BindToSource();
  Progress EndConnect(const CallResult& result);
  [[nodiscard]] bool IsPrimary() const;
  [[nodiscard]] bool WaitsBeforeRecv(const Program::Mode& mode, bool has_deadline) const;
  std::optional<Outcome> TakeReceived(const RecvStep& step, const Program::Mode& mode,
                                      const CallResult& result);
  Progress SendBytes(std::string_view bytes, std::size_t each);
  Progress SendInput();
  std::optional<Wait> TakePiece();
  std::optional<Address> Resolve(const Endpoint& endpoint, const Address* otherwise);
  [[nodiscard]] Wait Until(Wait::For what, std::int64_t deadline_ns) const;
  Outcome TakeMessage(std::size_t size, Outcome::Kind kind);
  [[nodiscard]] Outcome FromCall(const CallResult& result) const;
  std::int64_t DeadlineOf(const std::optional<double>& timeout_ms);
  void RecordWait(Op op, std::uint32_t argument, std::int64_t result);

  // Of the step at pc_.
  [[nodiscard]] Transport& transport() const { return *(*setup_.sockets)[socket_]; }
  [[nodiscard]] Transport& transport(std::uint8_t socket) const {
    return *(*setup_.sockets)[socket];
  }
  [[nodiscard]] bool HasConnection() const;
  void ForgetConnection();
  CallResult OpenSocket(bool ipv6);

  void BeginStep();
  void FinishStep(const Step& step, const Outcome& outcome);
  void LeaveLoop(std::size_t begin);

  // What the actor itself knows of one of its sockets.
  struct SocketState {
    Inbox inbox;
    bool connect_failed = false;  // later steps on the socket are skipped
    bool bound = false;
  };
  [[nodiscard]] SocketState& state() { return states_[socket_]; }
  [[nodiscard]] const SocketState& state() const { return states_[socket_]; }

  Setup setup_;
  std::vector<SocketState> states_;
  std::string message_;  // the last one received
  std::string reply_;    // of the reply step that is being sent
  std::vector<char> buffer_;
  std::vector<LoopState> loops_;  // innermost last

  // The step at pc_, from BeginStep to FinishStep.
  std::size_t pc_ = 0;
  std::uint8_t socket_ = kMainSocket;
  std::string text_;  // what the step came to, where that is a text
  bool in_step_ = false;
  Wake wake_ = Wake::kStart;
  std::int64_t resumed_ns_ = 0;
  std::int64_t begin_ns_ = 0;
  std::int64_t wait_began_ns_ = 0;
  std::int64_t deadline_ns_ = 0;
  std::size_t sent_ = 0;
  bool waiting_ = false;

  // Of a step that sends standard input.
  std::optional<std::string> piece_;  // what is being sent of it
  std::int64_t input_sent_ = 0;       // the pieces before
  std::int64_t asked_ns_ = 0;         // when the next one was asked for; 0: it was not
};

}  // namespace tcplab
