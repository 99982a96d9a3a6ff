// What a check leaves behind beside its text on stdout: a JUnit file, and what GitHub reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "runner/check_outcome.h"
#include "runner/exit_code.h"
#include "runner/github_report.h"

namespace tcplab {

// Takes outcomes one by one, and writes everything at the end, whatever came of them.
class CheckOutputs {
 public:
  struct Options {
    std::optional<std::string> junit;  // a file
    bool github = false;
  };
  explicit CheckOutputs(Options options);

  // Whether the files can be written: before anything is run that would then be lost.
  [[nodiscard]] Status CheckPlaces() const;

  [[nodiscard]] bool github() const { return options_.github; }

  // Called once, before and after all that is written to stdout about scenarios.
  Status Begin();
  ExitCode Finish();

  void Add(CheckedScenario checked) { scenarios_.push_back(std::move(checked)); }
  // Its report in Markdown, for the summary.
  void AddReport(std::string report) { reports_.push_back(std::move(report)); }

 private:
  ExitCode FinishGithub();

  Options options_;
  CommandPause pause_;
  std::vector<CheckedScenario> scenarios_;
  std::vector<std::string> reports_;
};

}  // namespace tcplab
