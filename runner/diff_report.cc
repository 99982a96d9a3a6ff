#include "runner/diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "runner/case_report.h"
#include "runner/describe.h"
#include "runner/diff_tables.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kMostFacts =
    40;  // of those that nobody can tell, and of those that are reported

std::string QInWords(double q) { return q < 0.0001 ? "q < 0.0001" : fmt::format("q {:.4f}", q); }

// Upwards: a bound is never said to be lower than it is.
std::string BoundInWords(double bound) {
  return fmt::format("{:.2f}", std::min(1.0, std::ceil(bound * 100 - 1e-9) / 100));
}

std::string EffectInWords(const Comparison& comparison, const Fact& fact, const PairVerdict& pair) {
  const Assessment& assessment = pair.assessment;
  if (pair.trial) {
    return fmt::format("trial {} of the same run has another value", *pair.trial);
  }
  std::string text;
  if (comparison.columns.size() > 2) {
    text = fmt::format("{} and {}: ", comparison.columns[pair.first].label,
                       comparison.columns[pair.second].label);
  }
  text += fmt::format("effect {:.2f}", assessment.effect.size);
  if (pair.verdict == DiffVerdict::kReported) return text + ", not judged";
  text += fmt::format(" ({:.2f} to {})", std::floor(assessment.effect.least * 100) / 100,
                      BoundInWords(assessment.effect.bound));
  if (assessment.tested) text += fmt::format(", {} ({})", QInWords(pair.q), assessment.method);
  if (!assessment.where.empty()) {
    text += fmt::format("; most at {}", Printable(assessment.where));
  }
  if (pair.verdict != DiffVerdict::kInconclusive) return text;
  if (pair.busy) return text + "; the machine was busy, which may be all";
  const std::uint64_t trials =
      std::min(fact.cells[pair.first].trials, fact.cells[pair.second].trials);
  if (pair.more_trials == 0) return text + "; no number of trials is in sight that would tell";
  return text + fmt::format("; about {} more trials a side would tell (there are {})",
                            pair.more_trials, trials);
}

std::string ColumnInWords(const Column& column) {
  std::string text = fmt::format("{}: {} ({}", column.label, Printable(column.name, kNameBytes),
                                 Printable(column.environment));
  if (!column.started.empty()) text += ", " + Printable(column.started);
  return text + ")";
}

// What was compared, and in what it was measured differently.
ReportSection HeadOf(const Comparison& comparison) {
  ReportSection section;
  for (const Column& column : comparison.columns) section.lines.push_back(ColumnInWords(column));
  for (const std::string& note : comparison.notes) {
    section.lines.push_back("note: " + Printable(note, 1000));
  }
  if (comparison.settings.empty()) {
    section.lines.emplace_back("environment: no facet differs");
    return section;
  }
  ReportBlock block;
  block.title = "environment: what differs";
  block.table.head.emplace_back("");
  for (const Column& column : comparison.columns) block.table.head.push_back(column.label);
  for (const Setting& setting : comparison.settings) {
    auto& row = block.table.rows.emplace_back();
    row.push_back(Printable(setting.name));
    for (const std::string& value : setting.values) row.push_back(Printable(value, 120));
  }
  section.blocks.push_back(std::move(block));
  return section;
}

std::string StateInWords(const std::string& state, const std::string& label) {
  if (state == "missing") return "not in " + label;
  if (state == "unsupported") return "unsupported in " + label;
  if (state == "error") return "error in " + label;
  return "no trials in " + label;
}

std::string GapInWords(const Comparison& comparison, const Gap& gap) {
  std::size_t present = 0;
  std::string only;
  std::vector<std::string> states;
  for (std::size_t c = 0; c < gap.states.size(); ++c) {
    const std::string& label = comparison.columns[c].label;
    if (gap.states[c].empty()) {
      ++present;
      only = label;
    } else {
      states.push_back(StateInWords(gap.states[c], label));
    }
  }
  const bool all_missing =
      std::all_of(gap.states.begin(), gap.states.end(),
                  [](const std::string& state) { return state.empty() || state == "missing"; });
  if (present == 1 && all_missing) return "only in " + only;
  const std::vector<std::string_view> views(states.begin(), states.end());
  return JoinWords(views, "and");
}

// One line for all gaps that read the same, with what they are of.
ReportSection GapsOf(const Comparison& comparison) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const Gap& gap : comparison.gaps) {
    std::string name = Printable(gap.scenario, kNameBytes);
    if (gap.parameters) {
      name += (name.empty() ? "" : ": ") + ParametersInWords(*gap.parameters);
    }
    const std::string what = gap.observation.empty() ? "" : Printable(gap.observation) + " ";
    groups[what + GapInWords(comparison, gap)].push_back(name);
  }
  ReportSection section;
  section.tone = Tone::kDoubtful;
  constexpr std::size_t kMostNames = 8;
  for (auto& [what, names] : groups) {
    const std::size_t all = names.size();
    if (all > kMostNames) names.resize(kMostNames);
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : "; ") + name;
    if (all > kMostNames) list += fmt::format("; and {} more", all - kMostNames);
    section.lines.push_back(fmt::format("{}: {}", what, list));
  }
  if (!groups.empty()) section.title = "Not compared";
  return section;
}

