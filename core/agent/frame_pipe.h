// An agent's end of the pipes to its controller.
#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "core/agent/plan.h"
#include "core/agent/protocol.h"
#include "core/base/result.h"

namespace tcplab {

// Read by the main thread only; written by any. When the controller is gone the process ends:
// nothing that an agent does without one can be of use, and no crash of a controller may leave an
// orphan.
class FramePipe {
 public:
  // Blocks for the next frame. Ends the process at end of file.
  Frame Read();

  void Write(FrameKind kind, std::string_view payload = {});

  // What a frame kClock asks for.
  void TellClock();

  // Tells the controller what went wrong, then ends the process.
  [[noreturn]] void Fail(const AgentFault& fault);

 private:
  FrameReader reader_;
  std::mutex write_mutex_;
};

}  // namespace tcplab
