#include "core/stack/guarded_command.h"

#include <uv.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "core/base/text.h"
#include "core/net/handle.h"
#include "core/net/input_reader.h"
#include "core/net/signal_watcher.h"
#include "core/stack/guard.h"
#include "core/stack/leftovers.h"

namespace tcplab {
namespace {

constexpr int kSigInt = 2;
constexpr int kSigKill = 9;
constexpr int kSigTerm = 15;
constexpr std::size_t kKeptErrorBytes = 16384;
constexpr std::uint64_t kGraceMs = 10'000;  // between an interruption and the kill
constexpr std::uint64_t kKillMs = 45'000;   // for the guard, which is patient twice

uv_stream_t* StreamOfPipe(Handle<uv_pipe_t>& pipe) {
  return reinterpret_cast<uv_stream_t*>(
      pipe.get());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast): libuv's upcast
}

// Bytes on their way into a pipe; frees itself when libuv is through with it.
struct PipeWrite {
  uv_write_t request{};
  std::string bytes;
  std::function<void()> then;
};

// `then` is called on the loop, also when the bytes could not be written; not when the pipe was
// closed first, perhaps together with whoever would be called.
void WriteInto(Handle<uv_pipe_t>& pipe, std::string bytes, std::function<void()> then) {
  auto write = std::make_unique<PipeWrite>();
  write->bytes = std::move(bytes);
  write->then = std::move(then);
  write->request.data = write.get();
  uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned int>(write->bytes.size()));
  const int status =
      uv_write(&write->request, StreamOfPipe(pipe), &buffer, 1, [](uv_write_t* request, int error) {
        const std::unique_ptr<PipeWrite> done(static_cast<PipeWrite*>(request->data));
        if (done->then && error != UV_ECANCELED) done->then();
      });
  if (status == 0) static_cast<void>(write.release());  // the callback frees it
}

// Reads a pipe to its end.
class PipeReader {
 public:
  using OnBytes = std::function<void(std::string_view)>;

  PipeReader(Loop& loop, OnBytes on_bytes, std::function<void()> on_end)
      : on_bytes_(std::move(on_bytes)), on_end_(std::move(on_end)), buffer_(kReadBytes) {
    uv_pipe_init(loop.get(), pipe_.get(), 0);
    pipe_.set_open();
    pipe_.set_owner(this);
  }

  [[nodiscard]] Handle<uv_pipe_t>& pipe() { return pipe_; }
  [[nodiscard]] bool ended() const { return ended_; }

  void Start() {
    uv_read_start(
        StreamOfPipe(pipe_),
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          auto* owner = static_cast<PipeReader*>(handle->data);
          *buffer = owner == nullptr ? uv_buf_init(nullptr, 0)
                                     : uv_buf_init(owner->buffer_.data(), kReadBytes);
        },
        [](uv_stream_t* handle, ssize_t nread, const uv_buf_t* buffer) {
          auto* owner = static_cast<PipeReader*>(handle->data);
          if (owner != nullptr) owner->OnRead(nread, buffer->base);
        });
  }

 private:
  static constexpr unsigned kReadBytes = 65536;

  void OnRead(ssize_t nread, const char* bytes) {
    if (nread > 0) return on_bytes_({bytes, static_cast<std::size_t>(nread)});
    if (nread == 0) return;
    uv_read_stop(StreamOfPipe(pipe_));
    ended_ = true;
    on_end_();
  }

  OnBytes on_bytes_;
  std::function<void()> on_end_;
  std::vector<char> buffer_;
  Handle<uv_pipe_t> pipe_;
  bool ended_ = false;
};

// The runner's side: starts the guard, feeds and reads the command, and decides when it ends.
class Keeper {
 public:
  Keeper(Loop& loop, const GuardedCommand& command);

  Status Start();
  [[nodiscard]] CommandEnd End() && { return std::move(end_); }

 private:
  Status OpenPipes(std::array<int, 3>& of_child);
  Status Spawn(const std::array<int, 3>& of_child);
  void Feed();
  void FeedLive();
  void OnOutput(std::string_view bytes);
  void OnErrorOutput(std::string_view bytes);
  void OnInterrupt(int signal);
  void OnTimer();
  void Kill();
  void ReadReport();
  void OnGuardEnd();
  void MaybeOver();

