#include "core/result/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using Names = std::vector<std::string>;

// While it lives, no file of this process grows past `bytes`: a disk that fills up.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFiles() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(AtomicFile, ReplacesAFileAsAWholeAndLeavesNothingElse) {
  const TempFolder folder;
  folder.Write("result.json", "old");
  ASSERT_TRUE(WriteFileAtomically(folder / "result.json", "new"));
  EXPECT_EQ(ReadWhole(folder / "result.json"), "new");
  EXPECT_EQ(folder.Names(), Names{"result.json"});
}

TEST(AtomicFile, CreatesTheFoldersOnTheWay) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "a/b/result.json", "text"));
  EXPECT_EQ(ReadWhole(folder / "a/b/result.json"), "text");
}

TEST(AtomicFile, WithoutACommitTheOldFileStandsAndTheTemporaryIsGone) {
  const TempFolder folder;
  folder.Write("result.json", "old");
  {
    Result<AtomicFile> file = AtomicFile::Create(folder / "result.json");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->Append("half of "));
    EXPECT_EQ(folder.Names().size(), 2U) << "a temporary in the same folder";
  }
  EXPECT_EQ(ReadWhole(folder / "result.json"), "old");
  EXPECT_EQ(folder.Names(), Names{"result.json"});
}

TEST(AtomicFile, AFullDiskIsAFaultThatNamesThePathAndLeavesNothingHalfWritten) {
  const TempFolder folder;
  folder.Write("result.json", "old");
  const SmallFiles full(8192);
  const Status written = WriteFileAtomically(folder / "result.json", std::string(100'000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kHarness);
  EXPECT_NE(written.error().message.find(folder / "result.json"), std::string::npos);
  EXPECT_NE(written.error().message.find("EFBIG"), std::string::npos) << written.error().message;
  EXPECT_EQ(ReadWhole(folder / "result.json"), "old");
  EXPECT_EQ(folder.Names(), Names{"result.json"});
}

TEST(AtomicFile, NothingIsWrittenAfterAnErrorEvenIfAskedTo) {
  const TempFolder folder;
  Result<AtomicFile> file = AtomicFile::Create(folder / "result.json");
  ASSERT_TRUE(file);
  {
    const SmallFiles full(10);
    EXPECT_FALSE(file->Append(std::string(100, 'x')));
  }
  EXPECT_FALSE(file->Append("more"));
  EXPECT_FALSE(file->Commit());
  EXPECT_EQ(folder.Names(), Names{});
}

TEST(AtomicFile, AFileInPlaceOfAFolderIsAFault) {
  const TempFolder folder;
  folder.Write("file", "text");
  const Status written = WriteFileAtomically(folder / "file/result.json", "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kHarness);
  EXPECT_NE(written.error().message.find("ENOTDIR"), std::string::npos) << written.error().message;
}

TEST(AtomicFile, AFolderInPlaceOfTheFileIsAFaultBeforeAnythingIsWritten) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "result.json");
  const Status writable = CheckWritable(folder / "result.json");
  ASSERT_FALSE(writable);
  EXPECT_NE(writable.error().message.find("EISDIR"), std::string::npos);
  EXPECT_EQ(folder.Names(), Names{"result.json"});
}

TEST(AtomicFile, CheckingWhetherAFileCanBeWrittenLeavesNoFileAndNoChange) {
  const TempFolder folder;
  ASSERT_TRUE(CheckWritable(folder / "new/result.json"));
  EXPECT_FALSE(std::filesystem::exists(folder / "new/result.json"));
  folder.Write("result.json", "old");
  ASSERT_TRUE(CheckWritable(folder / "result.json"));
  EXPECT_EQ(ReadWhole(folder / "result.json"), "old");
}

TEST(AtomicFile, CheckingFindsADiskThatIsFull) {
  const TempFolder folder;
  const SmallFiles full(100);
  EXPECT_FALSE(CheckWritable(folder / "result.json"));
}

TEST(AtomicFile, WhatAKilledProcessLeftIsRemovedByTheNextOne) {
  const TempFolder folder;
  folder.Write(".result.json.123.tmp", "half");
  folder.Write(".other.json.123.tmp", "of another target");
  ASSERT_TRUE(WriteFileAtomically(folder / "result.json", "new"));
  EXPECT_EQ(folder.Names(), (Names{".other.json.123.tmp", "result.json"}));
}

TEST(AtomicFile, ATemporaryThatIsBeingWrittenIsLeftAlone) {
  const TempFolder folder;
  Result<AtomicFile> first = AtomicFile::Create(folder / "result.json");
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->Append("first"));
  ASSERT_TRUE(WriteFileAtomically(folder / "result.json", "second"));
  ASSERT_TRUE(first->Commit()) << "its temporary was still there";
  EXPECT_EQ(ReadWhole(folder / "result.json"), "first");
}

TEST(AtomicFile, OthersMayReadIt) {
  const TempFolder folder;
  const mode_t before = umask(022);
  ASSERT_TRUE(WriteFileAtomically(folder / "result.json", "new"));
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat((folder / "result.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

}  // namespace
}  // namespace tcplab
