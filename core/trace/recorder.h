// The recorder: a preallocated, touched list of events with one writer, and no lock or allocation
// per event.
//
// One recorder belongs to one thread (an actor's, an acceptor's, or a loop's), which alone writes.
// Any other thread may take a copy at any time: it sees every event that was finished before, and
// the one call that is in flight. The list never wraps; what does not fit is counted, and a trial
// that lost an event is an error.
//
//   writer: fill the begin fields -> begun_ = n + 1 (release) -> the call -> fill the end fields
//           -> count_ = n + 1 (release)
//   reader: b = begun_ (acquire), then n = count_ (acquire); events [0, n) are whole; if n < b,
//   event n is in
//           flight and only its begin fields may be read
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/trace/event.h"

namespace tcplab {

// A copy of one recorder's content.
struct RecorderTrace {
  std::vector<Event> events;   // in the order they were begun; at most the last one is unfinished
  std::uint64_t recorded = 0;  // events the writer had begun, which must be events.size()
  std::uint64_t dropped = 0;   // events, or addresses, for which there was no room
  std::string arena;  // kept bytes: u32 length (little endian), then the bytes, for each `data`

  // The bytes that an event kept; empty when it kept none or points outside of the arena.
  [[nodiscard]] std::string_view Data(const Event& event) const;

  // Whether all that the event says it kept is there.
  [[nodiscard]] bool HasData(const Event& event) const;

  friend bool operator==(const RecorderTrace&, const RecorderTrace&) = default;
};

// Whose event it is.
struct EventContext {
  std::uint32_t actor = kListenerActor;
  std::uint16_t step = kNoStep;
  std::uint8_t socket = 0;
};

class Recorder {
 public:
  // What there is room for. All of it is touched when the recorder is made, so that no page fault
  // falls into a trial.
  struct Capacity {
    std::size_t events = 4096;
    std::size_t addresses = 64;  // of connect, accept and getsockname
    std::size_t payload = 0;     // bytes of received data that are kept
  };
  explicit Recorder(const Capacity& capacity);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // From `now_ns`, a stamp just taken, until Pause(): calls follow each other with nothing but our
  // own instructions between them (50 ns), so that each begins when the one before it ended. A
  // stamp costs half as much as that time is long; taken again before every call, they changed what
  // was measured: they slow the sender down, and recv cuts the stream into more pieces.
  void Continue(std::int64_t now_ns) noexcept {
    following_ = true;
    last_end_ns_ = now_ns;
  }
  void Pause() noexcept { following_ = false; }

  // Stamps and publishes the begin of a call. Writer only; at most one call is open at a time.
  Event& Begin(Op op, const EventContext& context, std::uint32_t argument = 0) noexcept {
    return BeginAt(op, context, argument, following_ ? last_end_ns_ : MonotonicNs());
  }

  // Stamps and publishes the end of the call that is open.
  void End(Event& event, std::int64_t result, std::uint32_t data = 0) noexcept {
    EndAt(event, MonotonicNs(), result, data);
  }

  // The same with a stamp that is at hand.
  void EndAt(Event& event, std::int64_t end_ns, std::int64_t result,
             std::uint32_t data = 0) noexcept {
    event.end_ns = end_ns;
    event.result = result;
    event.data = data;
    Publish(event);
  }

  // Records what is already over: a step, or a wait in a loop.
  void Add(Op op, const EventContext& context, std::uint32_t argument, std::int64_t begin_ns,
           std::int64_t end_ns, std::int64_t result, std::uint32_t data = 0) noexcept;

  // Keeps received bytes for an event's `data`; 0 when the payload room is used up (not a lost
  // event: the observation then says how much came, not what).
  std::uint32_t KeepPayload(std::string_view bytes) noexcept;

  // Keeps an address for an event's `data`. Without room the event is useless, so that it counts as
  // dropped.
  std::uint32_t KeepAddress(std::string_view bytes) noexcept;

  // When the last finished event ended; 0 before the first. Writer only.
  [[nodiscard]] std::int64_t last_end_ns() const noexcept { return last_end_ns_; }

  // A copy of what there is, from any thread.
  [[nodiscard]] RecorderTrace Take() const;

 private:
  Event& BeginAt(Op op, const EventContext& context, std::uint32_t argument,
                 std::int64_t begin_ns) noexcept {
    Event& event = Next();
    event.argument = argument;
    event.actor = context.actor;
    event.step = context.step;
    event.socket = context.socket;
    event.op = op;
    event.begin_ns = begin_ns;
    begun_.store(used_ + 1, std::memory_order_release);
    return event;
  }

  Event& Next() noexcept {
    if (used_ < events_.size()) return events_[used_];
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return overflow_;
  }

  void Publish(const Event& event) noexcept {
    last_end_ns_ = event.end_ns;
    if (&event == &overflow_) return;
    ++used_;
    count_.store(used_, std::memory_order_release);
  }

  std::uint32_t Keep(std::string_view bytes) noexcept;

  std::vector<Event> events_;
  std::string arena_;
  std::size_t arena_used_ = 0;
  std::size_t payload_left_;
  std::size_t used_ = 0;  // the writer's own count
  std::int64_t last_end_ns_ = 0;
  bool following_ = false;  // see Continue
  Event overflow_;          // written in place of what does not fit
  std::atomic<std::size_t> begun_{0};
  std::atomic<std::size_t> count_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace tcplab
