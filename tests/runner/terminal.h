// A terminal that a test looks at and types into.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "tests/runner/run_binary.h"

namespace tcplab {

class Terminal {
 public:
  Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(master_);
    unlockpt(master_);
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
    fcntl(master_, F_SETFL, O_NONBLOCK);
  }
  ~Terminal() {
    close(master_);
    close(slave_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] int slave() const { return slave_; }

  // What was written to it so far, as a person sees it: with what was typed, and "\r\n" at line
  // ends.
  [[nodiscard]] const std::string& Read() {
    char some[4096];
    for (ssize_t size = 0; (size = read(master_, some, sizeof some)) > 0;) {
      shown_.append(some, static_cast<std::size_t>(size));
    }
    return shown_;
  }

  // Waits until the text was shown so often.
  [[nodiscard]] bool Await(std::string_view text, int times = 1) {
    const auto count = [&] {
      int found = 0;
      for (std::size_t at = 0; (at = shown_.find(text, at)) != std::string::npos; ++at) ++found;
      return found;
    };
    return Eventually([&] { return (void)Read(), count() >= times; }, 30);
  }

  // What a person types; "\x04" is Ctrl-D.
  void Type(std::string_view text) const {
    EXPECT_EQ(write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int master_;
  int slave_ = -1;
  std::string shown_;
};

}  // namespace tcplab
