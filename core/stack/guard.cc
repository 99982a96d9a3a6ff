#include "core/stack/guard.h"

#include <uv.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/net/handle.h"
#include "core/net/signal_watcher.h"
#include "core/net/syscalls.h"
#include "core/stack/leftovers.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kParentName = "stacks";
constexpr int kInterrupt = 2;  // libuv has these numbers on every platform
constexpr int kKill = 9;
constexpr int kTerminate = 15;
// With what does not end although it was killed: on a machine whose processors are all busy a
// thread of the class SCHED_IDLE (KeepAwake's) takes seconds to do so.
constexpr double kPatienceSeconds = 20;

uv_stream_t* StreamOf(Handle<uv_pipe_t>& pipe) {
  return reinterpret_cast<uv_stream_t*>(
      pipe.get());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast): libuv's upcast
}

// Waits for the command's end, or for the order to end it.
class Guard {
 public:
  explicit Guard(Loop& loop)
      : loop_(loop),
        interrupted_(loop, kInterrupt, [](int) {}),  // its keeper passes on what it wants to
        terminated_(loop, kTerminate, [this](int) { EndCommand(); }),
        patience_(loop, [this] { loop_.Stop(); }) {}

  // False when nobody is there to report to.
  bool Listen();
  void Run(const std::vector<std::string>& command);
  void Failed(const std::string& why) { report_ += "failed " + why + "\n"; }
  void Left(const std::string& what) { report_ += "left " + what + "\n"; }
  void Report();

 private:
  void Spawn(const std::vector<std::string>& command);
  void OnOrder(ssize_t nread);
  void OnExit(std::int64_t status, int signal);
  void EndCommand();

  Loop& loop_;
  Handle<uv_pipe_t> control_;
  Handle<uv_process_t> process_;
  SignalWatcher interrupted_;
  SignalWatcher terminated_;
  CoarseTimer patience_;
  std::array<char, 256> orders_{};
  std::string order_;
  std::string report_;
  bool runs_ = false;
};

bool Guard::Listen() {
  uv_pipe_init(loop_.get(), control_.get(), 0);
  control_.set_open();
  if (uv_pipe_open(control_.get(), kGuardControl) != 0) return false;
  control_.set_owner(this);
  const int status = uv_read_start(
      StreamOf(control_),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto* owner = static_cast<Guard*>(handle->data);
        *buffer = owner == nullptr ? uv_buf_init(nullptr, 0)
                                   : uv_buf_init(owner->orders_.data(),
                                                 static_cast<unsigned int>(owner->orders_.size()));
      },
      [](uv_stream_t* handle, ssize_t nread, const uv_buf_t*) {
        auto* owner = static_cast<Guard*>(handle->data);
        if (owner != nullptr) owner->OnOrder(nread);
      });
  return status == 0;
}

void Guard::Spawn(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(
        const_cast<char*>(word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): argv
  }
  arguments.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> stdio{};
  for (int i = 0; i < 3; ++i) {
    stdio.at(static_cast<std::size_t>(i)).flags = UV_INHERIT_FD;
    stdio.at(static_cast<std::size_t>(i)).data.fd = i;
  }
  uv_process_options_t options{};
  options.file = command.front().c_str();
  options.args = arguments.data();
  options.stdio = stdio.data();
  options.stdio_count = static_cast<int>(stdio.size());
  // A session of its own: no terminal's signal reaches it past its keeper, and all of its process
  // group can be told to end.
  options.flags = UV_PROCESS_DETACHED | UV_PROCESS_WINDOWS_HIDE;
  options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
    auto* owner = static_cast<Guard*>(handle->data);
    if (owner != nullptr) owner->OnExit(status, signal);
  };
  const int status = uv_spawn(loop_.get(), process_.get(), &options);
  process_.set_open();
  process_.set_owner(this);
  runs_ = status == 0;
  if (!runs_) Failed(uv_err_name(status));
}

void Guard::Run(const std::vector<std::string>& command) {
  Spawn(command);
  if (runs_) loop_.Run();
}

void Guard::OnOrder(ssize_t nread) {
  if (nread < 0) {
    uv_read_stop(StreamOf(control_));
    EndCommand();
    return;
  }
  order_.append(orders_.data(), static_cast<std::size_t>(nread));
  for (std::size_t end = order_.find('\n'); end != std::string::npos; end = order_.find('\n')) {
    const std::string order = order_.substr(0, end);
    order_.erase(0, end + 1);
    if (!runs_) continue;
    if (order == "interrupt") uv_process_kill(process_.get(), kInterrupt);
    if (order == "terminate") uv_process_kill(process_.get(), kTerminate);
  }
}

void Guard::OnExit(std::int64_t status, int signal) {
  runs_ = false;
  report_ += signal != 0 ? "signal " + std::to_string(signal) : "exit " + std::to_string(status);
  report_ += '\n';
  loop_.Stop();
}

void Guard::EndCommand() {
  if (!runs_) return;
  uv_kill(-process_.get()->pid, kKill);
  uv_process_kill(process_.get(), kKill);
  patience_.Start(static_cast<std::uint64_t>(kPatienceSeconds * 1000));
}

// The keeper may be dead: then nobody wants to know.
void Guard::Report() {
  uv_buf_t buffer = uv_buf_init(report_.data(), static_cast<unsigned int>(report_.size()));
  static_cast<void>(uv_try_write(StreamOf(control_), &buffer, 1));
}

void RemoveFolder(Guard& guard, const fs::path& folder) {
  if (HasMounts(folder.string())) {
    guard.Left("something mounted below " + folder.string());
    return;
  }
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) guard.Left(folder.string() + ": " + error.message());
  const fs::path parent = folder.parent_path();  // of the build folder: not where others have files
  if (parent.filename() == kParentName) fs::remove(parent, error);  // if nobody else has one in it
}

// Its own: what is there already belongs to somebody else, and must not be removed. Another guard
// may remove the parent as soon as it is there.
bool MakeFolder(const fs::path& folder, std::error_code& error) {
  constexpr int kAttempts = 20;
  for (int i = 0; i < kAttempts; ++i) {
    fs::create_directories(folder.parent_path(), error);
    if (fs::create_directory(folder, error)) return true;
    if (error != std::errc::no_such_file_or_directory) return false;
  }
  return false;
}

}  // namespace

int GuardMain(const std::vector<std::string>& arguments) {
  constexpr int kUsage = 2;
  constexpr int kHarness = 3;
  if (arguments.size() < 2) return kUsage;
  uv_disable_stdio_inheritance();  // the command gets its standard streams and nothing else
  SysIgnoreSigpipe();
  AdoptDescendants();
  Loop loop;
  Guard guard(loop);
  if (!guard.Listen()) return kUsage;
  const fs::path folder = arguments.front();
  std::error_code error;
  if (!MakeFolder(folder, error)) {
    guard.Failed("its folder " + folder.string() + " cannot be made: " + error.message());
    guard.Report();
    return kHarness;
  }
  fs::permissions(folder, fs::perms::owner_all, error);
  guard.Run({arguments.begin() + 1, arguments.end()});
  for (const std::int64_t process : EndDescendants(kPatienceSeconds)) {
    guard.Left("process " + std::to_string(process));
  }
  RemoveFolder(guard, folder);
  guard.Report();
  return 0;
}

}  // namespace tcplab
