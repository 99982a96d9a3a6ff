#include "core/result/atomic_file.h"

namespace tcplab {
namespace {

constexpr const char* kWhy = ": writing files is unsupported on this platform yet";

}  // namespace

Result<AtomicFile> AtomicFile::Create(const std::string& target) {
  return Fail(ErrorKind::kUnsupported, target + kWhy);
}

AtomicFile::AtomicFile(AtomicFile&& /*other*/) noexcept {}
AtomicFile::~AtomicFile() = default;
AtomicFile::AtomicFile(std::string target, std::string temporary, int descriptor)
    : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor) {}
void AtomicFile::Discard() {}

Status AtomicFile::Append(std::string_view /*bytes*/) {
  return Fail(ErrorKind::kUnsupported, target_ + kWhy);
}
Status AtomicFile::Commit() { return Fail(ErrorKind::kUnsupported, target_ + kWhy); }

Status WriteFileAtomically(const std::string& target, std::string_view /*bytes*/) {
  return Fail(ErrorKind::kUnsupported, target + kWhy);
}
Status CheckWritable(const std::string& target) {
  return Fail(ErrorKind::kUnsupported, target + kWhy);
}

}  // namespace tcplab
