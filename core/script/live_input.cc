#include "core/script/live_input.h"

#include <utility>

namespace tcplab {

void LiveInput::Deliver(std::string piece) {
  const std::lock_guard lock(mutex_);
  piece_ = std::move(piece);
  delivered_.notify_all();
  if (wake_) wake_();
}

std::optional<std::string> LiveInput::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(piece_, std::nullopt);
}

void LiveInput::Wait() {
  std::unique_lock lock(mutex_);
  delivered_.wait(lock, [this] { return piece_.has_value(); });
}

void LiveInput::OnDelivered(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (piece_) wake_();
}

}  // namespace tcplab
