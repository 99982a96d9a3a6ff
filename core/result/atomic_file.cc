// What is made of an AtomicFile, the same everywhere.
#include "core/result/atomic_file.h"

namespace tcplab {

Status WriteFileAtomically(const std::string& target, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::Create(target);
  if (!file) return Forward(file);
  if (Status appended = file->Append(bytes); !appended) return appended;
  return file->Commit();
}

Status CheckWritable(const std::string& target) {
  Result<AtomicFile> file = AtomicFile::Create(target);
  if (!file) return Forward(file);
  const std::string block(4096, '\n');  // a disk may be full although a file can be created
  if (Status appended = file->Append(block); !appended) return appended;
  return {};
}

}  // namespace tcplab
