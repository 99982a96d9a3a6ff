#include "core/script/inbox.h"

#include <algorithm>

namespace tcplab {

std::optional<std::size_t> Inbox::Complete(const RecvUntil& until) {
  switch (until.kind) {
    case RecvUntil::Kind::kOneCall:
    case RecvUntil::Kind::kEof:
      return std::nullopt;  // ended by the call, or by the peer
    case RecvUntil::Kind::kBytes:
      return size() >= until.bytes ? std::optional(until.bytes) : std::nullopt;
    case RecvUntil::Kind::kDelimiter:
      break;
  }
  if (until.delimiter != delimiter_) {
    delimiter_ = until.delimiter;
    searched_ = 0;
  }
  const std::size_t found = bytes_.find(until.delimiter, begin_ + searched_);
  if (found != std::string::npos) return found - begin_ + until.delimiter.size();
  const std::size_t overlap = until.delimiter.size() - 1;
  searched_ = size() > overlap ? size() - overlap : 0;
  return std::nullopt;
}

std::string Inbox::Take(std::size_t size) {
  std::string message = bytes_.substr(begin_, size);
  begin_ += message.size();
  searched_ = 0;
  // Moved to the front only now and then, so that many short messages in one long read stay linear.
  if (begin_ == bytes_.size() || begin_ > bytes_.size() / 2) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  return message;
}

}  // namespace tcplab