  Loop& loop_;
  const GuardedCommand& command_;
  CommandEnd end_;
  std::string report_;
  std::optional<CommandEnd::Kind> killed_for_;
  bool kill_ordered_ = false;
  bool guard_ended_ = false;
  PipeReader out_;
  PipeReader err_;
  PipeReader control_;
  Handle<uv_pipe_t> in_;
  Handle<uv_process_t> process_;
  CoarseTimer timer_;
  SignalWatcher interrupted_;
  SignalWatcher terminated_;
  std::unique_ptr<InputReader> live_;
};

Keeper::Keeper(Loop& loop, const GuardedCommand& command)
    : loop_(loop),
      command_(command),
      out_(
          loop, [this](std::string_view bytes) { OnOutput(bytes); }, [this] { MaybeOver(); }),
      err_(
          loop, [this](std::string_view bytes) { OnErrorOutput(bytes); }, [this] { MaybeOver(); }),
      control_(
          loop, [this](std::string_view bytes) { report_ += bytes; }, [this] { MaybeOver(); }),
      timer_(loop, [this] { OnTimer(); }),
      interrupted_(loop, kSigInt, [this](int signal) { OnInterrupt(signal); }),
      terminated_(loop, kSigTerm, [this](int signal) { OnInterrupt(signal); }) {
  uv_pipe_init(loop.get(), in_.get(), 0);
  in_.set_open();
}

void CloseAll(const std::array<int, 3>& descriptors) {
  for (const int descriptor : descriptors) {
    uv_fs_t request{};
    if (descriptor >= 0) uv_fs_close(nullptr, &request, descriptor, nullptr);
    uv_fs_req_cleanup(&request);
  }
}

// Pipes of pipe(2), not the socket pairs that uv_spawn makes: gVisor takes no socket as stdout.
Status Keeper::OpenPipes(std::array<int, 3>& of_child) {
  const std::array<Handle<uv_pipe_t>*, 3> ours = {&in_, &out_.pipe(), &err_.pipe()};
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const bool child_reads = i == 0;
    std::array<uv_file, 2> ends{};
    int status = uv_pipe(ends.data(), child_reads ? 0 : UV_NONBLOCK_PIPE,
                         child_reads ? UV_NONBLOCK_PIPE : 0);
    if (status == 0) {
      of_child.at(i) = ends.at(child_reads ? 0 : 1);
      status = uv_pipe_open(ours.at(i)->get(), ends.at(child_reads ? 1 : 0));
    }
    if (status != 0)
      return HarnessFault(std::string("a pipe cannot be made: ") + uv_err_name(status));
  }
  return {};
}

Status Keeper::Spawn(const std::array<int, 3>& of_child) {
  std::vector<std::string> words = command_.guard;
  words.push_back(command_.folder);
  words.insert(words.end(), command_.command.begin(), command_.command.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<uv_stdio_container_t, 4> stdio{};
  for (std::size_t i = 0; i < of_child.size(); ++i) {
    stdio.at(i).flags = UV_INHERIT_FD;
    stdio.at(i).data.fd = of_child.at(i);
  }
  stdio[kGuardControl].flags =
      static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE);
  stdio[kGuardControl].data.stream = StreamOfPipe(control_.pipe());
  uv_process_options_t options{};
  options.file = words.front().c_str();
  options.args = arguments.data();
  options.stdio = stdio.data();
  options.stdio_count = static_cast<int>(stdio.size());
  options.flags = UV_PROCESS_DETACHED | UV_PROCESS_WINDOWS_HIDE;
  options.exit_cb = [](uv_process_t* handle, std::int64_t, int) {
    auto* owner = static_cast<Keeper*>(handle->data);
    if (owner != nullptr) owner->OnGuardEnd();
  };
  const int status = uv_spawn(loop_.get(), process_.get(), &options);
  process_.set_open();
  if (status != 0) {
    return HarnessFault(words.front() + " could not be started: " + uv_err_name(status));
  }
  process_.set_owner(this);
  return {};
}

Status Keeper::Start() {
  std::array<int, 3> of_child = {-1, -1, -1};
  Status status = OpenPipes(of_child);
  if (status) status = Spawn(of_child);
  CloseAll(of_child);
  if (!status) return status;
  out_.Start();
  err_.Start();
  control_.Start();
  timer_.Start(static_cast<std::uint64_t>(command_.limit_seconds * 1000));
  if (command_.live_input) {
    Result<std::unique_ptr<InputReader>> reader = InputReader::Start(loop_, 0);
    if (!reader) return Forward(reader);
    live_ = std::move(*reader);
  }
  Feed();
  return {};
}

void Keeper::Feed() {
  WriteInto(in_, command_.input, [this] {
    if (live_ == nullptr) {
      in_.Close();
    } else {
      FeedLive();
    }
  });
}

