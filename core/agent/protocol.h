// What controller and agents say to each other over an agent's stdin and stdout: frames, and
// nothing else.
//
//   frame = u32 length of what follows (little endian) | u8 kind | payload
//
//   controller                agent
//     plan (JSON)      ---->            its part of the case, compiled at once
//                      <----  ready     (JSON; a server names its address)
//     go (JSON)        ---->            absolute start stamp; a fleet learns its target
//                      <----  done      a fleet's scripts are over
//     signal (name)    <--->            a script gave a signal
//                      <----  input wanted   the next piece of standard input
//     input (bytes)    ---->            that piece; empty: end of file
//     freeze           ---->            (JSON: at this stamp; nothing: at once)
//                      <----  frozen    (JSON) after the stamp, or the snapshot of the clients
//     drain            ---->            servers only
//                      <----  drained
//     take             ---->
//                      <----  trace     (binary), then the agent ends
//     clock            ---->            on another machine: before "go", and after the drain
//                      <----  clock     (number) its monotonic clock, in ns
//                      <----  fault     (JSON) at any time: the harness could not do its part
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace tcplab {

enum class FrameKind : std::uint8_t {
  kPlan = 1,
  kReady,
  kGo,
  kDone,
  kSignal,
  kFreeze,
  kFrozen,
  kDrain,
  kDrained,
  kTake,
  kTrace,
  kInputWanted,
  kInput,
  kClock,
  kFault,
};

struct Frame {
  FrameKind kind = FrameKind::kFault;
  std::string payload;
};

[[nodiscard]] std::string EncodeFrame(FrameKind kind, std::string_view payload = {});

// Cuts a stream of bytes into frames. A length beyond the limit, or an unknown kind, is an error
// that lasts: what comes from outside must not make us allocate what it says.
class FrameReader {
 public:
  void Append(std::string_view bytes) { bytes_.append(bytes); }

  // The next whole frame, nothing when more bytes are needed.
  Result<std::optional<Frame>> Next();

 private:
  std::string bytes_;
};

}  // namespace tcplab
