#include "core/trace/recorder.h"

#include <algorithm>
#include <cstring>

namespace tcplab {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kAddressRoom = 24;  // an encoded socket address with its length, rounded up

void PutLength(char* at, std::size_t length) {
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    at[i] = static_cast<char>((length >> (8 * i)) & 0xFFU);
  }
}

std::size_t GetLength(std::string_view at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  }
  return length;
}

}  // namespace

std::string_view RecorderTrace::Data(const Event& event) const {
  if (event.data == 0) return {};
  const std::size_t offset = event.data - 1;
  if (offset + kLengthBytes > arena.size()) return {};
  const std::string_view rest = std::string_view(arena).substr(offset);
  return rest.substr(kLengthBytes, GetLength(rest));
}

bool RecorderTrace::HasData(const Event& event) const {
  if (event.data == 0) return true;
  const std::size_t offset = event.data - 1;
  if (offset + kLengthBytes > arena.size()) return false;
  const std::string_view rest = std::string_view(arena).substr(offset);
  return GetLength(rest) <= rest.size() - kLengthBytes;
}

Recorder::Recorder(const Capacity& capacity)
    : events_(capacity.events),
      // '\1' rather than zero, so that the pages are written and not only mapped.
      arena_(capacity.payload + capacity.addresses * kAddressRoom, '\1'),
      payload_left_(capacity.payload) {}

void Recorder::Add(Op op, const EventContext& context, std::uint32_t argument,
                   std::int64_t begin_ns, std::int64_t end_ns, std::int64_t result,
                   std::uint32_t data) noexcept {
  EndAt(BeginAt(op, context, argument, begin_ns), end_ns, result, data);
}

std::uint32_t Recorder::Keep(std::string_view bytes) noexcept {
  const std::size_t needed = kLengthBytes + bytes.size();
  if (arena_.size() - arena_used_ < needed) return 0;
  const std::size_t offset = arena_used_;
  PutLength(arena_.data() + offset, bytes.size());
  std::memcpy(arena_.data() + offset + kLengthBytes, bytes.data(), bytes.size());
  arena_used_ += needed;
  return static_cast<std::uint32_t>(offset + 1);
}

std::uint32_t Recorder::KeepPayload(std::string_view bytes) noexcept {
  const std::size_t needed = kLengthBytes + bytes.size();
  if (bytes.empty() || payload_left_ < needed) return 0;
  payload_left_ -= needed;
  return Keep(bytes);
}

std::uint32_t Recorder::KeepAddress(std::string_view bytes) noexcept {
  const std::uint32_t kept = Keep(bytes);
  if (kept == 0) dropped_.fetch_add(1, std::memory_order_relaxed);
  return kept;
}

RecorderTrace Recorder::Take() const {
  RecorderTrace trace;
  // In this order: then an event that was begun before this look is either whole or the open one,
  // never missed.
  const std::size_t begun = begun_.load(std::memory_order_acquire);
  const std::size_t count = count_.load(std::memory_order_acquire);
  trace.events.assign(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  if (begun > count && count < events_.size()) {
    // In flight: the end fields belong to the writer still.
    const Event& open = events_[count];
    Event copy;
    copy.begin_ns = open.begin_ns;
    copy.actor = open.actor;
    copy.argument = open.argument;
    copy.step = open.step;
    copy.socket = open.socket;
    copy.op = open.op;
    trace.events.push_back(copy);
  }
  trace.recorded = trace.events.size();
  trace.dropped = dropped_.load(std::memory_order_relaxed);
  std::size_t kept_end = 0;
  for (const Event& event : trace.events) {
    if (event.data == 0) continue;
    const std::size_t offset = event.data - 1;
    const std::size_t end =
        offset + kLengthBytes + GetLength(std::string_view(arena_).substr(offset, kLengthBytes));
    kept_end = std::max(kept_end, end);
  }
  trace.arena.assign(arena_, 0, kept_end);
  return trace;
}

}  // namespace tcplab
