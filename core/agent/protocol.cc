#include "core/agent/protocol.h"

namespace tcplab {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kLargestFrame = 1UL << 30U;  // a trace of some twenty million events

}  // namespace

std::string EncodeFrame(FrameKind kind, std::string_view payload) {
  const std::size_t length = payload.size() + 1;
  std::string frame;
  frame.reserve(kLengthBytes + length);
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    frame += static_cast<char>((length >> (8 * i)) & 0xFFU);
  frame += static_cast<char>(kind);
  frame.append(payload);
  return frame;
}

Result<std::optional<Frame>> FrameReader::Next() {
  if (bytes_.size() < kLengthBytes + 1) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[i])) << (8 * i);
  }
  const auto kind = static_cast<std::uint8_t>(bytes_[kLengthBytes]);
  const bool known = kind >= static_cast<std::uint8_t>(FrameKind::kPlan) &&
                     kind <= static_cast<std::uint8_t>(FrameKind::kFault);
  if (length == 0 || length > kLargestFrame || !known) {
    return HarnessFault("what came is no frame of the agents' protocol");
  }
  if (bytes_.size() < kLengthBytes + length) return std::nullopt;
  Frame frame{static_cast<FrameKind>(kind), bytes_.substr(kLengthBytes + 1, length - 1)};
  bytes_.erase(0, kLengthBytes + length);
  return frame;
}

}  // namespace tcplab