std::vector<const Fact*> FactsWith(const Comparison& comparison, DiffVerdict verdict) {
  std::vector<const Fact*> facts;
  for (const Fact& fact : comparison.facts) {
    if (fact.verdict() == verdict) facts.push_back(&fact);
  }
  return facts;
}

std::string Facts(std::size_t count) { return Counted(count, "fact"); }

// Facts that are the same in one way.
struct SameFacts {
  std::size_t count = 0;
  double bound = 0;
  std::uint64_t fewest = UINT64_MAX;

  void Add(const Fact& fact) {
    ++count;
    for (const PairVerdict& pair : fact.pairs) {
      bound = std::max(bound, pair.assessment.effect.bound);
      fewest = std::min({fewest, fact.cells[pair.first].trials, fact.cells[pair.second].trials});
    }
  }
};

ReportSection SameOf(const Comparison& comparison) {
  ReportSection section;
  const std::vector<const Fact*> facts = FactsWith(comparison, DiffVerdict::kSame);
  if (facts.empty()) return section;
  section.title = Facts(facts.size()) + (facts.size() == 1 ? " is" : " are") + " the same";
  section.tone = Tone::kGood;
  SameFacts of_one_run;
  SameFacts equal;
  SameFacts near;
  for (const Fact* fact : facts) {
    const auto all = [&](auto is) {
      return std::all_of(fact->pairs.begin(), fact->pairs.end(), is);
    };
    const bool copies = all([](const PairVerdict& pair) { return pair.copies; });
    const bool untested = all([](const PairVerdict& pair) { return !pair.assessment.tested; });
    (copies ? of_one_run : untested ? equal : near).Add(*fact);
  }
  if (of_one_run.count > 0) {
    section.lines.push_back(Facts(of_one_run.count) +
                            ": trial by trial, since both are of one run");
  }
  if (equal.count > 0) {
    section.lines.push_back(
        fmt::format("{} showed one value in all trials: {} equal trials a side leave room for an "
                    "outcome of {:.0f}%",
                    Facts(equal.count), equal.fewest, std::ceil(equal.bound * 100 - 0.5)));
  }
  if (near.count > 0) {
    section.lines.push_back(fmt::format("{} {}, and differ by less than {} (95%)",
                                        Facts(near.count), near.count == 1 ? "varies" : "vary",
                                        BoundInWords(near.bound)));
  }
  for (const Fact* fact : facts) {
    const PairVerdict& pair = fact->most();
    if (!pair.certain || pair.copies) continue;
    section.lines.push_back(fmt::format("{}: surely different, and too little to matter: {}",
                                        FactName(*fact, true),
                                        EffectInWords(comparison, *fact, pair)));
  }
  return section;
}

ReportSection ReportedOf(const Comparison& comparison) {
  ReportSection section;
  const std::vector<const Fact*> facts = FactsWith(comparison, DiffVerdict::kReported);
  if (facts.empty()) return section;
  section.title = "Timing is reported, not judged";
  ReportBlock block;
  block.table.head.emplace_back("ms: median (lowest to highest)");
  for (const Column& column : comparison.columns) block.table.head.push_back(column.label);
  for (const Fact* fact : facts) {
    if (block.table.rows.size() == kMostFacts) {
      section.lines.push_back(fmt::format("the first {} of {}", kMostFacts, Facts(facts.size())));
      break;
    }
    auto& row = block.table.rows.emplace_back();
    row.push_back(FactName(*fact, true));
    for (std::size_t c = 0; c < fact->cells.size(); ++c) row.push_back(CellInWords(*fact, c));
  }
  section.blocks.push_back(std::move(block));
  return section;
}

std::string TitleOf(const Comparison& comparison) {
  std::vector<std::string_view> labels;
  for (const Column& column : comparison.columns) labels.push_back(column.label);
  return JoinWords(labels, "and");
}

std::string EndOf(const Comparison& comparison) {
  const std::size_t different = comparison.Count(DiffVerdict::kDifferent);
  const std::size_t inconclusive = comparison.Count(DiffVerdict::kInconclusive);
  const std::size_t same = comparison.Count(DiffVerdict::kSame);
  return fmt::format(
      "{}: {} different, {} inconclusive, {} the same{}",
      different > 0      ? "different"
      : inconclusive > 0 ? "nothing is shown to differ"
      : same > 0         ? "same"
                         : "nothing was compared",
      different, inconclusive, same,
      comparison.gaps.empty() ? "" : fmt::format(", {} not compared", comparison.gaps.size()));
}

