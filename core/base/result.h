// Result<T>: a value, or the reason why the harness has none.
//
// Member names are std::expected's, so that it can replace tl::expected once every supported
// compiler has it. A network outcome (refused, reset, timeout) is never an Error: it is data and
// travels as a trace::Outcome.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tcplab {

// What kind of fault an Error is; the runner maps it to the exit code (design: commands and exit
// codes).
enum class ErrorKind {
  kInvalid,  // the caller's input (usage, scenario, result file) is missing or not valid: exit code
             // 2
  kHarness,  // the harness could not do its work (descriptors, permission, an agent died): exit
             // code 3
  kUnsupported,  // this platform cannot do it; recorded as `unsupported`, never skipped silently
};

// A fault of the harness or of its input, in words made for a person.
struct Error {
  ErrorKind kind = ErrorKind::kHarness;
  std::string message;
};

// Owned by the caller, who must look at it.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorKind::kInvalid, std::move(message));
}
[[nodiscard]] inline tl::unexpected<Error> HarnessFault(std::string message) {
  return Fail(ErrorKind::kHarness, std::move(message));
}

// Hands the error of one Result on as the error of another.
template <typename T>
[[nodiscard]] tl::unexpected<Error> Forward(const Result<T>& result) {
  return tl::unexpected<Error>(result.error());
}

}  // namespace tcplab
