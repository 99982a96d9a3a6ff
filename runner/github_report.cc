#include "runner/github_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <random>
#include <system_error>
#include <vector>

#include "core/base/text.h"
#include "runner/check_report.h"
#include "runner/diff_report.h"

namespace tcplab {
namespace {

constexpr std::size_t kTitleBytes = 200;
constexpr std::size_t kMessageBytes = 4000;

struct Escape {
  char character;
  std::string_view escaped;
};
// `%` too: else text that holds %0A would break a line.
constexpr std::array<Escape, 3> kDataEscapes = {{{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}}};
constexpr std::array<Escape, 5> kPropertyEscapes = {
    {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}}};

template <std::size_t kCount>
std::string PercentEscaped(std::string_view text, const std::array<Escape, kCount>& escapes) {
  std::string result;
  for (const char c : text) {
    const auto found = std::find_if(escapes.begin(), escapes.end(),
                                    [c](const Escape& escape) { return escape.character == c; });
    if (found == escapes.end()) {
      result += c;
    } else {
      result += found->escaped;
    }
  }
  return result;
}

// An item, and how many of its scenario are told before it.
struct Ranked {
  const CheckedScenario* scenario;
  const CheckItem* item;
  std::size_t rank;
};

// The first of each scenario, then the second of each: one that is all broken hides no other.
template <typename IsWanted>
std::vector<Ranked> RankedItems(std::span<const CheckedScenario> scenarios, IsWanted is_wanted) {
  std::vector<Ranked> items;
  for (const CheckedScenario& scenario : scenarios) {
    std::size_t rank = 0;
    for (const CheckItem* item : scenario.ByWeight()) {
      if (is_wanted(*item)) items.push_back({&scenario, item, rank++});
    }
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  return items;
}

std::string AnnotationTitle(const CheckedScenario& scenario, const CheckItem& item) {
  std::string title = scenario.name.empty() ? scenario.file : scenario.name;
  for (const std::string& part : {item.its_case, item.name}) {
    if (!part.empty()) title += ": " + part;
  }
  return Printable(title, kTitleBytes);
}

std::string Annotation(std::string_view kind, const Ranked& ranked, std::size_t more) {
  const CheckItem& item = *ranked.item;
  std::string text = Printable(item.message, kMessageBytes);
  if (!item.command.empty()) text += "\none such trial: " + item.command;
  if (more > 0) text += fmt::format("\nand {} more {}s", more, kind);
  std::string place = "file=" + GithubProperty(Printable(ranked.scenario->file, kMessageBytes));
  if (item.line > 0) place += fmt::format(",line={}", item.line);
  return fmt::format("::{} {},title={}::{}\n", kind, place,
                     GithubProperty(AnnotationTitle(*ranked.scenario, item)), GithubData(text));
}

std::string AnnotationsOf(std::string_view kind, const std::vector<Ranked>& items) {
  std::string text;
  const std::size_t shown = std::min(items.size(), kMostAnnotations);
  for (std::size_t i = 0; i < shown; ++i) {
    text += Annotation(kind, items[i], i + 1 == shown ? items.size() - shown : 0);
  }
  return text;
}

Report OverviewOf(std::span<const CheckedScenario> scenarios) {
  Report report;
  ReportBlock& block = report.sections.emplace_back().blocks.emplace_back();
  block.table.head = {"scenario", "verdict", "facts", "passed", "failed", "errors", "skipped"};
  std::size_t ok = 0;
  for (const CheckedScenario& scenario : scenarios) {
    ok += scenario.code == ExitCode::kOk ? 1 : 0;
    const auto count = [&](ItemState state) { return std::to_string(scenario.Count(state)); };
    block.table.rows.push_back({Printable(scenario.file, kTitleBytes),
                                VerdictInWords(scenario.code), scenario.counts,
                                count(ItemState::kPassed), count(ItemState::kFailed),
                                count(ItemState::kError), count(ItemState::kSkipped)});
  }
  report.end = fmt::format("runner check: {} of {} scenarios ok", ok, scenarios.size());
  return report;
}

// Whole lines only.
std::string_view FirstLines(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  const std::size_t end = text.substr(0, limit).rfind('\n');
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

}  // namespace

std::string GithubData(std::string_view text) { return PercentEscaped(text, kDataEscapes); }
std::string GithubProperty(std::string_view text) { return PercentEscaped(text, kPropertyEscapes); }

std::string GithubAnnotations(std::span<const CheckedScenario> scenarios) {
  const auto bad = [](const CheckItem& item) { return item.is_bad(); };
  const auto doubtful = [](const CheckItem& item) {
    return item.state == ItemState::kSkipped && item.weight > 0;
  };
  return AnnotationsOf("error", RankedItems(scenarios, bad)) +
         AnnotationsOf("warning", RankedItems(scenarios, doubtful));
}

std::string MarkdownOf(const CheckedRun& run, const CheckedScenario& checked) {
  Report report = PairReport(run.comparison);
  ReportSection lines;
  const std::string in_lines = CheckInLines(checked);
  const std::vector<std::string_view> all = Split(in_lines, '\n');
  for (std::size_t i = 1; i < all.size(); ++i) {
    const std::size_t text = all[i].find_first_not_of(' ');
    if (text != std::string_view::npos) lines.lines.emplace_back(all[i].substr(text));
  }
  for (const CheckItem* item : checked.ByWeight()) {
    if (item->type != "expectation") continue;
    lines.lines.push_back(item->its_case + ": " + item->message);
    if (!item->command.empty()) lines.lines.push_back(item->command);
  }
  report.sections.insert(report.sections.begin(), std::move(lines));
  report.end = std::string(all.front());
  return ReportAsMarkdown(report);
}

std::string GithubSummary(std::span<const CheckedScenario> scenarios,
                          std::span<const std::string> reports, std::size_t limit) {
  constexpr std::string_view kCut =
      "\nThere was more, and no room for it: a summary holds 1 MiB. The log has all.\n";
  std::string text = ReportAsMarkdown(OverviewOf(scenarios));
  for (const std::string& report : reports) text += "\n" + report;
  if (text.size() <= limit) return text;
  if (limit <= kCut.size()) return "";
  std::string cut(FirstLines(text, limit - kCut.size()));
  return cut.append(kCut);
}

Status AppendToFile(const std::string& path, std::string_view text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.flush();
  if (file) return {};
  return HarnessFault(fmt::format("{}: {}", Printable(path, kMessageBytes),
                                  std::generic_category().message(errno)));
}

CommandPause PauseCommands() {
  std::random_device entropy;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", entropy());
  return {fmt::format("::stop-commands::{}\n", token), fmt::format("::{}::\n", token)};
}

}  // namespace tcplab
