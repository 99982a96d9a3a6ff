#include "core/script/transform.h"

#include <gtest/gtest.h>

#include <string>

namespace tcplab {
namespace {

TEST(Transform, UppercaseChangesLettersAndNothingElse) {
  EXPECT_EQ(Apply(Transform::kUppercase, "ciao 1, Mondo!\r\n"), "CIAO 1, MONDO!\r\n");
}

TEST(Transform, UppercaseLeavesBytesBeyondAsciiAlone) {
  const std::string bytes = "perch\xC3\xA9\xFF";
  EXPECT_EQ(Apply(Transform::kUppercase, bytes), "PERCH\xC3\xA9\xFF");
  const std::string with_zero("a\0b", 3);
  EXPECT_EQ(Apply(Transform::kUppercase, with_zero), std::string("A\0B", 3));
}

TEST(Transform, EchoIsTheMessageItself) {
  const std::string bytes("a\0\xFFZ", 4);
  EXPECT_EQ(Apply(Transform::kEcho, bytes), bytes);
  EXPECT_EQ(Apply(Transform::kEcho, ""), "");
}

}  // namespace
}  // namespace tcplab
