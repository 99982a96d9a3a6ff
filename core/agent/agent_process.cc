#include "core/agent/agent_process.h"

#include <array>
#include <utility>

namespace tcplab {
namespace {

constexpr std::size_t kReadBytes = 65536;

uv_stream_t* AsStream(Handle<uv_pipe_t>& pipe) {
  return reinterpret_cast<uv_stream_t*>(
      pipe.get());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

// A frame on its way; frees itself when libuv is through with it.
struct Write {
  uv_write_t request{};
  std::string bytes;
};

std::string HowItEnded(std::int64_t status, int signal) {
  if (signal != 0) return "was ended by signal " + std::to_string(signal);
  return "ended with exit code " + std::to_string(status);
}

}  // namespace

Result<std::unique_ptr<AgentProcess>> AgentProcess::Start(Loop& loop,
                                                          const std::vector<std::string>& command,
                                                          Callbacks callbacks) {
  std::unique_ptr<AgentProcess> agent(new AgentProcess(std::move(callbacks)));
  if (Status spawned = agent->Spawn(loop, command, false); !spawned) return Forward(spawned);
  return agent;
}

Result<std::unique_ptr<AgentProcess>> AgentProcess::StartWorker(
    Loop& loop, const std::vector<std::string>& command, Callbacks callbacks) {
  std::unique_ptr<AgentProcess> agent(new AgentProcess(std::move(callbacks)));
  if (Status spawned = agent->Spawn(loop, command, true); !spawned) return Forward(spawned);
  return agent;
}

Status AgentProcess::Spawn(Loop& loop, const std::vector<std::string>& command, bool worker) {
  uv_pipe_init(loop.get(), stdin_.get(), 0);
  stdin_.set_open();
  uv_pipe_init(loop.get(), stdout_.get(), 0);
  stdout_.set_open();

  if (worker) {
    uv_pipe_init(loop.get(), sockets_.get(), 1);
    sockets_.set_open();
  }

  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(
        const_cast<char*>(word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): argv
  }
  arguments.push_back(nullptr);

  std::array<uv_stdio_container_t, 4> stdio{};
  stdio[0].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE);
  stdio[0].data.stream = AsStream(stdin_);
  stdio[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  stdio[1].data.stream = AsStream(stdout_);
  stdio[2].flags = UV_INHERIT_FD;  // an agent prints there only when it dies of a bug
  stdio[2].data.fd = 2;
  if (worker) {
    // Both ways although it is used one way: on Windows nothing else can carry sockets
    // (uv_pipe_open).
    stdio[kSocketPipe].flags =
        static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE);
    stdio[kSocketPipe].data.stream = AsStream(sockets_);
  }

  uv_process_options_t options{};
  options.file = command.front().c_str();
  options.args = arguments.data();
  options.stdio = stdio.data();
  options.stdio_count = static_cast<int>(stdio.size()) - (worker ? 0 : 1);
  options.flags = UV_PROCESS_WINDOWS_HIDE;
  options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
    auto* owner = static_cast<AgentProcess*>(handle->data);
    if (owner != nullptr) owner->OnExit(status, signal);
  };
  const int status = uv_spawn(loop.get(), process_.get(), &options);
  process_.set_open();  // uv_spawn initialises the handle even when it fails
  if (status != 0) {
    return HarnessFault("agent " + command.front() +
                        " could not be started: " + uv_err_name(status));
  }
  process_.set_owner(this);
  stdin_.set_owner(this);
  stdout_.set_owner(this);
  read_buffer_.resize(kReadBytes);
  uv_read_start(
      AsStream(stdout_),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto* owner = static_cast<AgentProcess*>(handle->data);
        *buffer = owner == nullptr ? uv_buf_init(nullptr, 0)
                                   : uv_buf_init(owner->read_buffer_.data(), kReadBytes);
      },
      [](uv_stream_t* handle, ssize_t nread, const uv_buf_t* buffer) {
        auto* owner = static_cast<AgentProcess*>(handle->data);
        if (owner != nullptr) owner->OnOutput(nread, buffer->base);
      });
  return {};
}

