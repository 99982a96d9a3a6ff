#include "runner/progress.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace tcplab {
namespace {

constexpr std::int64_t kRedrawNs = 100 * kNsPerMs;
constexpr std::size_t kNameWidth = 40;

}  // namespace

Progress::Progress(std::string_view name, std::size_t total, Sink sink)
    : name_(Printable(name, kNameWidth)),
      total_(total),
      sink_(std::move(sink)),
      started_ns_(MonotonicNs()) {}

void Progress::Show(std::size_t done, std::size_t errors, std::int64_t now_ns) {
  const bool too_soon = shown_ns_ != 0 && now_ns - shown_ns_ < kRedrawNs;
  if (!sink_ || (too_soon && done < total_)) return;
  shown_ns_ = now_ns;
  const double seconds = NsToMs(now_ns - started_ns_) / 1000;
  std::string line = fmt::format("{}: trial {} of {}, {:.0f} s", name_, done, total_, seconds);
  if (errors > 0) line += fmt::format(", {} error{}", errors, errors == 1 ? "" : "s");
  const std::size_t width = line.size();
  if (width < width_) line.append(width_ - width, ' ');
  width_ = width;
  sink_("\r" + line);
}

void Progress::Clear() {
  if (width_ == 0) return;
  sink_("\r" + std::string(width_, ' ') + "\r");
  width_ = 0;
}

}  // namespace tcplab
