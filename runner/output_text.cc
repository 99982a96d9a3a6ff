#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/result/status.h"
#include "runner/case_report.h"
#include "runner/describe.h"
#include "runner/output.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string ResultReport(const json& document, const TextStyle& style, const TrialSource& source) {
  const json& scenario = document.at("scenario");
  const json& run = document.at("run");
  const json& cases = document.at("cases");
  TextLayout layout(style, 0);
  const std::string name = Printable(scenario.at("name").get<std::string>());
  layout.Line(name, 0, Tone::kBold);
  const std::string summary = scenario.at("document").value("summary", "");
  if (!summary.empty()) layout.Line("  " + Printable(summary, 500), 2);
  const auto jobs = run.at("jobs").get<std::size_t>();
  layout.Line(
      fmt::format("  {}: {} of {}, {}", document.at("environment").at("id").get<std::string>(),
                  Counted(cases.size(), "case"),
                  Counted(run.at("trials").get<std::size_t>(), "trial"),
                  jobs == 1 ? "one at a time" : fmt::format("up to {} side by side", jobs)),
      2);
  std::string text = layout.text();
  const TrialCommands commands = CommandsFor(source, document);
  for (const json& a_case : cases) text += "\n" + CaseReport(a_case, style, commands);

  const ResultStatus status = ResultStatusOf(run.at("status").get<std::string>());
  const Tone tone = status == ResultStatus::kOk ? Tone::kGood : Tone::kBad;
  std::size_t trials = 0;
  for (const json& a_case : cases) trials += a_case.at("trials").get<std::size_t>();
  return text + fmt::format("\n{}: {}, {} in {:.1f} s\n", name,
                            layout.Toned(ResultStatusName(status), tone), Counted(trials, "trial"),
                            run.at("seconds").get<double>());
}

}  // namespace

Result<std::string> TextReport(const json& document, const TextStyle& style,
                               const TrialSource& source) {
  try {
    return ResultReport(document, style, source);
  } catch (const json::exception& exception) {
    return Invalid(fmt::format("this result cannot be shown: {}", exception.what()));
  }
}

}  // namespace tcplab
