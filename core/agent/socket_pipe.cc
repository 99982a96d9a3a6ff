#include "core/agent/socket_pipe.h"

#include "core/net/errors.h"

namespace tcplab {
namespace {

uv_stream_t* PipeStream(Handle<uv_pipe_t>& pipe) {
  return reinterpret_cast<uv_stream_t*>(
      pipe.get());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

tl::unexpected<Error> NotTaken(int status) {
  return HarnessFault(std::string("a passed socket was not taken: ") + uv_err_name(status));
}

}  // namespace

Status SocketPipe::Start(int descriptor) {
  uv_pipe_init(thread_.loop().get(), pipe_.get(), 1);
  pipe_.set_open();
  pipe_.set_owner(this);
  if (const int status = uv_pipe_open(pipe_.get(), descriptor); status != 0) {
    return HarnessFault(std::string("the pipe for sockets: ") + uv_err_name(status));
  }
  uv_read_start(
      PipeStream(pipe_),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto* owner = static_cast<SocketPipe*>(handle->data);
        *buffer =
            uv_buf_init(owner->buffer_.data(), static_cast<unsigned int>(owner->buffer_.size()));
      },
      [](uv_stream_t* handle, ssize_t nread, const uv_buf_t*) {
        static_cast<SocketPipe*>(handle->data)->OnRead(nread);
      });
  return thread_.Start();
}

void SocketPipe::OnRead(ssize_t nread) {
  if (nread == UV_EAGAIN || nread == 0) return;
  if (nread < 0) {
    uv_read_stop(PipeStream(pipe_));  // the server agent is gone: stdin ends this process
    return;
  }
  // A byte comes with each socket; without one, the kernel could not install it here.
  if (uv_pipe_pending_count(pipe_.get()) == 0) return on_socket_(NotTaken(UV_EMFILE));
  while (uv_pipe_pending_count(pipe_.get()) > 0) {
    const Result<NativeSocket> socket = TakeSocket();
    on_socket_(socket);
    if (!socket) return;
  }
}

// libuv hands out a handle of its own, whose descriptor ends with it: the script gets another one.
Result<NativeSocket> SocketPipe::TakeSocket() {
  Handle<uv_tcp_t> handle;
  uv_tcp_init(thread_.loop().get(), handle.get());
  handle.set_open();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libuv's documented upcast
  auto* const stream = reinterpret_cast<uv_stream_t*>(handle.get());
  if (const int status = uv_accept(PipeStream(pipe_), stream); status != 0) return NotTaken(status);
  const CallResult own = SysDuplicate(SocketOf(handle));
  handle.Close();  // closes the descriptor at once
  if (!own.ok()) {
    return HarnessFault("a passed socket was not taken: " + std::string(ErrorName(own.error)));
  }
  return static_cast<NativeSocket>(own.value);
}

}  // namespace tcplab
