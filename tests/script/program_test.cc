#include "core/script/program.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/script/fake_transport.h"

namespace tcplab {
namespace {

constexpr std::size_t kNothingComes = 0;

TEST(Program, PayloadsAreBuiltBeforehand) {
  const Program program(
      ScriptOf(R"([{"connect": {}}, {"send": "ciao"}, {"send": {"bytes": 28}}])"));
  EXPECT_EQ(program.size(), 3U);
  EXPECT_EQ(program.payload(0), "");
  EXPECT_EQ(program.payload(1), "ciao");
  EXPECT_EQ(program.payload(2), "abcdefghijklmnopqrstuvwxyzab");
}

TEST(Program, ReceiveBufferIsTheLargestOfItsSteps) {
  EXPECT_EQ(Program(ScriptOf("[]")).recv_buffer(), 0U);
  EXPECT_EQ(Program(ScriptOf(R"([{"recv": {"buffer": 7}}, {"repeat": {"times": 2, "steps": [
      {"recv": {"buffer": 99}}]}}, {"recv": {"buffer": 3}}])"))
                .recv_buffer(),
            99U);
}

TEST(BoundOf, CountsConnectsAndBytes) {
  const TraceBound bound = BoundOf(ScriptOf(R"([{"connect": {}}, {"send": "abc"},
      {"send": {"bytes": 10}}, {"close": {}}, {"connect": {}}])"),
                                   kNothingComes);
  EXPECT_EQ(bound.connections, 2U);
  EXPECT_EQ(bound.sent_bytes, 13U);
  EXPECT_GE(bound.addresses, 2U);
}

TEST(BoundOf, LoopsMultiply) {
  const TraceBound once =
      BoundOf(ScriptOf(R"([{"send": {"bytes": 10, "each": 1}}])"), kNothingComes);
  const TraceBound often = BoundOf(ScriptOf(R"([{"repeat": {"times": 3, "steps": [
      {"repeat": {"times": 4, "steps": [{"send": {"bytes": 10, "each": 1}}]}}]}}])"),
                                   kNothingComes);
  EXPECT_EQ(often.sent_bytes, 120U);
  EXPECT_GE(often.events, 12 * 11U);
  EXPECT_EQ(often.events, 12 * once.events);
}

TEST(BoundOf, LoopOfZeroTimesCountsForNothing) {
  EXPECT_EQ(
      BoundOf(ScriptOf(R"([{"repeat": {"times": 0, "steps": [{"send": "x"}]}}])"), kNothingComes)
          .events,
      0U);
}

TEST(BoundOf, EachByteThatComesMayBeARecvOfItsOwn) {
  const Script script = ScriptOf(R"([{"recv": {"until": "eof"}}])");
  EXPECT_GE(BoundOf(script, 1000).events, 1000U);
  EXPECT_LT(BoundOf(script, 10).events, 100U);
}

TEST(BoundOf, LoopWithoutANumberGoesRoundWhileSomethingComes) {
  const Script script = ScriptOf(R"([{"repeat": {"until": {"message": "."}, "steps": [
      {"recv": {"until": "\n"}}, {"reply": "echo"}]}}])");
  EXPECT_GE(BoundOf(script, 100).events, 100 * 4U);
}

TEST(BoundOf, SaturatesAndDoesNotWrap) {
  const TraceBound bound = BoundOf(ScriptOf(R"([{"repeat": {"times": 1000000000, "steps": [
      {"repeat": {"times": 1000000000, "steps": [
      {"repeat": {"times": 1000000000, "steps": [{"send": {"bytes": 1000, "each": 1}}]}}]}}]}}])"),
                                   1000);
  EXPECT_GT(bound.events, std::size_t{1} << 60U);
  EXPECT_GT(bound.sent_bytes, std::size_t{1} << 60U);
}

}  // namespace
}  // namespace tcplab
