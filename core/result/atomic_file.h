// Files that are either whole or not there.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace tcplab {

// Bytes go to a temporary file in the target's own folder; Commit() syncs it, renames it over the
// target and syncs the folder. Without a Commit() nothing of it remains: the destructor removes the
// temporary, and one that a killed process left behind is removed by the next AtomicFile for the
// same target. Every error is a fault of the harness and names the path and the errno.
class AtomicFile {
 public:
  // Creates the target's folders as well.
  static Result<AtomicFile> Create(const std::string& target);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Status Append(std::string_view bytes);

  // Ends the file; nothing may be appended any more.
  Status Commit();

 private:
  AtomicFile(std::string target, std::string temporary, int descriptor);

  void Discard();

  std::string target_;
  std::string temporary_;
  int descriptor_ = -1;  // -1: committed, discarded or moved from
};

// The whole of a file at once.
Status WriteFileAtomically(const std::string& target, std::string_view bytes);

// Whether a file could be written there: found out by writing one and removing it, so that a run of
// minutes does not end without a place for its result.
Status CheckWritable(const std::string& target);

}  // namespace tcplab
