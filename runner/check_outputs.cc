#include "runner/check_outputs.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/result/atomic_file.h"
#include "runner/arguments.h"
#include "runner/junit.h"
#include "runner/own_path.h"
#include "runner/terminal.h"

namespace tcplab {

CheckOutputs::CheckOutputs(Options options) : options_(std::move(options)) {
  if (options_.github) pause_ = PauseCommands();
}

Status CheckOutputs::CheckPlaces() const {
  if (!options_.junit) return {};
  if (options_.junit->empty() || *options_.junit == "-") {
    return Invalid("--junit: expected a file; stdout has the text");
  }
  return CheckWritable(*options_.junit);
}

Status CheckOutputs::Begin() { return options_.github ? WriteOut(pause_.begin) : Status(); }

ExitCode CheckOutputs::Finish() {
  ExitCode code = ExitCode::kOk;
  if (options_.junit) {
    const Status written =
        WriteFileAtomically(*options_.junit, JUnitReport(scenarios_, HostName()));
    if (!written) code = Worse(code, Complained(written.error()));
  }
  return options_.github ? Worse(code, FinishGithub()) : code;
}

ExitCode CheckOutputs::FinishGithub() {
  ExitCode code = ExitCode::kOk;
  const Status shown = WriteOut(pause_.end + GithubAnnotations(scenarios_));
  if (!shown) code = Worse(code, Complained(shown.error()));
  const char* const path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') {
    Complain("GITHUB_STEP_SUMMARY is not set: no summary was written");
    return code;
  }
  std::error_code none_yet;
  const std::uintmax_t there = std::filesystem::file_size(path, none_yet);
  const std::size_t used =
      none_yet ? 0 : static_cast<std::size_t>(std::min<std::uintmax_t>(there, kMostSummaryBytes));
  const Status written =
      AppendToFile(path, GithubSummary(scenarios_, reports_, kMostSummaryBytes - used));
  return written ? code : Worse(code, Complained(written.error()));
}

}  // namespace tcplab
