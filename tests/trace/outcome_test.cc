#include "core/trace/outcome.h"

#include <gtest/gtest.h>
#include <uv.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace tcplab {
namespace {

// All names of the table, by asking for one code after the other.
std::vector<std::string_view> NamesOfTheTable() {
  std::vector<std::string_view> names;
  for (std::uint16_t code = 2;; ++code) {
    const std::string_view name = ErrorName(static_cast<ErrorCode>(code));
    if (name == "UNKNOWN") return names;
    names.push_back(name);
  }
}

TEST(Outcome, WordsHaveOneSpelling) {
  EXPECT_EQ(Outcome::Ok().Word(), "ok");
  EXPECT_EQ(Outcome::Bytes(5).Word(), "ok 5");
  EXPECT_EQ(Outcome::Bytes(0).Word(), "ok 0");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kEof).Word(), "eof");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kTimeout).Word(), "timeout");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kWouldBlock).Word(), "would_block");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kUnfinished).Word(), "unfinished");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kSkipped).Word(), "skipped");
  EXPECT_EQ(Outcome::Of(Outcome::Kind::kUnsupported).Word(), "unsupported");
  EXPECT_EQ(Outcome::Failed(ErrorCodeOf("ECONNRESET")).Word(), "ECONNRESET");
}

TEST(Outcome, OnlyOkAndBytesAreOk) {
  EXPECT_TRUE(Outcome::Ok().ok());
  EXPECT_TRUE(Outcome::Bytes(1).ok());
  for (const auto kind : {Outcome::Kind::kEof, Outcome::Kind::kTimeout, Outcome::Kind::kWouldBlock,
                          Outcome::Kind::kError, Outcome::Kind::kUnfinished,
                          Outcome::Kind::kSkipped, Outcome::Kind::kUnsupported}) {
    EXPECT_FALSE(Outcome::Of(kind).ok()) << Outcome::Of(kind).Word();
  }
}

TEST(ErrorNames, CodeAndNameLeadToEachOther) {
  const std::vector<std::string_view> names = NamesOfTheTable();
  ASSERT_GT(names.size(), 50U);
  for (const std::string_view name : names) EXPECT_EQ(ErrorName(ErrorCodeOf(name)), name);
}

TEST(ErrorNames, NoNameStandsTwice) {
  const std::vector<std::string_view> names = NamesOfTheTable();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST(ErrorNames, NoErrorIsCodeZeroAndAnEmptyName) {
  EXPECT_EQ(ErrorName(ErrorCode::kNone), "");
  EXPECT_EQ(ErrorCodeOf(""), ErrorCode::kNone);
}

TEST(ErrorNames, NameOutsideOfTheTableBecomesUnknown) {
  EXPECT_EQ(ErrorName(ErrorCodeOf("ENOSUCHTHING")), "UNKNOWN");
  EXPECT_NE(ErrorCodeOf("ENOSUCHTHING"), ErrorCode::kNone);
}

TEST(ErrorNames, CodeOutsideOfTheTableIsCalledUnknown) {
  EXPECT_EQ(ErrorName(static_cast<ErrorCode>(0xFFFF)), "UNKNOWN");
}

TEST(ErrorNames, CodesAreThoseOfTheFormat) {
  EXPECT_EQ(static_cast<int>(ErrorCodeOf("UNKNOWN")), 1);
  EXPECT_EQ(static_cast<int>(ErrorCodeOf("EAGAIN")), 7);
  EXPECT_EQ(static_cast<int>(ErrorCodeOf("ECONNREFUSED")), 13);
  EXPECT_EQ(static_cast<int>(ErrorCodeOf("ETIMEDOUT")), 52);
  EXPECT_EQ(static_cast<int>(ErrorCodeOf("EOVERFLOW")), 57);
}

// libuv is the one source of names (design: errors by name), save for what it has no name for.
TEST(ErrorNames, AreThoseThatLibuvGives) {
  std::set<std::string> of_libuv = {"EDOM", "EINPROGRESS"};
#define TCPLAB_TEST_NAME(name, message) of_libuv.insert(#name);
  UV_ERRNO_MAP(TCPLAB_TEST_NAME)
#undef TCPLAB_TEST_NAME
  for (const std::string_view name : NamesOfTheTable()) {
    EXPECT_TRUE(of_libuv.contains(std::string(name))) << name;
  }
}

}  // namespace
}  // namespace tcplab
