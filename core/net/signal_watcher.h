// SIGINT and SIGTERM, on a loop.
#pragma once

#include <uv.h>

#include <functional>
#include <utility>

#include "core/net/handle.h"

namespace tcplab {

// Calls back with the signal's number, on the loop, for as long as it lives.
class SignalWatcher {
 public:
  SignalWatcher(Loop& loop, int number, std::function<void(int)> callback)
      : callback_(std::move(callback)) {
    uv_signal_init(loop.get(), handle_.get());
    handle_.set_open();
    handle_.set_owner(this);
    uv_signal_start(
        handle_.get(),
        [](uv_signal_t* handle, int signal) {
          auto* owner = static_cast<SignalWatcher*>(handle->data);
          if (owner != nullptr) owner->callback_(signal);
        },
        number);
  }

 private:
  std::function<void(int)> callback_;
  Handle<uv_signal_t> handle_;
};

}  // namespace tcplab
