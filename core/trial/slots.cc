#include "core/trial/slots.h"

#include <algorithm>

namespace tcplab {

void Slots::WasDisturbed(std::size_t trial) {
  in_a_row_ = 0;
  slow_start_ = false;
  if (trial <= before_cut_) return;
  before_cut_ = youngest_;
  now_ = std::max<std::size_t>(1, now_ / 2);
}

void Slots::WentWell() {
  if (now_ == most_ || (++in_a_row_ < 2 * now_ && !slow_start_)) return;
  in_a_row_ = 0;
  ++now_;
}

}  // namespace tcplab