void AddTail(const Comparison& comparison, Report& report) {
  report.sections.push_back(ReportedOf(comparison));
  report.sections.push_back(GapsOf(comparison));
  report.sections.push_back(SameOf(comparison));
  std::erase_if(report.sections, [](const ReportSection& section) {
    return section.title.empty() && section.lines.empty() && section.blocks.empty();
  });
  report.end = EndOf(comparison);
}

std::string DifferTitle(std::size_t count) {
  return Facts(count) + (count == 1 ? " differs" : " differ");
}

// An environment's cell: its own words, or the first column that it is the same as.
std::string MatrixCell(const Comparison& comparison, const Fact& fact, std::size_t column) {
  const std::string words = CellInWords(fact, column);
  for (const PairVerdict& pair : fact.pairs) {
    if (pair.second == column && pair.verdict == DiffVerdict::kSame) {
      return "= " + comparison.columns[pair.first].label;
    }
  }
  const bool unsure = std::any_of(fact.pairs.begin(), fact.pairs.end(), [&](const auto& pair) {
    return pair.second == column && pair.verdict == DiffVerdict::kInconclusive;
  });
  return unsure ? words + " (?)" : words;
}

ReportSection MatrixOf(const Comparison& comparison, DiffVerdict verdict, const std::string& title,
                       Tone tone) {
  ReportSection section;
  const std::vector<const Fact*> facts = FactsWith(comparison, verdict);
  if (facts.empty()) return section;
  section.title = title;
  section.tone = tone;
  ReportBlock block;
  block.table.head.emplace_back("fact");
  for (const Column& column : comparison.columns) {
    const bool across = column.value.has_value();
    block.table.head.push_back(across ? column.label
                                      : column.label + " " + Printable(column.environment));
  }
  for (const Fact* fact : facts) {
    auto& row = block.table.rows.emplace_back();
    row.push_back(FactName(*fact, true));
    for (std::size_t c = 0; c < fact->cells.size(); ++c) {
      row.push_back(MatrixCell(comparison, *fact, c));
    }
  }
  section.blocks.push_back(std::move(block));
  return section;
}

}  // namespace

ReportBlock FactBlock(const Comparison& comparison, const Fact& fact) {
  ReportBlock block;
  block.title = FactName(fact, true);
  block.line = EffectInWords(comparison, fact, fact.most());
  block.table = DistributionTable(comparison, fact);
  return block;
}

Report PairReport(const Comparison& comparison) {
  Report report;
  report.title = TitleOf(comparison);
  report.sections.push_back(HeadOf(comparison));
  ReportSection different;
  for (const Fact* fact : FactsWith(comparison, DiffVerdict::kDifferent)) {
    different.blocks.push_back(FactBlock(comparison, *fact));
  }
  different.tone = Tone::kBad;
  if (!different.blocks.empty()) different.title = DifferTitle(different.blocks.size());
  ReportSection inconclusive;
  const std::vector<const Fact*> unsure = FactsWith(comparison, DiffVerdict::kInconclusive);
  for (const Fact* fact : unsure) {
    inconclusive.lines.push_back(FactName(*fact, true) + ": " +
                                 EffectInWords(comparison, *fact, fact->most()));
  }
  inconclusive.tone = Tone::kDoubtful;
  if (!unsure.empty()) inconclusive.title = Facts(unsure.size()) + ": inconclusive";
  report.sections.push_back(std::move(different));
  report.sections.push_back(std::move(inconclusive));
  AddTail(comparison, report);
  return report;
}

Report MatrixReport(const Comparison& comparison) {
  Report report;
  report.title = TitleOf(comparison);
  report.sections.push_back(HeadOf(comparison));
  const std::size_t different = comparison.Count(DiffVerdict::kDifferent);
  ReportSection matrix =
      MatrixOf(comparison, DiffVerdict::kDifferent, DifferTitle(different), Tone::kBad);
  for (const Fact* fact : FactsWith(comparison, DiffVerdict::kDifferent)) {
    if (matrix.lines.size() == kMostFacts) break;
    matrix.lines.push_back(FactName(*fact, true) + ": " +
                           EffectInWords(comparison, *fact, fact->most()));
  }
  report.sections.push_back(std::move(matrix));
  report.sections.push_back(MatrixOf(
      comparison, DiffVerdict::kInconclusive,
      Facts(comparison.Count(DiffVerdict::kInconclusive)) + ": inconclusive", Tone::kDoubtful));
  AddTail(comparison, report);
  return report;
}

}  // namespace tcplab