void AgentProcess::Send(FrameKind kind, std::string_view payload) {
  if (stdin_.get() == nullptr) return;
  auto write = std::make_unique<Write>();
  write->bytes = EncodeFrame(kind, payload);
  write->request.data = write.get();
  uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned int>(write->bytes.size()));
  // A write that fails needs no word of its own: the agent is gone, and its exit tells.
  const int status =
      uv_write(&write->request, AsStream(stdin_), &buffer, 1,
               [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
  if (status == 0) static_cast<void>(write.release());  // the callback frees it
}

namespace {

// A socket on its way to a worker; frees itself, and with it our descriptor, when it is sent.
struct Passing {
  uv_write_t request{};
  Handle<uv_tcp_t> socket;
  char byte = 's';  // a socket travels with at least one byte
};

}  // namespace

Status AgentProcess::PassSocket(Loop& loop, NativeSocket socket) {
  auto passing = std::make_unique<Passing>();
  passing->request.data = passing.get();
  uv_tcp_init(loop.get(), passing->socket.get());
  passing->socket.set_open();
  int status = uv_tcp_open(passing->socket.get(), socket);
  if (status != 0) {
    SysClose(socket);
    return HarnessFault(std::string("a socket cannot be passed on: ") + uv_err_name(status));
  }
  if (!SysSentSocketsAreSafe()) {
    if (const CallResult kept = SysDuplicate(socket); kept.ok()) {
      under_way_.push_back(static_cast<NativeSocket>(kept.value));
    }
  }
  uv_buf_t buffer = uv_buf_init(&passing->byte, 1);
  status = uv_write2(&passing->request, AsStream(sockets_), &buffer, 1,
                     // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libuv's upcast
                     reinterpret_cast<uv_stream_t*>(passing->socket.get()),
                     [](uv_write_t* request, int) { delete static_cast<Passing*>(request->data); });
  if (status != 0) {
    return HarnessFault(std::string("a socket cannot be passed on: ") + uv_err_name(status));
  }
  static_cast<void>(passing.release());  // the callback frees it
  return {};
}

void AgentProcess::SocketArrived() {
  if (under_way_.empty()) return;
  SysClose(under_way_.front());
  under_way_.pop_front();
}

AgentProcess::~AgentProcess() {
  while (!under_way_.empty()) SocketArrived();  // nobody will say so any more
}

void AgentProcess::Abandon() {
  callbacks_ = {};
  gone_ = true;
  stdin_.Close();
  stdout_.Close();
  sockets_.Close();
  output_over_ = true;
  constexpr int kKill = 9;  // SIGKILL, which libuv knows on every platform
  if (!ended_) uv_process_kill(process_.get(), kKill);
}

void AgentProcess::OnExit(std::int64_t status, int signal) {
  ended_ = true;
  exit_words_ = HowItEnded(status, signal);
  if (output_over_) Gone(exit_words_);
  if (on_ended_) std::exchange(on_ended_, {})();
}

void AgentProcess::OnOutput(ssize_t nread, const char* bytes) {
  if (nread == 0) return;
  if (nread < 0) {
    output_over_ = true;
    uv_read_stop(AsStream(stdout_));
    if (ended_) Gone(exit_words_);
    return;
  }
  reader_.Append({bytes, static_cast<std::size_t>(nread)});
  while (!gone_) {
    Result<std::optional<Frame>> next = reader_.Next();
    if (!next) {
      Gone("answered rubbish: " + next.error().message);
      return;
    }
    if (!*next) return;
    callbacks_.on_frame(std::move(**next));
  }
}

void AgentProcess::Gone(const std::string& why) {
  if (gone_) return;
  gone_ = true;
  if (callbacks_.on_gone) callbacks_.on_gone(why);
}

}  // namespace tcplab
