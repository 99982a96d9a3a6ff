#include "runner/exit_code.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/result/status.h"

namespace tcplab {

ExitCode Worse(ExitCode a, ExitCode b) {
  constexpr std::array<ExitCode, 8> kWorstFirst = {
      ExitCode::kInterrupted, ExitCode::kTerminated,   ExitCode::kInvalid,     ExitCode::kHarness,
      ExitCode::kFailed,      ExitCode::kInconclusive, ExitCode::kUnsupported, ExitCode::kOk};
  for (const ExitCode code : kWorstFirst) {
    if (a == code || b == code) return code;
  }
  TCPLAB_CHECK(false);
  return ExitCode::kHarness;
}

ExitCode ExitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return ExitCode::kInvalid;
    case ErrorKind::kHarness:
      return ExitCode::kHarness;
    case ErrorKind::kUnsupported:
      return ExitCode::kUnsupported;
  }
  TCPLAB_CHECK(false);
  return ExitCode::kHarness;
}

ExitCode ExitCodeOf(const nlohmann::json& document) {
  ExitCode code = ExitCode::kOk;
  bool all_unsupported = true;
  for (const nlohmann::json& a_case : document.at("cases")) {
    const ResultStatus status = ResultStatusOf(a_case.at("status").get<std::string>());
    if (status == ResultStatus::kError) code = Worse(code, ExitCode::kHarness);
    if (status == ResultStatus::kFailed) code = Worse(code, ExitCode::kFailed);
    all_unsupported = all_unsupported && status == ResultStatus::kUnsupported;
  }
  return all_unsupported ? ExitCode::kUnsupported : code;
}

ExitCode ExitCodeOfSignal(int signal) {
  constexpr int kSigInt = 2;  // the numbers that RunEnd gives, on every platform
  return signal == kSigInt ? ExitCode::kInterrupted : ExitCode::kTerminated;
}

}  // namespace tcplab
