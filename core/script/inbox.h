// The bytes of a stream that were received and not yet handed to a recv step: TCP marks no message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/scenario/step.h"

namespace tcplab {

class Inbox {
 public:
  void Append(std::string_view bytes) { bytes_.append(bytes); }

  // How many bytes at the front make the message that `until` wants; nothing while it is not
  // complete. The search goes on where the last one for the same delimiter ended.
  [[nodiscard]] std::optional<std::size_t> Complete(const RecvUntil& until);

  // Removes and returns the first `size` bytes.
  [[nodiscard]] std::string Take(std::size_t size);

  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     // what stands before was taken
  std::string delimiter_;     // the one that was searched for last
  std::size_t searched_ = 0;  // no delimiter begins before this, counted from begin_
};

}  // namespace tcplab
