// Reads a descriptor that may be a terminal, a pipe or a file: piece by piece, each when it is
// asked for, so that what nobody asked for stays there for whoever reads next.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/net/handle.h"

namespace tcplab {

// Used on its loop's thread. The descriptor is not owned and its flags are not touched: a terminal
// is shared with the shell. libuv's own streams set it to non-blocking, and its file reads hold up
// the end of the process.
class InputReader {
 public:
  // What one read(2) returned, at most what was asked for; nothing at end of file.
  using OnPiece = std::function<void(Result<std::string>)>;

  InputReader() = default;
  // Ends a read that still waits; its piece is not taken.
  virtual ~InputReader() = default;
  InputReader(const InputReader&) = delete;
  InputReader& operator=(const InputReader&) = delete;

  // One piece, on the loop; one at a time is asked for.
  virtual void Ask(std::size_t most_bytes, OnPiece on_piece) = 0;
  // Whoever asked is gone.
  virtual void Forget() = 0;

  // kUnsupported where there is no way to do this.
  [[nodiscard]] static Result<std::unique_ptr<InputReader>> Start(Loop& loop, int descriptor);
};

}  // namespace tcplab
