// The recorded environment that is most like this one.
#include "core/compare/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json Recorded(const std::string& id, const std::string& kernel,
              const std::string& arch = "x86_64") {
  return {{"id", id},
          {"os", "linux"},
          {"stack", "linux"},
          {"facets", {{"os", "linux"}, {"kernel", kernel}, {"arch", arch}, {"somaxconn", 4096}}}};
}

const json kRunHere = Recorded("linux-6.18-x86_64", "6.18.44");

TEST(FindNearest, SameIdIsTheSameEnvironment) {
  const std::vector<json> there = {Recorded("linux-6.17-x86_64", "6.17.1"),
                                   Recorded("linux-6.18-x86_64", "6.18.2")};
  const auto nearest = FindNearest(kRunHere, there);
  ASSERT_TRUE(nearest);
  EXPECT_EQ(nearest->index, 1U);
  EXPECT_EQ(nearest->why, "the same environment");
}

TEST(FindNearest, NearerKernelOfTheSameArchitecture) {
  const std::vector<json> there = {Recorded("a", "5.10.1"), Recorded("b", "6.17.9", "aarch64"),
                                   Recorded("c", "6.12.3"), Recorded("d", "7.0.1")};
  const auto nearest = FindNearest(kRunHere, there);
  ASSERT_TRUE(nearest);
  EXPECT_EQ(nearest->index, 2U);
  EXPECT_EQ(nearest->why, "the nearest of 4; kernel 6.12.3 there, 6.18.44 here");
}

TEST(FindNearest, MoreFacetsAlikeBetweenTheSameKernels) {
  json other = Recorded("a", "6.18.44");
  other["facets"]["somaxconn"] = 128;
  const std::vector<json> there = {other, Recorded("b", "6.18.44")};
  EXPECT_EQ(FindNearest(kRunHere, there)->index, 1U);
}

TEST(FindNearest, AnotherStackIsNoBaseline) {
  json gvisor = kRunHere;
  gvisor["stack"] = "gvisor";
  EXPECT_FALSE(FindNearest(kRunHere, std::vector<json>{gvisor}));
  EXPECT_FALSE(FindNearest(kRunHere, {}));
  const std::vector<json> there = {gvisor, Recorded("b", "unknown")};
  const auto nearest = FindNearest(kRunHere, there);
  ASSERT_TRUE(nearest);
  EXPECT_EQ(nearest->index, 1U);
  EXPECT_THAT(nearest->why, HasSubstr("the only one"));
}

TEST(FindNearest, TiesGoToTheFirst) {
  const std::vector<json> there = {Recorded("a", "6.12.1"), Recorded("b", "6.12.1")};
  EXPECT_EQ(FindNearest(kRunHere, there)->index, 0U);
}

}  // namespace
}  // namespace tcplab
