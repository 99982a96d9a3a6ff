// A program that knows nothing of tcplab, started as the controller starts its agents: uv_spawn,
// with a pipe for what it prints.
#pragma once

#include <uv.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/handle.h"

namespace tcplab::bench {

// Runs the loop until `done` or until the time is over; returns what `done` said last.
inline bool RunUntil(Loop& loop, std::uint64_t limit_ms, const std::function<bool()>& done) {
  bool expired = false;
  CoarseTimer limit(loop, [&expired] { expired = true; });
  limit.Start(limit_ms);
  while (!done() && !expired) uv_run(loop.get(), UV_RUN_ONCE);
  return done();
}

// Used on its loop's thread. A program that still runs when this is destroyed is ended.
class PlainProcess {
 public:
  static Result<std::unique_ptr<PlainProcess>> Start(Loop& loop,
                                                     const std::vector<std::string>& command) {
    std::unique_ptr<PlainProcess> process(new PlainProcess());
    if (const int status = process->Spawn(loop, command); status != 0) {
      return HarnessFault(command.front() + " could not be started: " + uv_err_name(status));
    }
    return process;
  }

  ~PlainProcess() {
    constexpr int kKill = 9;
    if (!ended_) uv_process_kill(process_.get(), kKill);
  }
  PlainProcess(const PlainProcess&) = delete;
  PlainProcess& operator=(const PlainProcess&) = delete;

  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] bool has_line() const { return output_.find('\n') != std::string::npos; }
  // Its process was reaped and all it printed is here.
  [[nodiscard]] bool over() const { return ended_ && output_over_; }
  [[nodiscard]] bool failed() const { return exit_status_ != 0; }

 private:
  PlainProcess() = default;

  int Spawn(Loop& loop, const std::vector<std::string>& command) {
    uv_pipe_init(loop.get(), stdout_.get(), 0);
    stdout_.set_open();
    std::vector<char*> arguments;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): argv
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    std::array<uv_stdio_container_t, 3> stdio{};
    stdio[0].flags = UV_IGNORE;
    stdio[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    stdio[1].data.stream = AsStream();
    stdio[2].flags = UV_INHERIT_FD;
    stdio[2].data.fd = 2;
    uv_process_options_t options{};
    options.file = command.front().c_str();
    options.args = arguments.data();
    options.stdio = stdio.data();
    options.stdio_count = static_cast<int>(stdio.size());
    options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
      auto* owner = static_cast<PlainProcess*>(handle->data);
      if (owner != nullptr) owner->OnExit(status, signal);
    };
    process_.set_owner(this);
    stdout_.set_owner(this);
    const int status = uv_spawn(loop.get(), process_.get(), &options);
    process_.set_open();  // uv_spawn initialises the handle even when it fails
    ended_ = status != 0;
    if (status != 0) return status;
    return uv_read_start(
        AsStream(),
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          auto* owner = static_cast<PlainProcess*>(handle->data);
          *buffer = owner == nullptr ? uv_buf_init(nullptr, 0)
                                     : uv_buf_init(owner->chunk_.data(), owner->chunk_.size());
        },
        [](uv_stream_t* handle, ssize_t nread, const uv_buf_t* buffer) {
          auto* owner = static_cast<PlainProcess*>(handle->data);
          if (owner != nullptr) owner->OnOutput(nread, buffer->base);
        });
  }

  void OnExit(std::int64_t status, int signal) {
    ended_ = true;
    exit_status_ = signal != 0 ? -signal : status;
  }

  void OnOutput(ssize_t nread, const char* bytes) {
    if (nread > 0) output_.append(bytes, static_cast<std::size_t>(nread));
    if (nread >= 0) return;
    output_over_ = true;
    uv_read_stop(AsStream());
  }

  uv_stream_t* AsStream() {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a pipe is a stream to libuv
    return reinterpret_cast<uv_stream_t*>(stdout_.get());
  }

  std::array<char, 16384> chunk_{};
  std::string output_;
  bool ended_ = true;
  bool output_over_ = false;
  std::int64_t exit_status_ = 0;
  Handle<uv_process_t> process_;
  Handle<uv_pipe_t> stdout_;
};

}  // namespace tcplab::bench
