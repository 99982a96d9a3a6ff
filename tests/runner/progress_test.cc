#include "runner/progress.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/clock.h"

namespace tcplab {
namespace {

// Progress whose line goes to a string, at times that the test says.
class DrawnLine {
 public:
  explicit DrawnLine(std::size_t total)
      : start_ns_(MonotonicNs()),
        progress_("backlog", total, [this](std::string_view text) { text_ += text; }) {}

  std::string At(std::int64_t ms, std::size_t done, std::size_t errors = 0) {
    text_.clear();
    progress_.Show(done, errors, start_ns_ + ms * kNsPerMs);
    return text_;
  }
  std::string Cleared() {
    text_.clear();
    progress_.Clear();
    return text_;
  }

 private:
  std::string text_;
  std::int64_t start_ns_;
  Progress progress_;
};

TEST(Progress, SaysHowFarTheRunIs) {
  DrawnLine shown(80);
  EXPECT_EQ(shown.At(1200, 12), "\rbacklog: trial 12 of 80, 1 s");
  EXPECT_EQ(shown.At(3100, 13, 2), "\rbacklog: trial 13 of 80, 3 s, 2 errors");
}

TEST(Progress, RedrawsItselfAFewTimesASecondAtTheMost) {
  DrawnLine shown(80);
  EXPECT_NE(shown.At(1000, 1), "");
  EXPECT_EQ(shown.At(1050, 2), "");
  EXPECT_NE(shown.At(1101, 3), "");
  EXPECT_NE(shown.At(1102, 80), "") << "the last one is always shown";
}

TEST(Progress, AShorterLineLeavesNothingOfALongerOne) {
  DrawnLine shown(80);
  const std::string longer = shown.At(1000, 10, 1);
  const std::string shorter = shown.At(2000, 11, 0);
  EXPECT_EQ(shorter.size(), longer.size());
}

TEST(Progress, IsGoneWhenTheRunIsOver) {
  DrawnLine shown(80);
  const std::size_t width = shown.At(1000, 10).size() - 1;
  EXPECT_EQ(shown.Cleared(), "\r" + std::string(width, ' ') + "\r");
  EXPECT_EQ(shown.Cleared(), "") << "once is enough";
}

TEST(Progress, WithoutATerminalNothingIsShown) {
  Progress progress("backlog", 80, {});
  progress.Show(1, 0, MonotonicNs());
  progress.Clear();
}

}  // namespace
}  // namespace tcplab
