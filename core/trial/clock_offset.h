// How far the clock of an agent on another machine is ahead of the controller's.
#pragma once

#include <cstdint>
#include <optional>

namespace tcplab {

// Found out by asking. What was read off the other clock was read between the question and the
// answer, so that clock is ahead by at least there - heard and by at most there - asked; unlike NTP
// (RFC 5905 section 8) nothing is taken for granted of how long each way took. Of several exchanges
// the narrowest counts. The estimate is the middle of the first series, and stays: what was said in
// terms of it stays right. Later series tell how far the clocks drifted apart meanwhile, and the
// bound holds for all of them, and for the time between two if they drifted one way.
class ClockOffset {
 public:
  // An exchange: asked and heard at these ns of our clock, `there_ns` was read off the other one.
  void Add(std::int64_t asked_ns, std::int64_t there_ns, std::int64_t heard_ns);

  // Begins a later series.
  void NextSeries();

  // What to add to our stamps, in ns, to have theirs; 0 before the first exchange.
  [[nodiscard]] std::int64_t ahead_ns() const;
  // How far that may be off, in ns.
  [[nodiscard]] std::int64_t bound_ns() const;
  // The longest that an exchange took.
  [[nodiscard]] std::int64_t slowest_ns() const { return slowest_ns_; }

 private:
  struct Range {
    std::int64_t least = 0;
    std::int64_t most = 0;
    [[nodiscard]] std::int64_t width() const { return most - least; }
  };

  std::optional<Range> first_;  // the narrowest of the first series
  std::optional<Range> now_;    // and of the one that is under way
  std::optional<Range> later_;  // what later series that are over covered
  bool first_is_over_ = false;
  std::int64_t slowest_ns_ = 0;
};

}  // namespace tcplab
