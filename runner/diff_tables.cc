#include "runner/diff_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/text.h"
#include "runner/case_report.h"
#include "runner/value_words.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kMostValues = 5;
constexpr std::size_t kMostSizeRows = 8;
constexpr std::size_t kBarColumns = 20;
constexpr std::size_t kPathBytes = 200;
constexpr std::size_t kShiftBytes = 160;

std::string Share(double share) {
  // Never 0% of what was there, never 100% where something is missing.
  if (share > 0 && share < 0.005) return "<1%";
  if (share < 1 && share > 0.995) return ">99%";
  return fmt::format("{:.0f}%", share * 100);
}

// How many trials of a column showed each value, by its index.
std::vector<std::uint64_t> CountsIn(const Fact& fact, std::size_t column) {
  std::vector<std::uint64_t> counts(fact.values.size(), 0);
  for (const auto& [value, trials] : fact.cells[column].values) counts[value] = trials;
  return counts;
}

// --- sizes that recv returned

using SizeCounts = std::map<std::uint64_t, double>;

void AddSizes(const json& list, SizeCounts& sizes) {
  for (const json& size : list) sizes[size.get<std::uint64_t>()] += 1;
}

std::optional<SizeCounts> SizesOf(const std::string& observation, const json& value) {
  SizeCounts sizes;
  if (observation == "recv_histogram" && value.is_object()) {
    for (const auto& [key, count] : value.items()) {
      std::uint64_t size = 0;
      std::from_chars(key.data(), key.data() + key.size(), size);
      sizes[size] += static_cast<double>(count.get<std::uint64_t>());
    }
    return sizes;
  }
  if (observation != "recv_sizes" || !value.is_array()) return std::nullopt;
  for (const json& list : value) AddSizes(list, sizes);
  return sizes;
}

// The average trial of a column: each size's share of the recvs.
std::map<std::uint64_t, double> AverageShares(const Cell& cell,
                                              const std::vector<SizeCounts>& values) {
  std::map<std::uint64_t, double> shares;
  for (const auto& [value, trials] : cell.values) {
    double recvs = 0;
    for (const auto& [size, count] : values[value]) recvs += count;
    if (recvs <= 0) continue;
    for (const auto& [size, count] : values[value]) {
      shares[size] +=
          count / recvs * static_cast<double>(trials) / static_cast<double>(cell.trials);
    }
  }
  return shares;
}

std::uint64_t RangeOf(std::uint64_t size, bool exact) {
  if (exact) return size;
  std::uint64_t low = 1;
  while (low <= size / 2) low *= 2;
  return low;
}

std::string ShareWithBar(double share) {
  const double part = std::clamp(share, 0.0, 1.0);  // results are written by others too
  const auto columns = static_cast<std::size_t>(part * static_cast<double>(kBarColumns) + 0.5);
  return fmt::format("{:>4} {}", share > 0 ? Share(share) : "-", std::string(columns, '#'));
}

ReportTable SizeTable(const Comparison& comparison, const Fact& fact,
                      const std::vector<SizeCounts>& values) {
  ReportTable table;
  table.head.emplace_back("bytes a recv");
  std::map<std::uint64_t, double> all;
  for (const Cell& cell : fact.cells) {
    for (const auto& [size, share] : AverageShares(cell, values)) all[size] += share;
  }
  const bool exact = all.size() <= kMostSizeRows;
  std::map<std::uint64_t, std::vector<double>> rows;
  for (std::size_t c = 0; c < fact.cells.size(); ++c) {
    table.head.push_back(
        fmt::format("{} ({} trials)", comparison.columns[c].label, fact.cells[c].trials));
    for (const auto& [size, share] : AverageShares(fact.cells[c], values)) {
      auto& row = rows[RangeOf(size, exact)];
      row.resize(fact.cells.size(), 0);
      row[c] += share;
    }
  }
  for (const auto& [low, shares] : rows) {
    const bool one = exact || low == 1;
    auto& row = table.rows.emplace_back();
    row.push_back(one ? fmt::format("{}", low) : fmt::format("{} to {}", low, 2 * low - 1));
    for (const double share : shares) row.push_back(ShareWithBar(share));
  }
  return table;
}

// --- numbers

struct Figures {
  double low = 0;
  double median = 0;
  double high = 0;
};

