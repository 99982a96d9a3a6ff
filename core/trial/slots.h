// How many trials may run side by side. On a machine that is busy with something else, trials side
// by side make each other late: half as many then, and more again as long as nothing is late. It is
// the rule by which TCP itself finds what a path bears (RFC 5681 section 3.1), with trials for
// segments: begin with a few, one more for each that went well until the first that did not, then
// one more for two rounds that did.
#pragma once

#include <algorithm>
#include <cstddef>

namespace tcplab {

class Slots {
 public:
  // Begins with `first`, or with all when there are fewer.
  Slots(std::size_t most, std::size_t first) : most_(most), now_(std::min(most, first)) {}

  [[nodiscard]] std::size_t now() const { return now_; }
  [[nodiscard]] std::size_t most() const { return most_; }

  // A trial was started; its number is higher than that of every trial before.
  void Started(std::size_t trial) { youngest_ = trial; }
  // In the trial the machine stood still. Half as many from now on; but trials that ran at that
  // time saw the same, and count once.
  void WasDisturbed(std::size_t trial);
  void WentWell();

 private:
  std::size_t most_;
  std::size_t now_;
  std::size_t youngest_ = 0;
  std::size_t before_cut_ = 0;  // the youngest trial when `now_` was halved
  std::size_t in_a_row_ = 0;    // went well, since `now_` changed
  bool slow_start_ = true;
};

}  // namespace tcplab
