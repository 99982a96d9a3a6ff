#include "core/agent/frame_pipe.h"

#include <uv.h>

#include <array>
#include <string>

#include "core/base/clock.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

constexpr int kStdin = 0;
constexpr int kStdout = 1;
constexpr int kExitOrphaned = 3;
constexpr int kExitFaulty = 3;

// One synchronous read or write through libuv, which knows each platform's descriptors.
template <typename Call>
ssize_t Sync(Call&& call) {
  uv_fs_t request{};
  const int result = call(&request);
  uv_fs_req_cleanup(&request);
  return result;
}

}  // namespace

Frame FramePipe::Read() {
  std::array<char, 16384> chunk{};
  for (;;) {
    Result<std::optional<Frame>> next = reader_.Next();
    if (!next) SysExitNow(kExitOrphaned);  // not our controller
    if (*next) return std::move(**next);
    uv_buf_t buffer = uv_buf_init(chunk.data(), chunk.size());
    const ssize_t got = Sync([&](uv_fs_t* request) {
      return uv_fs_read(nullptr, request, kStdin, &buffer, 1, -1, nullptr);
    });
    if (got == UV_EINTR) continue;
    if (got <= 0) SysExitNow(kExitOrphaned);
    reader_.Append({chunk.data(), static_cast<std::size_t>(got)});
  }
}

void FramePipe::Write(FrameKind kind, std::string_view payload) {
  std::string frame = EncodeFrame(kind, payload);
  const std::lock_guard lock(write_mutex_);
  std::size_t written = 0;
  while (written < frame.size()) {
    uv_buf_t buffer =
        uv_buf_init(frame.data() + written, static_cast<unsigned int>(frame.size() - written));
    const ssize_t result = Sync([&](uv_fs_t* request) {
      return uv_fs_write(nullptr, request, kStdout, &buffer, 1, -1, nullptr);
    });
    if (result == UV_EINTR || result == UV_EAGAIN) continue;
    if (result <= 0) SysExitNow(kExitOrphaned);
    written += static_cast<std::size_t>(result);
  }
}

void FramePipe::TellClock() { Write(FrameKind::kClock, std::to_string(MonotonicNs())); }

void FramePipe::Fail(const AgentFault& fault) {
  Write(FrameKind::kFault, ToPayload(fault));
  SysExitNow(kExitFaulty);
}

}  // namespace tcplab