void Keeper::FeedLive() {
  constexpr std::size_t kPiece = 65536;
  live_->Ask(kPiece, [this](Result<std::string> piece) {
    if (!piece || piece->empty()) {
      in_.Close();
    } else {
      WriteInto(in_, std::move(*piece), [this] { FeedLive(); });
    }
  });
}

void Keeper::OnOutput(std::string_view bytes) {
  if (end_.out.size() + bytes.size() <= command_.most_output_bytes) {
    end_.out += bytes;
    return;
  }
  if (!killed_for_) killed_for_ = CommandEnd::Kind::kTooMuchOutput;
  Kill();
}

void Keeper::OnErrorOutput(std::string_view bytes) {
  if (command_.on_error_output) command_.on_error_output(bytes);
  end_.err += bytes;
  if (end_.err.size() > 2 * kKeptErrorBytes) end_.err.erase(0, end_.err.size() - kKeptErrorBytes);
}

void Keeper::OnInterrupt(int signal) {
  if (end_.interrupted_by) return Kill();
  end_.interrupted_by = signal;
  if (kill_ordered_) return;  // the guard has all the time that it needs for that
  WriteInto(control_.pipe(), signal == kSigInt ? "interrupt\n" : "terminate\n", {});
  timer_.Start(kGraceMs);
}

void Keeper::OnTimer() {
  if (kill_ordered_) {  // and the guard is still there
    if (!guard_ended_) uv_process_kill(process_.get(), kSigKill);
    ReadReport();
    loop_.Stop();
    return;
  }
  if (!end_.interrupted_by) killed_for_ = CommandEnd::Kind::kTimedOut;
  Kill();
}

// The guard kills when nothing more can come from here; its report still can come to here.
void Keeper::Kill() {
  if (std::exchange(kill_ordered_, true)) return;
  auto* request = new uv_shutdown_t{};
  const int status = uv_shutdown(request, StreamOfPipe(control_.pipe()),
                                 [](uv_shutdown_t* done, int) { delete done; });
  if (status != 0) delete request;
  timer_.Start(kKillMs);
}

void Keeper::ReadReport() {
  end_.guard_lost = true;
  for (const std::string_view line : Split(report_, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    const std::string_view word = line.substr(0, space);
    const std::string_view rest = line.substr(space + 1);
    std::from_chars(rest.data(), rest.data() + rest.size(), end_.number);
    if (word == "exit" || word == "signal" || word == "failed") end_.guard_lost = false;
    if (word == "exit") end_.kind = CommandEnd::Kind::kExited;
    if (word == "signal") end_.kind = CommandEnd::Kind::kSignalled;
    if (word == "failed") {
      end_.kind = CommandEnd::Kind::kNotStarted;
      end_.why = rest;
    }
    if (word == "left") end_.left.emplace_back(rest);
  }
  if (killed_for_) end_.kind = *killed_for_;
}

// Whatever held the pipes is gone with it, unless it was the guard that was killed.
void Keeper::OnGuardEnd() {
  constexpr std::uint64_t kLastBytesMs = 2000;
  guard_ended_ = true;
  kill_ordered_ = true;
  timer_.Start(kLastBytesMs);
  MaybeOver();
}

void Keeper::MaybeOver() {
  if (!guard_ended_ || !out_.ended() || !err_.ended() || !control_.ended()) return;
  ReadReport();
  loop_.Stop();
}

// Whoever killed it may have done so in the middle.
void DoTheGuardsWork(const GuardedCommand& command, CommandEnd& end) {
  constexpr double kPatience = 5;
  for (const std::int64_t process : EndDescendants(kPatience)) {
    end.left.push_back("process " + std::to_string(process));
  }
  if (HasMounts(command.folder)) {
    end.left.push_back("something mounted below " + command.folder);
    return;
  }
  std::error_code error;
  std::filesystem::remove_all(command.folder, error);
  if (error) end.left.push_back(command.folder + ": " + error.message());
}

}  // namespace

Result<CommandEnd> RunGuarded(const GuardedCommand& command) {
  AdoptDescendants();  // should the guard be killed, what it guarded is ours
  std::optional<CommandEnd> end;
  {
    Loop loop;
    Keeper keeper(loop, command);
    if (Status started = keeper.Start(); !started) return Forward(started);
    loop.Run();
    end = std::move(keeper).End();
  }
  if (end->guard_lost) DoTheGuardsWork(command, *end);
  return std::move(*end);
}

}  // namespace tcplab
