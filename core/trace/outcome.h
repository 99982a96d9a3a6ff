// The one spelling of what happened: `ok`, `ok 5`, `eof`, `timeout`, `would_block`, an errno
// name...
//
// Errors travel as indices into a fixed table of errno names, never as a system's numbers: those
// differ between systems, and libuv's own are arbitrary on Windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tcplab {

// An errno by name. 0 means none; the others index the table in outcome.cc, whose order is part of
// the trace format: names are only ever added at its end.
enum class ErrorCode : std::uint16_t { kNone = 0 };

// How many codes there are, kNone included.
[[nodiscard]] std::size_t ErrorCodeCount() noexcept;

// "ECONNREFUSED"; "UNKNOWN" for a code outside the table.
[[nodiscard]] std::string_view ErrorName(ErrorCode code) noexcept;

// The code of a name; "UNKNOWN" has one too, and is what an unlisted name becomes.
[[nodiscard]] ErrorCode ErrorCodeOf(std::string_view name) noexcept;

// What a step, or one system call, came to.
struct Outcome {
  enum class Kind : std::uint8_t {
    kOk,           // done, nothing to count
    kBytes,        // done, `value` bytes
    kEof,          // the peer's FIN
    kTimeout,      // the script's own deadline passed
    kWouldBlock,   // EAGAIN on a non-blocking socket
    kError,        // an errno: `error`
    kUnfinished,   // in flight at the freeze
    kSkipped,      // not tried: the connect before it was not ok
    kUnsupported,  // this platform has no such thing
    kTcpState,     // done; `value` is a state of TCP, told by its name
    kText,         // done; what it came to is a text, kept beside the event
  };
  static constexpr Kind kLastKind = Kind::kText;

  Kind kind = Kind::kOk;
  std::int64_t value = 0;  // bytes, for kOk of no call and kBytes
  ErrorCode error = ErrorCode::kNone;

  static constexpr Outcome Ok() { return {}; }
  static constexpr Outcome Bytes(std::int64_t bytes) {
    return {Kind::kBytes, bytes, ErrorCode::kNone};
  }
  static constexpr Outcome Of(Kind kind) { return {kind, 0, ErrorCode::kNone}; }
  static constexpr Outcome Failed(ErrorCode error) { return {Kind::kError, 0, error}; }

  [[nodiscard]] bool ok() const {
    return kind == Kind::kOk || kind == Kind::kBytes || kind == Kind::kTcpState ||
           kind == Kind::kText;
  }

  // "ok 5", "eof", "ECONNREFUSED".
  [[nodiscard]] std::string Word() const;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace tcplab
