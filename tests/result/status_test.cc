#include "core/result/status.h"

#include <gtest/gtest.h>

namespace tcplab {
namespace {

TEST(ResultStatus, EveryWordIsReadBackAsWhatItWas) {
  for (const ResultStatus status :
       {ResultStatus::kOk, ResultStatus::kUnsupported, ResultStatus::kFailed,
        ResultStatus::kInterrupted, ResultStatus::kError}) {
    EXPECT_EQ(ResultStatusOf(ResultStatusName(status)), status);
  }
  EXPECT_EQ(ResultStatusOf("splendid"), ResultStatus::kError);
}

TEST(ResultStatus, AnErrorIsWorseThanAFailureAndAFailureWorseThanNoSupport) {
  EXPECT_EQ(Worse(ResultStatus::kError, ResultStatus::kInterrupted), ResultStatus::kError);
  EXPECT_EQ(Worse(ResultStatus::kFailed, ResultStatus::kInterrupted), ResultStatus::kInterrupted);
  EXPECT_EQ(Worse(ResultStatus::kUnsupported, ResultStatus::kFailed), ResultStatus::kFailed);
  EXPECT_EQ(Worse(ResultStatus::kOk, ResultStatus::kUnsupported), ResultStatus::kUnsupported);
}

}  // namespace
}  // namespace tcplab
