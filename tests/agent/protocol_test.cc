#include "core/agent/protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tcplab {
namespace {

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

// What a reader makes of bytes that come in these pieces.
struct ReadBack {
  std::vector<Frame> frames;
  bool broken = false;
};
ReadBack ReadPieces(const std::vector<std::string>& pieces) {
  ReadBack outcome;
  FrameReader reader;
  for (const std::string& piece : pieces) {
    reader.Append(piece);
    for (;;) {
      Result<std::optional<Frame>> next = reader.Next();
      if (!next) {
        outcome.broken = true;
        return outcome;
      }
      if (!*next) break;
      outcome.frames.push_back(std::move(**next));
    }
  }
  return outcome;
}

TEST(Protocol, FrameIsLengthKindAndPayload) {
  EXPECT_EQ(EncodeFrame(FrameKind::kReady, "ab"), std::string("\x03\0\0\0\x02"
                                                              "ab",
                                                              7));
  EXPECT_EQ(EncodeFrame(FrameKind::kDrain), std::string("\x01\0\0\0\x08", 5));
}

TEST(Protocol, FramesComeOutAsTheyWentIn) {
  for (int kind = static_cast<int>(FrameKind::kPlan); kind <= static_cast<int>(FrameKind::kFault);
       ++kind) {
    for (const std::string& payload : {std::string(), std::string("x"), AllBytes()}) {
      const ReadBack read = ReadPieces({EncodeFrame(static_cast<FrameKind>(kind), payload)});
      ASSERT_EQ(read.frames.size(), 1U);
      EXPECT_EQ(static_cast<int>(read.frames[0].kind), kind);
      EXPECT_EQ(read.frames[0].payload, payload);
    }
  }
}

TEST(Protocol, StreamMayBeSplitAtEveryByte) {
  const std::string stream = EncodeFrame(FrameKind::kPlan, "first") +
                             EncodeFrame(FrameKind::kFreeze) +
                             EncodeFrame(FrameKind::kSignal, "go");
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    const ReadBack read = ReadPieces({stream.substr(0, at), stream.substr(at)});
    ASSERT_FALSE(read.broken);
    ASSERT_EQ(read.frames.size(), 3U) << at;
    EXPECT_EQ(read.frames[0].payload, "first");
    EXPECT_EQ(read.frames[1].payload, "");
    EXPECT_EQ(read.frames[2].payload, "go");
  }
}

TEST(Protocol, StreamMayComeByteByByte) {
  const std::string stream =
      EncodeFrame(FrameKind::kTrace, AllBytes()) + EncodeFrame(FrameKind::kDone);
  std::vector<std::string> pieces;
  for (const char byte : stream) pieces.emplace_back(1, byte);
  const ReadBack read = ReadPieces(pieces);
  ASSERT_EQ(read.frames.size(), 2U);
  EXPECT_EQ(read.frames[0].payload, AllBytes());
}

TEST(Protocol, RubbishIsAnErrorThatLasts) {
  FrameReader reader;
  reader.Append("GET / HTTP/1.1\r\n\r\n");
  EXPECT_FALSE(reader.Next());
  reader.Append(EncodeFrame(FrameKind::kReady));
  EXPECT_FALSE(reader.Next());
}

TEST(Protocol, LengthOfZeroIsAnError) {
  EXPECT_TRUE(ReadPieces({std::string("\0\0\0\0\x01", 5)}).broken);
}

TEST(Protocol, UnknownKindIsAnError) {
  EXPECT_TRUE(ReadPieces({std::string("\x01\0\0\0\0", 5)}).broken);
  EXPECT_TRUE(ReadPieces({std::string("\x01\0\0\0\x10", 5)}).broken);
  EXPECT_TRUE(ReadPieces({std::string("\x01\0\0\0\xFF", 5)}).broken);
}

// What comes from outside must not make us wait for, or allocate, what it says.
TEST(Protocol, HugeLengthIsAnErrorAtOnce) {
  EXPECT_TRUE(ReadPieces({std::string("\xFF\xFF\xFF\xFF\x01", 5)}).broken);
  EXPECT_TRUE(ReadPieces({std::string("\x01\0\0\x40\x01", 5)}).broken);  // a GiB and a byte
}

TEST(Protocol, GoodFramesBeforeRubbishAreRead) {
  const ReadBack read = ReadPieces({EncodeFrame(FrameKind::kReady, "ok") + "\xFF\xFF\xFF\xFF\xFF"});
  ASSERT_EQ(read.frames.size(), 1U);
  EXPECT_TRUE(read.broken);
}

TEST(Protocol, CutFrameIsNoFrame) {
  const std::string frame = EncodeFrame(FrameKind::kReady, "payload");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const ReadBack read = ReadPieces({frame.substr(0, size)});
    EXPECT_TRUE(read.frames.empty());
    EXPECT_FALSE(read.broken);
  }
}

}  // namespace
}  // namespace tcplab
