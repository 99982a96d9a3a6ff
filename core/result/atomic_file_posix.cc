#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "core/result/atomic_file.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".tmp";
constexpr mode_t kFileMode = 0666;  // less the umask

// The name that man pages give an errno; its number where this list has none.
std::string ErrnoName(int error) {
  constexpr std::array<std::pair<int, const char*>, 16> kNames = {{{EACCES, "EACCES"},
                                                                   {EDQUOT, "EDQUOT"},
                                                                   {EEXIST, "EEXIST"},
                                                                   {EFBIG, "EFBIG"},
                                                                   {EIO, "EIO"},
                                                                   {EISDIR, "EISDIR"},
                                                                   {ELOOP, "ELOOP"},
                                                                   {EMFILE, "EMFILE"},
                                                                   {ENAMETOOLONG, "ENAMETOOLONG"},
                                                                   {ENFILE, "ENFILE"},
                                                                   {ENOENT, "ENOENT"},
                                                                   {ENOSPC, "ENOSPC"},
                                                                   {ENOTDIR, "ENOTDIR"},
                                                                   {EPERM, "EPERM"},
                                                                   {EROFS, "EROFS"},
                                                                   {ETXTBSY, "ETXTBSY"}}};
  for (const auto& [number, name] : kNames) {
    if (number == error) return name;
  }
  return "errno " + std::to_string(error);
}

tl::unexpected<Error> Fault(const std::string& path, const char* what, int error) {
  return HarnessFault(path + ": " + what + ": " + std::generic_category().message(error) + " (" +
                      ErrnoName(error) + ")");
}

fs::path FolderOf(const std::string& target) {
  const fs::path folder = fs::path(target).parent_path();
  return folder.empty() ? "." : folder;
}

// Temporaries of one target: ".backlog.json." something ".tmp"
std::string TemporaryPrefix(const std::string& target) {
  return "." + fs::path(target).filename().string() + ".";
}

// A temporary that nobody holds locked was left by a process that is gone.
void RemoveLeftovers(const std::string& target) {
  const std::string prefix = TemporaryPrefix(target);
  std::error_code error;
  for (fs::directory_iterator entry(FolderOf(target), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) continue;
    const int descriptor = open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) unlink(entry->path().c_str());
    close(descriptor);
  }
}

bool IsStillThere(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

// A new, locked, empty file; minus the errno when there is none.
int OpenTemporary(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (descriptor < 0) return -errno;
  // Where a file system knows no locks, leftovers are not recognised either: nothing is lost.
  static_cast<void>(flock(descriptor, LOCK_EX | LOCK_NB));
  // Between open and flock somebody may have taken it for a leftover.
  if (IsStillThere(descriptor)) return descriptor;
  close(descriptor);
  return -EEXIST;
}

int SyncFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  // Some file systems cannot sync a folder, and say so with EINVAL: the rename stands anyway.
  return error == EINVAL ? 0 : error;
}

}  // namespace

Result<AtomicFile> AtomicFile::Create(const std::string& target) {
  std::error_code error;
  fs::create_directories(FolderOf(target), error);
  if (error) return Fault(FolderOf(target).string(), "cannot be created", error.value());
  if (fs::is_directory(target, error)) return Fault(target, "cannot be written", EISDIR);
  RemoveLeftovers(target);

  std::random_device random;
  constexpr int kTries = 16;
  int descriptor = -EEXIST;
  std::string temporary;
  for (int i = 0; i < kTries && descriptor == -EEXIST; ++i) {
    const std::string name =
        TemporaryPrefix(target) + std::to_string(random()) + std::string(kSuffix);
    temporary = (FolderOf(target) / name).string();
    descriptor = OpenTemporary(temporary);
  }
  if (descriptor < 0) return Fault(target, "cannot be written", -descriptor);
  return AtomicFile(target, temporary, descriptor);
}

AtomicFile::AtomicFile(std::string target, std::string temporary, int descriptor)
    : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() {
  if (descriptor_ < 0) return;
  unlink(temporary_.c_str());
  close(std::exchange(descriptor_, -1));
}

Status AtomicFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      Discard();
      return Fault(target_, "cannot be written", error);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status AtomicFile::Commit() {
  if (descriptor_ < 0) return Fault(target_, "cannot be written", EBADF);
  if (fsync(descriptor_) != 0 || rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    Discard();
    return Fault(target_, "cannot be written", error);
  }
  close(std::exchange(descriptor_, -1));
  if (const int error = SyncFolder(FolderOf(target_)); error != 0) {
    return Fault(FolderOf(target_).string(), "cannot be synced", error);
  }
  return {};
}

}  // namespace tcplab
