#include "runner/exit_code.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tcplab {
namespace {

ExitCode OfCases(const std::vector<std::string>& statuses) {
  nlohmann::json document = {{"cases", nlohmann::json::array()}};
  for (const std::string& status : statuses) document["cases"].push_back({{"status", status}});
  return ExitCodeOf(document);
}

TEST(ExitCode, TheFirstThatAppliesWins) {
  const std::vector<int> worst_first = {130, 143, 2, 3, 1, 4, 77, 0};
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    for (std::size_t j = i; j < worst_first.size(); ++j) {
      const auto a = static_cast<ExitCode>(worst_first[i]);
      const auto b = static_cast<ExitCode>(worst_first[j]);
      EXPECT_EQ(Worse(a, b), a);
      EXPECT_EQ(Worse(b, a), a);
    }
  }
}

TEST(ExitCode, OfAResultIsThatOfItsWorstCase) {
  EXPECT_EQ(OfCases({"ok", "ok"}), ExitCode::kOk);
  EXPECT_EQ(OfCases({"ok", "failed"}), ExitCode::kFailed);
  EXPECT_EQ(OfCases({"failed", "error"}), ExitCode::kHarness);
}

TEST(ExitCode, OnlyWhenEveryCaseIsUnsupportedTheResultIs) {
  EXPECT_EQ(OfCases({"unsupported", "unsupported"}), ExitCode::kUnsupported);
  EXPECT_EQ(OfCases({"unsupported", "ok"}), ExitCode::kOk);
  EXPECT_EQ(OfCases({"unsupported", "failed"}), ExitCode::kFailed);
}

TEST(ExitCode, OfAnErrorIsThatOfItsKind) {
  EXPECT_EQ(ExitCodeOf(ErrorKind::kInvalid), ExitCode::kInvalid);
  EXPECT_EQ(ExitCodeOf(ErrorKind::kHarness), ExitCode::kHarness);
  EXPECT_EQ(ExitCodeOf(ErrorKind::kUnsupported), ExitCode::kUnsupported);
}

TEST(ExitCode, OfASignalIsWhatShellsGiveIt) {
  EXPECT_EQ(ExitCodeOfSignal(2), ExitCode::kInterrupted);
  EXPECT_EQ(ExitCodeOfSignal(15), ExitCode::kTerminated);
}

}  // namespace
}  // namespace tcplab
