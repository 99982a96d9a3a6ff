#include "core/trial/clock_offset.h"

#include <algorithm>

namespace tcplab {

void ClockOffset::Add(std::int64_t asked_ns, std::int64_t there_ns, std::int64_t heard_ns) {
  const Range range{there_ns - heard_ns, there_ns - asked_ns};
  slowest_ns_ = std::max(slowest_ns_, range.width());
  std::optional<Range>& narrowest = first_is_over_ ? now_ : first_;
  if (!narrowest || range.width() < narrowest->width()) narrowest = range;
}

void ClockOffset::NextSeries() {
  if (!first_) return;
  first_is_over_ = true;
  if (!now_) return;
  later_ = later_ ? Range{std::min(later_->least, now_->least), std::max(later_->most, now_->most)}
                  : *now_;
  now_.reset();
}

std::int64_t ClockOffset::ahead_ns() const {
  return first_ ? first_->least + first_->width() / 2 : 0;
}

std::int64_t ClockOffset::bound_ns() const {
  std::int64_t bound = 0;
  for (const std::optional<Range>* range : {&first_, &later_, &now_}) {
    if (!*range) continue;
    bound = std::max({bound, ahead_ns() - (*range)->least, (*range)->most - ahead_ns()});
  }
  return bound;
}

}  // namespace tcplab
