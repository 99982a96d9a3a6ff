#include "core/net/input_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "tests/support/eventually.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

class InputReaderTest : public testing::Test {
 protected:
  InputReaderTest() {
    EXPECT_EQ(pipe(ends_.data()), 0);
    Result<std::unique_ptr<InputReader>> reader = InputReader::Start(loop_, ends_[0]);
    EXPECT_TRUE(reader);
    reader_ = std::move(*reader);
  }
  ~InputReaderTest() override {
    reader_.reset();
    for (const int end : ends_) close(end);
  }

  void Put(const std::string& bytes) {
    EXPECT_EQ(write(ends_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void CloseWriter() { close(std::exchange(ends_[1], open("/dev/null", O_WRONLY | O_CLOEXEC))); }
  // What stays in the pipe, taken without the reader.
  std::string Rest() {
    std::array<char, 100> bytes{};
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    const ssize_t got = read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }
  Result<std::string> Piece(InputReader& reader, std::size_t most = 1000) {
    Result<std::string> piece = HarnessFault("nothing came");
    CoarseTimer limit(loop_, [this] { loop_.Stop(); });
    limit.Start(static_cast<std::uint64_t>(kTestPatienceNs / kNsPerMs));
    reader.Ask(most, [&](const Result<std::string>& came) {
      piece = came;
      loop_.Stop();
    });
    loop_.Run();
    return piece;
  }
  Result<std::string> Piece(std::size_t most = 1000) { return Piece(*reader_, most); }

  Loop loop_;
  std::array<int, 2> ends_{};
  std::unique_ptr<InputReader> reader_;
};

TEST_F(InputReaderTest, GivesWhatOneReadReturns) {
  Put("ciao");
  EXPECT_EQ(Piece(), "ciao");
  Put("a tutti");
  EXPECT_EQ(Piece(3), "a t");
  EXPECT_EQ(Piece(), "utti");
}

TEST_F(InputReaderTest, GivesNothingAtTheEndAndSaysSoAgain) {
  Put("x");
  CloseWriter();
  EXPECT_EQ(Piece(), "x");
  EXPECT_EQ(Piece(), "");
  EXPECT_EQ(Piece(), "");
}

TEST_F(InputReaderTest, ReadsNothingThatNobodyAskedFor) {
  Put("one");
  EXPECT_EQ(Piece(), "one");
  Put("two");
  reader_.reset();
  EXPECT_EQ(Rest(), "two");
}

TEST_F(InputReaderTest, EndsWhileItWaitsAndTakesNothing) {
  bool came = false;
  reader_->Ask(1000, [&](const Result<std::string>&) { came = true; });
  reader_.reset();
  Put("later");
  EXPECT_EQ(Rest(), "later");
  EXPECT_FALSE(came);
}

TEST_F(InputReaderTest, TellsNobodyWhoIsGone) {
  reader_->Ask(1000, [&](const Result<std::string>&) { ADD_FAILURE() << "told all the same"; });
  reader_->Forget();
  Put("x");
  const auto taken = [&] {
    int left = -1;
    return ioctl(ends_[0], FIONREAD, &left) == 0 && left == 0;
  };
  EXPECT_TRUE(Eventually(taken));
  CoarseTimer limit(loop_, [this] { loop_.Stop(); });
  limit.Start(20);
  loop_.Run();
}

TEST_F(InputReaderTest, LeavesTheDescriptorBlocking) {
  Put("x");
  EXPECT_EQ(Piece(), "x");
  EXPECT_EQ(fcntl(ends_[0], F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(InputReaderTest, ReadsFilesAndDevicesToo) {
  for (const char* path : {"/dev/null", "/"}) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    Result<std::unique_ptr<InputReader>> reader = InputReader::Start(loop_, file);
    ASSERT_TRUE(reader);
    const Result<std::string> piece = Piece(**reader);
    if (std::string_view(path) == "/") {
      ASSERT_FALSE(piece) << "a folder has no bytes";
      EXPECT_NE(piece.error().message.find("EISDIR"), std::string::npos) << piece.error().message;
    } else {
      EXPECT_EQ(piece, "");
    }
    reader->reset();
    close(file);
  }
}

}  // namespace
}  // namespace tcplab
