// Windows: a temporary that is held open by whoever writes it, so that nobody can remove it
// meanwhile, and takes the target's name by its handle.
#include <windows.h>
// after windows.h
#include <fcntl.h>
#include <io.h>

#include <array>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include "core/result/atomic_file.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".tmp";

HANDLE HandleOf(int descriptor) { return reinterpret_cast<HANDLE>(_get_osfhandle(descriptor)); }

// The errno that other systems have for it; its number where this list has none.
std::string ErrorWords(DWORD error) {
  constexpr std::array<std::pair<DWORD, const char*>, 11> kNames = {
      {{ERROR_ACCESS_DENIED, "EACCES"},
       {ERROR_SHARING_VIOLATION, "EBUSY"},
       {ERROR_FILE_EXISTS, "EEXIST"},
       {ERROR_ALREADY_EXISTS, "EEXIST"},
       {ERROR_DIRECTORY, "ENOTDIR"},
       {ERROR_DISK_FULL, "ENOSPC"},
       {ERROR_FILE_NOT_FOUND, "ENOENT"},
       {ERROR_PATH_NOT_FOUND, "ENOENT"},
       {ERROR_INVALID_NAME, "ENOENT"},
       {ERROR_FILENAME_EXCED_RANGE, "ENAMETOOLONG"},
       {ERROR_WRITE_PROTECT, "EROFS"}}};
  for (const auto& [number, name] : kNames) {
    if (number == error)
      return std::system_category().message(static_cast<int>(error)) + " (" + name + ")";
  }
  return std::system_category().message(static_cast<int>(error)) + " (error " +
         std::to_string(error) + ")";
}

tl::unexpected<Error> Fault(const std::string& path, const char* what, DWORD error) {
  return HarnessFault(path + ": " + what + ": " + ErrorWords(error));
}

fs::path FolderOf(const std::string& target) {
  const fs::path folder = fs::path(target).parent_path();
  return folder.empty() ? "." : folder;
}

// Temporaries of one target: ".backlog.json." something ".tmp"
std::string TemporaryPrefix(const std::string& target) {
  return "." + fs::path(target).filename().string() + ".";
}

// One that somebody has open cannot be removed.
void RemoveLeftovers(const std::string& target) {
  const std::string prefix = TemporaryPrefix(target);
  std::error_code error;
  for (fs::directory_iterator entry(FolderOf(target), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(kSuffix)) DeleteFileW(entry->path().c_str());
  }
}

bool Rename(HANDLE file, const fs::path& target) {
  const std::wstring name = fs::absolute(target).wstring();
  std::vector<char> bytes(sizeof(FILE_RENAME_INFO) + name.size() * sizeof(wchar_t));
  auto* const order = reinterpret_cast<FILE_RENAME_INFO*>(bytes.data());
  order->ReplaceIfExists = TRUE;
  order->FileNameLength = static_cast<DWORD>(name.size() * sizeof(wchar_t));
  name.copy(order->FileName, name.size());
  return SetFileInformationByHandle(file, FileRenameInfo, order,
                                    static_cast<DWORD>(bytes.size())) != 0;
}

}  // namespace

Result<AtomicFile> AtomicFile::Create(const std::string& target) {
  std::error_code error;
  fs::create_directories(FolderOf(target), error);
  if (error)
    return HarnessFault(FolderOf(target).string() + ": cannot be created: " + error.message());
  if (fs::is_directory(target, error))
    return HarnessFault(target + ": cannot be written: it is a folder (EISDIR)");
  RemoveLeftovers(target);

  std::random_device random;
  constexpr int kTries = 16;
  for (int i = 0;; ++i) {
    const std::string name =
        TemporaryPrefix(target) + std::to_string(random()) + std::string(kSuffix);
    const fs::path temporary = FolderOf(target) / name;
    const HANDLE file = CreateFileW(temporary.c_str(), GENERIC_WRITE | DELETE, 0, nullptr,
                                    CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) {
      if (GetLastError() == ERROR_FILE_EXISTS && i + 1 < kTries) continue;
      return Fault(target, "cannot be written", GetLastError());
    }
    const int descriptor = _open_osfhandle(reinterpret_cast<std::intptr_t>(file), _O_BINARY);
    if (descriptor >= 0) return AtomicFile(target, temporary.string(), descriptor);
    CloseHandle(file);
    return HarnessFault(target + ": cannot be written: too many open files (EMFILE)");
  }
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
  _close(std::exchange(descriptor_, -1));
  DeleteFileW(fs::path(temporary_).c_str());
}

Status AtomicFile::Append(std::string_view bytes) {
  constexpr std::size_t kMost = 1U << 30U;
  while (!bytes.empty()) {
    DWORD written = 0;
    const auto size = static_cast<DWORD>(std::min(bytes.size(), kMost));
    if (WriteFile(HandleOf(descriptor_), bytes.data(), size, &written, nullptr) == 0) {
      const DWORD error = GetLastError();
      Discard();
      return Fault(target_, "cannot be written", error);
    }
    bytes.remove_prefix(written);
  }
  return {};
}

Status AtomicFile::Commit() {
  if (descriptor_ < 0)
    return HarnessFault(target_ + ": cannot be written: it is committed (EBADF)");
  const HANDLE file = HandleOf(descriptor_);
  if (FlushFileBuffers(file) == 0 || !Rename(file, target_)) {
    const DWORD error = GetLastError();
    Discard();
    return Fault(target_, "cannot be written", error);
  }
  _close(std::exchange(descriptor_, -1));
  return {};
}

}  // namespace tcplab
