// One agent as its controller sees it: a child process with two pipes.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/agent/protocol.h"
#include "core/base/result.h"
#include "core/net/handle.h"

namespace tcplab {

// The descriptor over which a worker is passed sockets.
constexpr int kSocketPipe = 3;

// Started by uv_spawn, with the same binary unless the command says otherwise. Owned by its trial,
// and kept by the controller until it has ended: a process handle that is closed earlier leaves a
// zombie.
class AgentProcess {
 public:
  struct Callbacks {
    std::function<void(Frame)> on_frame;
    // Once, when nothing more will come: the process has ended, or its pipe or its frames are
    // broken.
    std::function<void(const std::string& why)> on_gone;
  };

  // `command` is the program and its arguments.
  static Result<std::unique_ptr<AgentProcess>> Start(Loop& loop,
                                                     const std::vector<std::string>& command,
                                                     Callbacks callbacks);
  // The same with a third pipe, descriptor kSocketPipe of the child, over which sockets are passed.
  static Result<std::unique_ptr<AgentProcess>> StartWorker(Loop& loop,
                                                           const std::vector<std::string>& command,
                                                           Callbacks callbacks);
  ~AgentProcess();
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  void Send(FrameKind kind, std::string_view payload = {});

  // Gives a worker the socket; the descriptor here is closed once it is sent, or where that is not
  // safe (SysSentSocketsAreSafe) once the worker has said that it has it.
  Status PassSocket(Loop& loop, NativeSocket socket);
  void SocketArrived();

  // No callback any more; closes its stdin, at which an agent ends by itself, and kills it to be
  // sure.
  void Abandon();

  // Whether the process was reaped.
  [[nodiscard]] bool ended() const { return ended_; }
  // Called when it is, if it is not yet.
  void OnEnded(std::function<void()> callback) { on_ended_ = std::move(callback); }

 private:
  explicit AgentProcess(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  Status Spawn(Loop& loop, const std::vector<std::string>& command, bool worker);
  void OnExit(std::int64_t status, int signal);
  void OnOutput(ssize_t nread, const char* bytes);
  void Gone(const std::string& why);

  Callbacks callbacks_;
  std::function<void()> on_ended_;
  FrameReader reader_;
  std::vector<char> read_buffer_;
  std::string exit_words_;
  bool ended_ = false;
  bool output_over_ = false;
  bool gone_ = false;
  std::deque<NativeSocket> under_way_;  // kept open until they have arrived
  Handle<uv_process_t> process_;
  Handle<uv_pipe_t> stdin_;
  Handle<uv_pipe_t> stdout_;
  Handle<uv_pipe_t> sockets_;
};

}  // namespace tcplab
