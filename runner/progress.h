// One line on a terminal that says how far a run is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tcplab {

// Redraws itself a few times a second at the most, so that it takes no time from the trials, and is
// gone when the run is over. Used from the controller's thread.
class Progress {
 public:
  using Sink = std::function<void(std::string_view)>;  // stderr, or a test's own

  // `total` trials; a sink that is empty shows nothing.
  Progress(std::string_view name, std::size_t total, Sink sink);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `now_ns` on the monotonic clock.
  void Show(std::size_t done, std::size_t errors, std::int64_t now_ns);

  // Takes the line away.
  void Clear();

 private:
  std::string name_;
  std::size_t total_;
  Sink sink_;
  std::int64_t started_ns_;
  std::int64_t shown_ns_ = 0;
  std::size_t width_ = 0;  // of the line that stands there
};

}  // namespace tcplab