// A trial's number: of timing the median of its clients, else the sum over connections.
std::optional<double> NumberOf(const Fact& fact, const json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<double> numbers;
  for (const json& element : value) {
    if (element.is_number()) numbers.push_back(element.get<double>());
  }
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  if (fact.observation_class == "timing") {
    return (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
  }
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum;
}

bool HasNumbers(const Fact& fact) {
  return fact.observation_class == "timing" || fact.observation == "recv_calls";
}

std::optional<Figures> FiguresOf(const Fact& fact, std::size_t column) {
  std::vector<double> numbers;
  for (const auto& [value, trials] : fact.cells[column].values) {
    const std::optional<double> number = NumberOf(fact, *fact.values[value]);
    if (number) numbers.insert(numbers.end(), trials, *number);
  }
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  const double median = (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
  return Figures{numbers.front(), median, numbers.back()};
}

std::string Figure(double number, bool timing) {
  return timing ? fmt::format("{:.3f}", number) : fmt::format("{:g}", number);
}

ReportTable FiguresTable(const Comparison& comparison, const Fact& fact) {
  const bool timing = fact.observation_class == "timing";
  ReportTable table;
  table.head.emplace_back(timing ? "ms, median of a trial's clients" : "recvs of a trial");
  table.rows = {{"lowest"}, {"median"}, {"highest"}};
  for (std::size_t c = 0; c < fact.cells.size(); ++c) {
    table.head.push_back(
        fmt::format("{} ({} trials)", comparison.columns[c].label, fact.cells[c].trials));
    const std::optional<Figures> figures = FiguresOf(fact, c);
    table.rows[0].push_back(figures ? Figure(figures->low, timing) : "-");
    table.rows[1].push_back(figures ? Figure(figures->median, timing) : "-");
    table.rows[2].push_back(figures ? Figure(figures->high, timing) : "-");
  }
  return table;
}

// --- anything else: values in words

// Those in which the columns differ most first, then the most frequent.
std::vector<std::uint32_t> ValuesByWeight(const Fact& fact) {
  std::vector<double> weights(fact.values.size(), 0);
  std::vector<double> highest(fact.values.size(), 0);
  std::vector<double> lowest(fact.values.size(), 1);
  for (std::size_t c = 0; c < fact.cells.size(); ++c) {
    if (!fact.cells[c].measured) continue;
    const std::vector<std::uint64_t> counts = CountsIn(fact, c);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double share = static_cast<double>(counts[i]) /
                           static_cast<double>(std::max<std::uint64_t>(1, fact.cells[c].trials));
      highest[i] = std::max(highest[i], share);
      lowest[i] = std::min(lowest[i], share);
    }
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    order.push_back(i);
    weights[i] = highest[i] - lowest[i] + highest[i] / 1000;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return weights[a] > weights[b]; });
  return order;
}

ReportTable ValueTable(const Comparison& comparison, const Fact& fact) {
  ReportTable table;
  for (const Column& column : comparison.columns) table.head.push_back(column.label);
  table.head.emplace_back("value of a trial");
  std::size_t shown = 0;
  const std::vector<std::uint32_t> order = ValuesByWeight(fact);
  for (const std::uint32_t value : order) {
    if (shown++ == kMostValues) break;
    auto& row = table.rows.emplace_back();
    for (std::size_t c = 0; c < fact.cells.size(); ++c) {
      const std::uint64_t trials = CountsIn(fact, c)[value];
      row.push_back(trials == 0 ? "-" : fmt::format("{} of {}", trials, fact.cells[c].trials));
    }
    row.push_back(ValueInWords(fact.observation, *fact.values[value]));
  }
  if (order.size() <= kMostValues) return table;
  auto& row = table.rows.emplace_back(fact.cells.size(), "");
  row.push_back(fmt::format("and {} more values", order.size() - kMostValues));
  return table;
}

std::optional<std::vector<SizeCounts>> AllSizes(const Fact& fact) {
  std::vector<SizeCounts> all;
  try {
    for (const json* value : fact.values) {
      std::optional<SizeCounts> sizes = SizesOf(fact.observation, *value);
      if (!sizes) return std::nullopt;
      all.push_back(std::move(*sizes));
    }
  } catch (const json::exception&) {  // null: more sizes than are kept
    return std::nullopt;
  }
  return all;
}

