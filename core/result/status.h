// The words in which a result says how a case, or the whole run, came out.
#pragma once

#include <string_view>

namespace tcplab {

enum class ResultStatus {
  kOk,           // measured; no expectation failed
  kUnsupported,  // this platform cannot do what the scenario asks for
  kFailed,       // measured, and an expectation was not met
  kInterrupted,  // SIGINT or SIGTERM came first
  kError,        // a trial could not be measured: a fault of the harness, not of TCP
};
[[nodiscard]] std::string_view ResultStatusName(ResultStatus status);

// kError for a word that is none: what cannot be read is nothing to rely on.
[[nodiscard]] ResultStatus ResultStatusOf(std::string_view name);

// The one that says more of what went wrong; the enumerators stand in that order.
[[nodiscard]] ResultStatus Worse(ResultStatus a, ResultStatus b);

}  // namespace tcplab
