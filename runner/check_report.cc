#include "runner/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "runner/case_report.h"
#include "runner/describe.h"
#include "runner/diff_report.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = 4096;
constexpr std::size_t kFactBytes = 600;
constexpr std::size_t kMostSettings = 6;

// What is told of a scenario that is not ok: what failed, or, where nothing did, what was skipped.
std::vector<const CheckItem*> Telling(const CheckedScenario& checked) {
  std::vector<const CheckItem*> order = checked.ByWeight();
  const bool any_bad =
      std::any_of(order.begin(), order.end(), [](const CheckItem* item) { return item->is_bad(); });
  std::erase_if(order, [&](const CheckItem* item) {
    const bool skipped = item->state == ItemState::kSkipped && item->weight > 0;
    return any_bad ? !item->is_bad() : !skipped;
  });
  return order;
}

std::string FactLine(const CheckItem& item) {
  // An expectation's message names it.
  const std::string name =
      item.type == "expectation" || item.name == "check" ? "" : Printable(item.name) + ": ";
  const std::string its_case = item.its_case.empty() ? "" : item.its_case + ": ";
  return its_case + name + Printable(item.message, kFactBytes);
}

// "and 2 different, 1 expectation", of all but the first.
std::string OthersInWords(const std::vector<const CheckItem*>& items) {
  std::vector<std::pair<std::string_view, std::size_t>> types;
  for (std::size_t i = 1; i < items.size(); ++i) {
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const auto& type) { return type.first == items[i]->type; });
    if (found == types.end()) {
      types.emplace_back(items[i]->type, 1);
    } else {
      ++found->second;
    }
  }
  if (types.empty()) return "nothing else";
  std::string text;
  for (const auto& [type, count] : types) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, type);
  }
  return "and " + text;
}

std::string SettingsInWords(const std::vector<std::string>& settings) {
  if (settings.empty()) return "no facet of the environment differs";
  std::string text;
  const std::size_t shown = std::min(kMostSettings, settings.size());
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : "; ") + settings[i];
  if (shown < settings.size()) text += fmt::format("; and {} more", settings.size() - shown);
  return "environment: " + text;
}

std::string CommandLine(const CheckedScenario& checked, const CheckItem& item) {
  if (!item.command.empty()) return "one such trial: " + item.command;
  if (item.state == ItemState::kError || item.type == "unsupported") {
    return "what can be measured here: runner doctor" +
           (checked.stack.empty() ? "" : " --in " + ShellWord(checked.stack));
  }
  return fmt::format("both results: runner diff {} {}", ShellWord(checked.baseline),
                     ShellWord(checked.result));
}

}  // namespace

std::string CheckInLines(const CheckedScenario& checked) {
  std::string text =
      fmt::format("{}: {}", Printable(checked.file, kLongestName), VerdictInWords(checked.code));
  text += checked.counts.empty() ? "\n" : fmt::format(" ({})\n", checked.counts);
  if (!checked.baseline.empty()) {
    text += fmt::format("  baseline {}: {}\n", Printable(checked.baseline, kLongestName),
                        Printable(checked.baseline_why, kFactBytes));
  }
  if (checked.code == ExitCode::kOk) return text;
  const std::vector<const CheckItem*> telling = Telling(checked);
  if (telling.empty()) return text;
  text += "  " + FactLine(*telling.front()) + "\n";
  if (checked.baseline.empty()) return text;
  text += fmt::format("  {}; {}\n", OthersInWords(telling), SettingsInWords(checked.settings));
  return text + "  " + CommandLine(checked, *telling.front()) + "\n";
}

std::string CheckAtLength(const CheckedRun& run, const CheckedScenario& checked,
                          const TextStyle& style) {
  std::string text;
  const TrialCommands commands = CommandsFor(TrialsOf(run), run.document);
  for (const json& a_case : run.document.at("cases")) {
    if (a_case.at("status") != "ok") text += "\n" + CaseReport(a_case, style, commands);
  }
  const bool differs =
      std::any_of(checked.items.begin(), checked.items.end(), [](const CheckItem& item) {
        return item.is_bad() && item.type != "expectation" && item.type != "not measured";
      });
  if (differs) text += "\n" + ReportAsText(PairReport(run.comparison), style);
  return text + fmt::format("  measured {}\n", Printable(run.result_path, kLongestName));
}

}  // namespace tcplab