std::string SizesOfCell(const Cell& cell, const std::vector<SizeCounts>& values) {
  const auto shares = AverageShares(cell, values);
  std::vector<std::pair<double, std::uint64_t>> order;
  for (const auto& [size, share] : shares) order.emplace_back(share, size);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  constexpr std::size_t kMost = 3;
  for (std::size_t i = 0; i < std::min(kMost, order.size()); ++i) {
    text +=
        fmt::format("{}{} of {}", text.empty() ? "" : ", ", Share(order[i].first), order[i].second);
  }
  if (order.size() > kMost) text += ", ...";
  return text.empty() ? "nothing" : text;
}

}  // namespace

ReportTable DistributionTable(const Comparison& comparison, const Fact& fact) {
  if (HasNumbers(fact)) return FiguresTable(comparison, fact);
  if (const auto sizes = AllSizes(fact)) return SizeTable(comparison, fact, *sizes);
  return ValueTable(comparison, fact);
}

std::string CellInWords(const Fact& fact, std::size_t column) {
  const Cell& cell = fact.cells[column];
  if (!cell.measured || cell.values.empty()) return "-";
  if (HasNumbers(fact)) {
    const std::optional<Figures> figures = FiguresOf(fact, column);
    if (!figures) return "-";
    const bool timing = fact.observation_class == "timing";
    return fmt::format("{} ({} to {})", Figure(figures->median, timing),
                       Figure(figures->low, timing), Figure(figures->high, timing));
  }
  if (const auto sizes = AllSizes(fact)) return SizesOfCell(cell, *sizes);
  const auto& [value, trials] = cell.values.front();
  const std::string words = ValueInWords(fact.observation, *fact.values[value]);
  return trials == cell.trials ? words : fmt::format("{} of {}: {}", trials, cell.trials, words);
}

Shift ShiftOf(const Fact& fact) {
  const std::vector<std::uint64_t> before = CountsIn(fact, 0);
  const std::vector<std::uint64_t> after = CountsIn(fact, 1);
  const auto share = [&](const std::vector<std::uint64_t>& counts, std::size_t column,
                         std::uint32_t value) {
    const std::uint64_t trials = std::max<std::uint64_t>(1, fact.cells[column].trials);
    return static_cast<double>(counts[value]) / static_cast<double>(trials);
  };
  Shift shift;
  double gained = -2;
  double lost = -2;
  for (std::uint32_t i = 0; i < fact.values.size(); ++i) {
    const double gain = share(after, 1, i) - share(before, 0, i);
    if (after[i] > 0 && gain > gained) {
      gained = gain;
      shift.to = i;
    }
    if (before[i] > 0 && -gain > lost) {
      lost = -gain;
      shift.from = i;
    }
  }
  return shift;
}

std::string ShiftInWords(const Fact& fact) {
  const std::uint64_t before = fact.cells[0].trials;
  const std::uint64_t after = fact.cells[1].trials;
  if (fact.observation_class == "distribution" || fact.observation_class == "timing") {
    return fmt::format("recorded {} over {} trials; now {} over {}",
                       Printable(CellInWords(fact, 0), kShiftBytes), before,
                       Printable(CellInWords(fact, 1), kShiftBytes), after);
  }
  const Shift shift = ShiftOf(fact);
  const auto words = [&](std::uint32_t value) {
    return Printable(ValueInWords(fact.observation, *fact.values[value]), kShiftBytes);
  };
  std::string text = fmt::format("recorded {} in {} of {} trials; now {} in {} of {}",
                                 words(shift.from), CountsIn(fact, 0)[shift.from], before,
                                 words(shift.to), CountsIn(fact, 1)[shift.to], after);
  const std::string& where = fact.most().assessment.where;
  return where.empty() ? text : text + fmt::format(" (most at {})", Printable(where));
}

std::string FactName(const Fact& fact, bool with_observation) {
  std::string name;
  if (!fact.scenario.empty()) name = Printable(fact.scenario, kPathBytes) + ": ";
  name += ParametersInWords(fact.parameters);
  if (with_observation) name += ": " + Printable(fact.observation);
  return name;
}

}  // namespace tcplab
